import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from itertools import takewhile

from events.recap.find import WORDS
from events.recap.find.dates import find_dates
from events.recap.find.lexicon import Lexicon
from events.recap.parsed import Confidence, KeyFigure, Participants, StructureMention, provenance_at
from events.recap.read.text import Block, BlockKind, Sentence, fold, plain, split_sentences, tokens_of
from hub.pages.enums import FigureQualifier

NUMBER_WORDS: dict[str, int] = {fold(word): value for word, value in WORDS["numbers"].items()}
ORDINAL_WORDS = {fold(word): rank for rank, words in enumerate(WORDS["ordinals"], start=1) for word in words.split()}
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
# By nature approximate: « une centaine ».
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


_SURE_PEOPLE = (
    r"participant(?:e|\.e|·e|\(e\))?s?|inscrit(?:e|\.e|·e|\(e\))?s?|connect[ée]s|connexions|auditeurs|spectateurs"
)
_PEOPLE = rf"{_SURE_PEOPLE}|personnes|professionnels|acteurs|partenaires|agents|repr[ée]sentants"
_NUMBER_WORD = (
    r"(?:une?|deux|trois|quatre|cinq|six|sept|huit|neuf|quelques)\s+"
    r"(?:cents?|mille|milliers?|(?:diz|quinz|vingt|trent|quarant|cinquant|soixant|cent)aines?)|cent|mille"
)
_COUNT = re.compile(
    rf"(?:(?P<digits>{DIGITS})|\b(?P<words>{_NUMBER_WORD}))\s+(?:de\s+|d[’'])?(?:[^\W\d]+\s+)?(?P<people>{_PEOPLE})\b",
    re.IGNORECASE,
)
_ATTENDED = re.compile(
    r"\b(?:(?:r[ée]uni|rassembl|mobilis|particip[ée]|assist|connect|inscri|regroup)\w*|participaient|suivi|pr[ée]sents?|pr[ée]sence)\b",
    re.IGNORECASE,
)
_WORKSHOP = re.compile(r"\b(?:ateliers?|webinaires?)\b", re.IGNORECASE)
_STRUCTURES = re.compile(
    r"structures?|institutions?|horizons?|issus?\s+d|repr[ée]sentant|organismes?|participants?|professionnels|acteurs|"
    r"parmi\s+lesquels",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"\((?P<items>[^()]{5,2000})(?:\)|\Z)")
_LISTED = re.compile(
    r"(?:issus?\s+d(?:e|u|es|[’'])|repr[ée]sentant(?:s\s+d(?:e|u|es|[’']))?|parmi\s+lesquels|dont|notamment|:)\s*(?P<items>[^.:]{5,2000})",
    re.IGNORECASE,
)
_ITEM = re.compile(r"\s*[,;]\s*(?:et\s+)?|\s+et\s+(?=(?:l[ae]s\s|des\s|d[’']))|\s+ainsi\s+que\s+")
_BEFORE_A_GROUP = re.compile(r"(?:(?:l[ae]s?|des|du|de\s+la|de)\s+|(?:de\s+)?l[’']|d[’'])", re.IGNORECASE)
_MIN_ITEMS = 2
_MAX_ITEM = 120
_MAX_PARTICIPANTS = 100_000


def find_participants(*, blocks: tuple[Block, ...]) -> Participants | None:
    """Find how many people attended: a count in a sentence that says people came, else a count of « participants »."""
    guess: Participants | None = None
    for block in blocks:
        for sentence in split_sentences(text=block.text):
            counts = list(_COUNT.finditer(sentence.text))
            # Once for the sentence: it may hold thousands of counts.
            attended = bool(counts) and _ATTENDED.search(sentence.text) is not None
            names_workshop = bool(counts) and _WORKSHOP.search(sentence.text) is not None
            for found in counts:
                count = _count(found=found)
                if count is None:
                    continue
                is_people = re.fullmatch(_SURE_PEOPLE, found["people"], re.IGNORECASE) is not None
                if not attended and not is_people:
                    continue
                is_sure = attended and (is_people or names_workshop)
                confidence = Confidence.RECOGNISED if is_sure else Confidence.GUESSED
                participants = Participants(
                    count=count,
                    qualifier=_qualifier(text=sentence.text, found=found),
                    provenance=provenance_at(block=block, offset=sentence.start, confidence=confidence),
                )
                if is_sure:
                    return participants
                guess = guess or participants
    return guess


