"""How people write a place in a field or a cell: the scale before it, its number beside it, a preposition in front.

Pure: no database. A wording is one way to read a text as the *whole* name or code of a place; none is a beginning.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hub.territories.enums import TerritoryKind
from hub.territories.names import LINK_WORDS, TEXT_MAX_LENGTH, normalise_name

Kinds = frozenset[TerritoryKind]

_DEPARTEMENTS: Kinds = frozenset({TerritoryKind.DEPARTEMENT, TerritoryKind.COLLECTIVITE})
_REGIONS: Kinds = frozenset({TerritoryKind.REGION, TerritoryKind.COLLECTIVITE})
_COMMUNES: Kinds = frozenset({TerritoryKind.COMMUNE})
_EPCI: Kinds = frozenset({TerritoryKind.EPCI})
_AREAS = _DEPARTEMENTS | _REGIONS

# What tells the scale, before a name (« Département de l’Ain ») or after it (« Paris (département) »). Longest first.
_SCALES: dict[str, Kinds] = {
    "departement": _DEPARTEMENTS,
    "dept": _DEPARTEMENTS,
    "dpt": _DEPARTEMENTS,
    "dep": _DEPARTEMENTS,
    "conseil departemental": _DEPARTEMENTS,
    "conseil general": _DEPARTEMENTS,
    "cd": _DEPARTEMENTS,
    "cg": _DEPARTEMENTS,
    "prefecture": _DEPARTEMENTS,
    "region": _REGIONS,
    "conseil regional": _REGIONS,
    "prefecture de region": _REGIONS,
    "collectivite": _AREAS,
    "collectivite territoriale": _AREAS,
    "collectivite d outre mer": frozenset({TerritoryKind.COLLECTIVITE}),
    "ile": _AREAS | _COMMUNES,
    "commune": _COMMUNES,
    "commune nouvelle": _COMMUNES,
    "ville": _COMMUNES,
    "mairie": _COMMUNES,
    "municipalite": _COMMUNES,
    "epci": _EPCI,
    "intercommunalite": _EPCI,
    "metropole": _EPCI,
    "agglomeration": _EPCI,
    "agglo": _EPCI,
    "communaute de communes": _EPCI,
    "communaute d agglomeration": _EPCI,
    "communaute urbaine": _EPCI,
}
_SCALE_WORDS = sorted(((name.split(), kinds) for name, kinds in _SCALES.items()), key=lambda scale: -len(scale[0]))
# « CD01 », « dpt69 »: the number stuck to the scale.
_STUCK_NUMBER = re.compile(r"\b(cd|cg|dept|dpt|dep|departement)(\d[\dab]\d?)\b")
# What stands before a name in a sentence, and says nothing of which place it is.
_BEFORE_A_NAME = frozenset("a au aux d dans de des du en l la le les pour sur toute tout".split())
_CEDEX = re.compile(r"\bcedex(?: \d{1,2})?\b")
# A number that a spreadsheet shows its own way: « 1 340 », « 1340,0 ».
_SPREADSHEET_NUMBER = re.compile(r"\s*(\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d+)(?:[.,]0{1,2})?\s*")
_POSTCODE_IN_TWO = re.compile(r"\s*(\d{2})[ \u00a0\u202f-](\d{3})\s*")
_SIREN_IN_THREE = re.compile(r"\s*(\d{3})[ \u00a0\u202f](\d{3})[ \u00a0\u202f](\d{3})\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A way to read a text: a whole ``name`` (or code), and the words beside it, which must agree with the place.

    ``kinds``: the scales it may have, all when empty. ``is_cedex``: its postcode is a business one, of no commune.
    """

    name: str
    details: tuple[str, ...] = ()
    kinds: Kinds = frozenset()
    is_cedex: bool = False


def number_in(text: str) -> str:
    """Return the digits of a text that is nothing but a number, however it is spaced; "" for any other."""
    text = text[:40]
    for pattern in (_POSTCODE_IN_TWO, _SIREN_IN_THREE):
        if match := pattern.fullmatch(text):
            return "".join(match.groups())
    match = _SPREADSHEET_NUMBER.fullmatch(text)
    return "".join(character for character in match[1] if character.isdecimal()) if match else ""


def whole_codes(digits: str) -> tuple[str, ...]:
    """Return the codes a number may be, as two groups of one: itself, then itself with the zero it lost.

    Official codes have 2, 3, 5 or 9 digits, postcodes 5: a number of 1 or 4 digits is one that lost its first zero.
    """
    return (digits, f"0{digits}") if len(digits) in {1, 4} else (digits,)


def wordings(text: str) -> Iterator[Wording]:
    """Yield the ways to read ``text``, the plainest first. Nothing beyond the longest name is read."""
    whole = _STUCK_NUMBER.sub(r"\1 \2", normalise_name(text[:TEXT_MAX_LENGTH]))
    is_cedex = bool(_CEDEX.search(whole))
    words = _CEDEX.sub(" ", whole).split()
    if not words:
        return
    yield Wording(name=" ".join(words), is_cedex=is_cedex)
    yield from _with_its_scale(words, is_cedex=is_cedex)
    bare = without_preposition(words)
    if bare != words:
        yield Wording(name=" ".join(bare), is_cedex=is_cedex)
        yield from _with_its_scale(bare, is_cedex=is_cedex)
    yield from _with_details(bare, kinds=frozenset(), is_cedex=is_cedex)


def without_preposition(words: list[str]) -> list[str]:
    """Return the words of a name without what merely leads to it: « dans l’Ain », « en Bretagne », « les Vosges »."""
    start = 0
    while start < len(words) - 1 and words[start] in _BEFORE_A_NAME:
        start += 1
    return words[start:]


def scale_at(words: list[str]) -> tuple[int, Kinds]:
    """Return how many words, at the start, tell a scale, and the kinds of that scale; 0 when they tell none."""
    for scale, kinds in _SCALE_WORDS:
        if words[: len(scale)] == scale:
            return len(scale), kinds
    return 0, frozenset()


def _with_its_scale(words: list[str], *, is_cedex: bool) -> Iterator[Wording]:
    length, kinds = scale_at(words)
    if not length or length == len(words):
        return
    rest = words[length:]
    yield Wording(name=" ".join(rest), kinds=kinds, is_cedex=is_cedex)
    bare = without_preposition(rest)
    if bare != rest:
        yield Wording(name=" ".join(bare), kinds=kinds, is_cedex=is_cedex)
    yield from _with_details(bare, kinds=kinds, is_cedex=is_cedex)


def _with_details(words: list[str], *, kinds: Kinds, is_cedex: bool) -> Iterator[Wording]:
    """A name, then what tells which one; or the number first, as an address has it: « 01000 Bourg-en-Bresse »."""
    for length in range(len(words) - 1, 0, -1):
        details = words[length:]
        if not all(word in LINK_WORDS for word in details):
            yield Wording(name=" ".join(words[:length]), details=tuple(details), kinds=kinds, is_cedex=is_cedex)
    if words[0][0].isdigit() and len(words) > 1:
        name = " ".join(words[1:])
        yield Wording(name=name, details=(words[0],), kinds=kinds, is_cedex=is_cedex)
        bare = " ".join(without_preposition(words[1:]))
        if bare != name:
            yield Wording(name=bare, details=(words[0],), kinds=kinds, is_cedex=is_cedex)
