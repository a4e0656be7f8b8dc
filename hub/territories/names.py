"""How people write the names of places: one normal form, and the texts a territory can be looked up by."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hub.territories.enums import TerritoryKind

TEXT_MAX_LENGTH = 210
PREFIX_LENGTH = 2

# Mere link words: nobody looks a place up from one of these, unless the name itself starts with it.
LINK_WORDS = frozenset(
    "a au aux d de des du en entre et l la le les lez lès o ou par pour pres près s sous sur un une".split()
)
ARTICLES = frozenset({"l", "la", "le", "les"})
# So frequent in names of places that another word of the query narrows the look-up better.
FREQUENT_WORDS = frozenset({"saint", "sainte", "pays", "communaute", "communes", "agglomeration", "val"})

# What people say aloud for the initials that begin the official name of an EPCI.
EPCI_NATURES = {
    "cc": "communaute de communes",
    "ca": "communaute d agglomeration",
    "cu": "communaute urbaine",
}
# Other words for the whole of France.
COUNTRY_NAMES = ("france", "national", "nationale")

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_SAINTS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
_CAPITAL_ARTICLE = re.compile(r"\b(?:L|La|Le|Les)\b")
_ORDINAL = re.compile(r"(\d+)i?eme")


def normalise_name(text: str) -> str:
    """Return ``text`` in lower-case ASCII words separated by single spaces; "" when it holds none.

    Accents and ligatures are folded, hyphens, apostrophes and any other sign become spaces, "St" and "Ste" are written
    out, and "12ème" becomes "12e". Never raises, whatever the characters.
    """
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
        text = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(_usual_spelling(word) for word in _NOT_A_WORD.sub(" ", text.lower()).split())


def _usual_spelling(word: str) -> str:
    if ordinal := _ORDINAL.fullmatch(word):
        return f"{ordinal[1]}e"
    return _SAINTS.get(word, word)


@dataclass(frozen=True, slots=True)
class LookupText:
    """A text that leads to a territory. ``is_whole``: typing exactly this means that very territory."""

    text: str
    is_whole: bool


def lookup_texts(
    *, kind: str, name: str, official_code: str = "", postcodes: Iterable[str] = ()
) -> Iterator[LookupText]:
    """Yield, without duplicates, the normalised texts a territory is found by: from each word of its name, and codes.

    A région's number is not "whole": "84" typed alone means the Vaucluse, not Auvergne-Rhône-Alpes.
    """
    texts = dict.fromkeys((*_word_starts(normalise_name(name)), *_article_starts(name)), False)
    texts.update(dict.fromkeys(_whole_names(kind=kind, name=normalise_name(name)), True))
    for code in (official_code, *postcodes):
        if normalised := normalise_name(code):
            texts[normalised] = kind != TerritoryKind.REGION
    for text, is_whole in texts.items():
        if text:
            yield LookupText(text=text[:TEXT_MAX_LENGTH], is_whole=is_whole)


def _word_starts(name: str) -> Iterator[str]:
    words = name.split()
    for position, word in enumerate(words):
        if word not in LINK_WORDS:
            yield " ".join(words[position:])


def _article_starts(name: str) -> Iterator[str]:
    """An article with a capital belongs to the name of a place: "La Rochelle" in "CA de La Rochelle"."""
    for article in _CAPITAL_ARTICLE.finditer(name):
        yield normalise_name(name[article.start() :])


def _whole_names(*, kind: str, name: str) -> Iterator[str]:
    yield name
    first, _, rest = name.partition(" ")
    if first in ARTICLES:
        yield rest
    if kind == TerritoryKind.EPCI and first in EPCI_NATURES:
        yield f"{EPCI_NATURES[first]} {rest}"
    if kind == TerritoryKind.PAYS:
        yield from COUNTRY_NAMES


def lookup_words(*, names: Iterable[str], areas: Iterable[str]) -> str:
    """Return every word that may accompany the name of a place when it is typed, for a plain ``LIKE``.

    A word of its names or codes follows a space, a word of the areas around it an equals sign: ``% word%`` finds the
    start of the former, ``%=word%`` of the latter.
    """
    name_words = _distinct_words(names)
    area_words = [f"={word}" for word in _distinct_words(areas) if word not in LINK_WORDS]
    return f" {' '.join([*name_words, *area_words])} " if name_words else ""


def _distinct_words(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(word for text in texts for word in normalise_name(text).split()))