def _count(*, found: re.Match[str]) -> int | None:
    digits, words = found["digits"], found["words"]
    value: Decimal | int | None = number_of(printed=digits) if digits else number_in_words(words=words.split())
    return int(value) if value is not None and value == int(value) and 0 < value <= _MAX_PARTICIPANTS else None


def _qualifier(*, text: str, found: re.Match[str]) -> FigureQualifier:
    qualifier = qualifier_before(text=text, start=found.start())
    if qualifier is FigureQualifier.EXACT and found["words"] and fold(found["words"].split()[-1]) in _ABOUT_WORDS:
        return FigureQualifier.ABOUT
    return qualifier


def find_structures(*, blocks: tuple[Block, ...], kinds: Lexicon) -> tuple[StructureMention, ...]:
    """Find the kinds of structures that attended, in the order of the text, as printed.

    They stand in brackets after « structures » or « participants », after « issus de », or in a list after a colon.
    """
    for position, block in enumerate(blocks):
        for sentence in split_sentences(text=block.text):
            if not (_ATTENDED.search(sentence.text) and _STRUCTURES.search(sentence.text)):
                continue
            if sentence.text.endswith(":") and (listed := _list_after(blocks=blocks, position=position)):
                return tuple(_mention(label=item.text, block=item, offset=0, kinds=kinds) for item in listed)
            if mentions := _structures_of(sentence=sentence, block=block, kinds=kinds):
                return mentions
    return ()


def _list_after(*, blocks: tuple[Block, ...], position: int) -> list[Block]:
    following = blocks[position + 1 :]
    return list(takewhile(lambda item: item.kind is BlockKind.LIST_ITEM and len(item.text) <= _MAX_ITEM, following))


def _structures_of(*, sentence: Sentence, block: Block, kinds: Lexicon) -> tuple[StructureMention, ...]:
    for pattern in (_BRACKETED, _LISTED):
        for found in pattern.finditer(sentence.text):
            labels = [_label(text=item) for item in _ITEM.split(found["items"])]
            labels = [label for label in labels if label and len(label) <= _MAX_ITEM]
            mentions = tuple(_mention(label=label, block=block, offset=sentence.start, kinds=kinds) for label in labels)
            if len(mentions) >= _MIN_ITEMS and (pattern is _BRACKETED or any(mention.keys for mention in mentions)):
                return mentions
    return ()


def _label(*, text: str) -> str:
    label = plain(text=text).rstrip(" .…").removesuffix("etc").strip(" .…,;:()")
    while (article := _BEFORE_A_GROUP.match(label)) is not None:
        label = label[article.end() :]
    return label


def _mention(*, label: str, block: Block, offset: int, kinds: Lexicon) -> StructureMention:
    label = _label(text=label)
    found = kinds.find(tokens=tokens_of(text=label))
    keys = tuple(dict.fromkeys(entry.key for match in found for entry in match.entries if not entry.is_hint))
    confidence = Confidence.RECOGNISED if keys else Confidence.GUESSED
    return StructureMention(
        label=label, keys=keys, provenance=provenance_at(block=block, offset=offset, confidence=confidence)
    )


_MONEY = r"(?:[kKM]|Mds?)\s?€|(?:milliers?|millions?|milliards?)\s+d[’']\s?euros|€|euros?\b"
_FIGURE = re.compile(
    rf"(?P<number>{DIGITS})\s?(?:(?P<percent>%|pour\s?cent\b|p\.\s?100)|(?P<money>{_MONEY})|"
    rf"(?P<scale>millions?|milliards?|milliers?)?\s*(?:d[e’']\s?)?(?:nouveaux\s+|nouvelles\s+)?(?P<counted>{'|'.join(WORDS['counted'])})\b|"
    r"\s?(?-i:(?P<other>[a-zà-öø-ÿœ]{3,}s))\b)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\d/,.-])(?:19|20)\d\d(?!\d|[/,.-]\d|\s?(?:€|%))")
