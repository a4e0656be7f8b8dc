"""Numbers as French texts print them: « 21 000 », « 21.000 », « 1,2 », « trois », « une centaine »."""

import re
from decimal import Decimal, InvalidOperation

from events.recap.typography import fold
from hub.pages.enums import FigureQualifier

_UNITS = "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize".split()
NUMBER_WORDS = {fold(word): value for value, word in enumerate(_UNITS)} | {
    fold(word): value
    for word, value in {
        "une": 1,
        "vingt": 20,
        "trente": 30,
        "quarante": 40,
        "cinquante": 50,
        "soixante": 60,
        "cent": 100,
        "mille": 1000,
        "dizaine": 10,
        "douzaine": 12,
        "quinzaine": 15,
        "vingtaine": 20,
        "trentaine": 30,
        "quarantaine": 40,
        "cinquantaine": 50,
        "soixantaine": 60,
        "centaine": 100,
        "millier": 1000,
    }.items()
}
ORDINAL_WORDS = {
    fold(word): value
    for value, words in enumerate(
        (
            "premier première",
            "deuxième second seconde",
            "troisième",
            "quatrième",
            "cinquième",
            "sixième",
            "septième",
            "huitième",
            "neuvième",
            "dixième",
        ),
        start=1,
    )
    for word in words.split()
}
ROMAN_NUMBERS = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "X": 10}

# Digits, in groups of three when separated (spaces of any kind, dots), then a decimal comma or point.
DIGITS = r"(?<![\w.,])\d{1,3}(?:[ \u00a0\u202f.]\d{3})+(?!\d)(?:,\d{1,4})?|(?<![\w.,])\d{1,12}(?:[.,]\d{1,4})?(?!\d)"
QUALIFIERS = (
    (
        FigureQualifier.MORE_THAN,
        r"plus\s+d(?:e\s+|[’'])|au\s+moins\s+|au[- ]del[àa]\s+de\s+|sup[ée]rieur\s+[àa]\s+|>\s?",
    ),
    (
        FigureQualifier.LESS_THAN,
        r"moins\s+d(?:e\s+|[’'])|inf[ée]rieur(?:e?s?)\s+[àa]\s+|au[- ]dessous\s+de\s+|<\s?",
    ),
    (FigureQualifier.NEARLY, r"pr[èe]s\s+d(?:e\s+|[’'])|presque\s+|quasi(?:ment)?\s+"),
    (FigureQualifier.ABOUT, r"environ\s+|quelque\s+|autour\s+de\s+|de\s+l[’']ordre\s+de\s+|approximativement\s+|~\s?"),
)
_ENDS_WITH_QUALIFIER = tuple(
    (qualifier, re.compile(rf"(?:\A|[\s(«’'])(?:{words})\Z", re.IGNORECASE)) for qualifier, words in QUALIFIERS
)
_ABOUT_WORDS = frozenset(
    fold(f"{stem}aine") for stem in "diz douz quinz vingt trent quarant cinquant soixant cent".split()
) | {fold("millier")}


def number_of(*, printed: str) -> Decimal | None:
    """Return the number printed in digits, or ``None``: « 21.000 » is 21000, « 1.2 » and « 1,2 » are 1.2."""
    bare = re.sub(r"\s", "", printed)
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", bare):
        bare = bare.replace(".", "")
    try:
        return Decimal(bare.replace(",", "."))
    except InvalidOperation:
        return None


def qualifier_before(*, text: str, start: int) -> FigureQualifier:
    """Return the qualifier that precedes the number at an offset (« plus de 500 »)."""
    before = text[max(0, start - 30) : start]
    for qualifier, pattern in _ENDS_WITH_QUALIFIER:
        if pattern.search(before):
            return qualifier
    return FigureQualifier.EXACT


def number_in_words(*, words: list[str]) -> int | None:
    """Return the value of one or two number words: « trois », « deux cents », « une centaine »; ``None`` for others."""
    known = [value for word in words if (value := NUMBER_WORDS.get(fold(word))) is not None]
    if len(known) != len(words):
        return None
    match known:
        case [4, 20]:
            return 80
        case [factor, (100 | 1000) as scale]:
            return factor * scale
        case [1, value] | [value]:
            return value
        case [tens, value]:
            return tens + value
    return None


def is_round_word(*, word: str) -> bool:
    """Say whether a number word is by nature approximate (« une centaine »)."""
    return fold(word) in _ABOUT_WORDS