_MONEY_UNITS = {"md": "Md€", "milliard": "Md€", "million": "M€", "millier": "k€", "m": "M€", "k": "k€"}  # longest first
_SCALES = {"millier": 10**3, "million": 10**6, "milliard": 10**9}
_ATTENDANCE = re.compile(r"\b(?:r[ée]uni|rassembl|assist|connect|particip)\w*", re.IGNORECASE)
# « 18 % des plus jeunes », « 41 % d’entre elles », « 9 % ailleurs »: of whom, the sentence says elsewhere.
_SAYS_NOTHING = re.compile(
    r"\A(?:(?:de|du|des|d[’']|[àa]|au|aux|en|pour|parmi|chez|dont|entre|les?|la|l[’'])[\s’']*)*"
    r"(?:(?:elles?|eux|ils?|ceux|celles?|celui|ces?|cet|cette|leurs?|son|sa|ses|lui|y|en|autres?|premi[èe]re?s?|second[es]*|"
    r"derni[èe]re?s?|m[êe]mes?|plus|moins)\b"
    r"|(?:ailleurs|auparavant|avant|apr[èe]s|aujourd[’']hui|actuellement|pr[ée]c[ée]demment|seulement|sinon|environ|total|ensuite|"
    r"ann[ée]e\s+pr[ée]c[ée]dente|un\s+an\s+\w+\s+t[ôo]t)\W*\Z)",
    re.IGNORECASE,
)
_COMPARED = re.compile(
    r"\b(?:contre|au\s+lieu\s+d[e’']|plut[ôo]t\s+qu[e’']|versus|vs\.?|face\s+[àa]|compar[ée]+s?\s+[àa]|par\s+rapport\s+[àa]|alors\s+qu[e’']|"
    r"tandis\s+qu[e’'])\s*(?:(?:plus|moins|pr[èe]s|environ|quelque)\s*(?:d[e’']\s*)?)?(?:les?\s+)?\Z",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\([^()]{0,200}\)")
_CLAUSE = re.compile(r"[.;:!?()…]|,\s+(?:soit|dont|et|mais|tandis|alors|contre)\b")
_YEAR_FIRST = re.compile(r"\A(?:en|pour)\s+(?:19|20)\d\d\b")
_RELATIVE = re.compile(r"\A(?:qui|que|ayant|dont)\s+")
_ARTICLE = re.compile(r"\A(?:(?:les?|la|des?|du|un|une)\s+|l[’'])", re.IGNORECASE)
_CONNECTORS = frozenset(["avec", "par", "grâce", "soit", "pour", "dont"])
_LAST_CONNECTORS = re.compile(
    r"(?:[\s(,:;–-]|\b(?:soit|de|d[’']|à|par|avec|est|sont|environ|plus|moins|près|s[’']élève|atteint|représente|compte|suit|dont|et)"
    r"(?=\W|\Z))+\Z",
    re.IGNORECASE,
)
_WORDS_BEFORE = 12
_MIN_GROUP = 12
_MIN_LABEL = 4
_MAX_LABEL = 160
_MAX_FIGURES = 60
# Any other plural may be counted; the figure is then a guess.
_NOT_COUNTED = frozenset(
    "dans sans vers puis mais alors depuis participants participantes inscrits ans jours mois heures".split()
)
_MIN_OTHER = 100
_MIN_COUNT = 10  # below, « trois associations » tells a story, not a figure


def find_key_figures(*, blocks: tuple[Block, ...]) -> tuple[KeyFigure, ...]:
    """Find amounts (« 52 M€ »), rates (« 87 % ») and counts of people or things (« 21 000 ménages »), at most sixty.

    A year is sure when it stands in the same brackets or is the only one of the sentence.
    """
    figures: list[KeyFigure] = []
    seen: set[tuple[Decimal, str, int | None]] = set()
    for block in blocks:
        if block.kind is BlockKind.EMBED:
            continue
        for sentence in split_sentences(text=block.text):
            for figure in _figures_of(sentence=sentence, block=block):
                identity = (figure.value, figure.unit, figure.year)
                if identity not in seen:
                    seen.add(identity)
                    figures.append(figure)
                if len(figures) >= _MAX_FIGURES:
                    return tuple(figures)
    return tuple(figures)


def _figures_of(*, sentence: Sentence, block: Block) -> Iterator[KeyFigure]:
    text = sentence.text
    candidates = list(_FIGURE.finditer(text))
    mentions = find_dates(text=text, default_year=2000) if candidates else ()
    dates = [range(mention.start, mention.end) for mention in mentions]
    for found in candidates[:_MAX_FIGURES]:
        if any(found.start() in day for day in dates):
            continue
        value = number_of(printed=found["number"])
        if value is None or (found["counted"] and not found["scale"] and value < _MIN_COUNT):
            continue
        if found["other"] and (
            value < _MIN_OTHER or found["other"] in _NOT_COUNTED or _YEAR.fullmatch(found["number"])
        ):
            continue
        is_of_people = (found["counted"] or "").casefold() in {"personnes", "professionnels"}
        if is_of_people and _ATTENDANCE.search(text):
            continue
        value, unit = _value_and_unit(found=found, value=value)
        year, is_year_sure = _year_of(text=text, start=found.start(), end=found.end())
        label = _label_of(text=text, found=found)
        is_sure = is_year_sure and not found["other"] and _says_something_alone(text=text, found=found, label=label)
        yield KeyFigure(
            value=value,
            unit=unit,
            label=label,
            year=year,
            qualifier=qualifier_before(text=text, start=found.start()),
            provenance=provenance_at(
                block=block,
                offset=sentence.start + found.start(),
                confidence=Confidence.RECOGNISED if is_sure else Confidence.GUESSED,
            ),
        )


def _value_and_unit(*, found: re.Match[str], value: Decimal) -> tuple[Decimal, str]:
    if found["percent"]:
        return value, "%"
    if found["money"]:
        printed = found["money"].casefold()
        return value, next((unit for start, unit in _MONEY_UNITS.items() if printed.startswith(start)), "€")
    if found["other"]:
        return value, found["other"]
    scale = _SCALES.get((found["scale"] or "").casefold().rstrip("s"), 1)
    return value * scale, found["counted"] if found["counted"].isupper() else found["counted"].casefold()


def _year_of(*, text: str, start: int, end: int) -> tuple[int | None, bool]:
    """Return the year a figure is given for: in its brackets, else the only one said, else the nearest (a guess)."""
    for bracket in _BRACKET.finditer(text):
        if bracket.start() < start < bracket.end():
            inside = _YEAR.findall(bracket.group())
            if len(inside) == 1:
                return int(inside[0]), True
    years = [found for found in _YEAR.finditer(text) if not start <= found.start() < end]
    if not years:
        return None, True
    if len({found.group() for found in years}) == 1:
        return int(years[0].group()), True
    nearest = min(years, key=lambda found: min(abs(found.start() - end), abs(start - found.end())))
    return int(nearest.group()), False


def _label_of(*, text: str, found: re.Match[str]) -> str:
    """Say what the figure counts: the words after it in the clause, else (« … (52 M€ en 2021) ») those before it."""
    end = _CLAUSE.search(text, found.end())
    after = plain(text=text[found.end() : end.start() if end else len(text)])
    after = _YEAR_FIRST.sub("", after).strip(" ,–-")
    label = _RELATIVE.sub("", after)
    if len(label) < _MIN_LABEL:
        label = _words_before(text=text, start=found.start())
    return label if len(label) <= _MAX_LABEL else f"{label[:_MAX_LABEL].rsplit(' ', 1)[0]}…"


def _says_something_alone(*, text: str, found: re.Match[str], label: str) -> bool:
    """Say whether a figure is understood without its sentence: not one of a pronoun, nor the second of a comparison."""
    start = found.start()
    return bool(label) and not _SAYS_NOTHING.match(label) and not _COMPARED.search(text[max(0, start - 60) : start])


def _words_before(*, text: str, start: int) -> str:
    """Return the words since the last connector of a group (« avec les contributions de … »), twelve at most."""
    before = plain(text=text[max(0, start - _MAX_LABEL) : start])
    words = _LAST_CONNECTORS.sub("", before).split(" ")[-_WORDS_BEFORE:]
    for position in range(len(words) - 2, -1, -1):
        group = _ARTICLE.sub("", " ".join(words[position + 1 :]))
        if words[position].casefold() in _CONNECTORS and len(group) >= _MIN_GROUP:
            return group
    return " ".join(words)
