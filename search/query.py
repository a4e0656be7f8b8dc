"""A request of the search as a value that prints itself, and its facets."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Self
from urllib.parse import urlencode

from django.http import QueryDict

from hub.pages.records import MOMENT_TYPE
from search.analysis import clean, has_unreadable
from search.enums import Scope, Shelf, Sort

# More values than any facet has: engines that are asked for so many count exactly.
MAX_BUCKETS = 5_000
# Structures and keywords may be thousands; nobody reads a longer list.
MAX_COUNTED = 50
YES, NO = "oui", "non"


@dataclass(frozen=True, slots=True)
class Facet:
    """One facet. ``field`` is the record's, ``attribute`` the query's, ``param`` the address's.

    One ``of_moments`` filters entries as well, which are not counted by it.
    """

    field: str
    attribute: str
    param: str
    label: str
    of_moments: bool = False


@dataclass(frozen=True, slots=True)
class FacetCount:
    value: str
    count: int
    is_selected: bool = False


FACETS: tuple[Facet, ...] = (
    Facet("audiences", "audiences", "public", "Public"),
    Facet("axes", "axes", "axe", "Axe"),
    Facet("schemes", "schemes", "dispositif", "Dispositif"),
    Facet("organisations", "organisations", "structure", "Structure"),
    Facet("type", "types", "type", "Type de contenu"),
    Facet("years", "years", "annee", "Année"),
    Facet("has_replay", "replay", "replay", "Replay"),
    Facet("tags", "tags", "motcle", "Mot-clé"),
    Facet("speakers", "speakers", "intervenant", "Intervenant", of_moments=True),
)
FACET_BY_FIELD: dict[str, Facet] = {facet.field: facet for facet in FACETS}


def counted_on(shelf: Shelf) -> tuple[str, ...]:
    """Return the fields whose values are counted among what a search finds there."""
    return tuple(facet.field for facet in FACETS if shelf is Shelf.MOMENTS or not facet.of_moments)


def counts_of_all(
    *, buckets: Mapping[str, Mapping[str, int]], selected: Mapping[str, tuple[str, ...]], universal_audience: str = ""
) -> dict[str, tuple[FacetCount, ...]]:
    """Return the counts of every facet, by field, from an engine's raw ``buckets``; a facet without any counts zero."""
    return {
        name: _facet_counts(name, buckets.get(name, {}), selected.get(name, ()), universal_audience)
        for name in FACET_BY_FIELD
    }


def _facet_counts(
    field: str, buckets: Mapping[str, int], selected: tuple[str, ...], universal_audience: str
) -> tuple[FacetCount, ...]:
    """Return the counts of a facet, most frequent first, then by value; years come newest first.

    At most ``MAX_COUNTED`` values are given; chosen ones are kept even at zero. An entry for "Tous publics" answers to
    every audience, so its bucket is added to each of the others.
    """
    counts = {**dict.fromkeys(selected, 0), **buckets}
    if field == "audiences" and universal_audience:
        universal = counts.get(universal_audience, 0)
        counts = {value: count + (0 if value == universal_audience else universal) for value, count in counts.items()}
    ordered = sorted(counts, reverse=True)
    if field != "years":
        ordered = sorted(counts, key=lambda value: (-counts[value], value))
    if len(ordered) > MAX_COUNTED:
        ordered = [*ordered[:MAX_COUNTED], *(value for value in ordered[MAX_COUNTED:] if value in selected)]
    return tuple(FacetCount(value, counts[value], value in selected) for value in ordered)


MAX_TEXT_LENGTH = 200
MAX_WORDS = 20
MAX_FACET_VALUES = 20
MAX_VALUE_LENGTH = 120
MAX_PAGE = 100
# ``lieux=mots``: the places that the words name are words to find, like the others (see ``search.asked``).
PLACES_AS_WORDS = "mots"

Params = QueryDict | Mapping[str, Sequence[str]]

_VALUE = re.compile(r"[\w-]+")
# The form of a typed code, whether or not such a territory exists.
TERRITORY_CODE = re.compile(r"[a-z]{3,20}-[0-9a-z]{1,12}", re.ASCII | re.IGNORECASE)
_NAME = re.compile(r"[\w][\w .,'’()&/-]*")  # of a person, as it is written
_YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """What is searched for. Immutable and hashable; facet values are sorted, so equal searches have equal addresses."""

    text: str = ""
    places_as_words: bool = False
    audiences: tuple[str, ...] = ()
    territory: str = ""
    scope: Scope = Scope.ALL
    axes: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    replay: bool | None = None
    tags: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    sort: Sort = Sort.RELEVANCE
    page: int = 1

    @classmethod
    def from_params(cls, params: Params) -> tuple[Self, list[str]]:
        """Return the query within its bounds, and the sentences that tell what was set aside. Never raises."""
        notices: list[str] = []
        query = cls(
            text=_text(_first(params, "q"), notices=notices),
            places_as_words=_first(params, "lieux") == PLACES_AS_WORDS,
            audiences=_facet(params, "public", notices=notices),
            territory=_territory(params, notices=notices),
            scope=_choice(params, "portee", choices=Scope, default=Scope.ALL, notices=notices),
            axes=_facet(params, "axe", notices=notices),
            schemes=_facet(params, "dispositif", notices=notices),
            organisations=_facet(params, "structure", notices=notices),
            types=_types(params, notices=notices),
            years=_facet(params, "annee", notices=notices, pattern=_YEAR),
            replay=_replay(_first(params, "replay"), notices=notices),
            tags=_facet(params, "motcle", notices=notices),
            speakers=_facet(params, "intervenant", notices=notices, pattern=_NAME),
            sort=_choice(params, "tri", choices=Sort, default=Sort.RELEVANCE, notices=notices),
            page=_page(_first(params, "page"), notices=notices),
        )
        return query, list(dict.fromkeys(notices))

    @property
    def shelf(self) -> Shelf:
        return Shelf.MOMENTS if MOMENT_TYPE in self.types else Shelf.ENTRIES

    @property
    def is_for_moments(self) -> bool:
        return self.shelf is Shelf.MOMENTS

    @property
    def is_blank(self) -> bool:
        return not self.text and not self.territory and not self.selected_values()

    def selected_values(self) -> dict[str, tuple[str, ...]]:
        """Return the chosen values by field of the record, facets without a choice left out."""
        selected: dict[str, tuple[str, ...]] = {}
        for facet in FACETS:
            chosen = getattr(self, facet.attribute)
            if facet.attribute == "replay":
                chosen = () if chosen is None else (YES if chosen else NO,)
            if chosen:
                selected[facet.field] = chosen
        return selected

    def to_params(self, *, with_page: bool = True) -> list[tuple[str, str]]:
        """Return the parameters of the query's address, in a fixed order, what is by default left out."""
        params: list[tuple[str, str]] = []
        if self.text:
            params.append(("q", self.text))
            if self.places_as_words:
                params.append(("lieux", PLACES_AS_WORDS))
        selected = self.selected_values()
        params += [("public", value) for value in selected.get("audiences", ())]
        if self.territory:
            params.append(("territoire", self.territory))
            if self.scope != Scope.ALL:
                params.append(("portee", self.scope.value))
        for facet in FACETS[1:]:
            params += [(facet.param, value) for value in selected.get(facet.field, ())]
        if self.sort != Sort.RELEVANCE:
            params.append(("tri", self.sort.value))
        if with_page and self.page > 1:
            params.append(("page", str(self.page)))
        return params

    def querystring(self, *, with_page: bool = True) -> str:
        """Return the part of the address after the question mark; empty for a blank query."""
        return "&".join(_written(name, value) for name, value in self.to_params(with_page=with_page))

    def replace(self, **changes: Any) -> Self:
        """Return the same query with ``changes``, back on its first page unless ``page`` is one of them."""
        return replace(self, **{"page": 1, **changes})

    def with_value(self, *, field: str, value: str) -> Self:
        attribute = FACET_BY_FIELD[field].attribute
        if attribute == "replay":
            return self.replace(replay=value == YES)
        if attribute == "types" and (value == MOMENT_TYPE or self.is_for_moments):
            return self.replace(types=(value,))  # moments are listed alone
        return self.replace(**{attribute: tuple(sorted({*getattr(self, attribute), value}))})

    def without_value(self, *, field: str, value: str) -> Self:
        attribute = FACET_BY_FIELD[field].attribute
        if attribute == "replay":
            return self.replace(replay=None)
        return self.replace(**{attribute: tuple(kept for kept in getattr(self, attribute) if kept != value)})


@lru_cache(maxsize=4096)
def _written(name: str, value: str) -> str:
    """Write one parameter of an address: a page of results has forty addresses that share nearly all of theirs."""
    return urlencode([(name, value)])


def values_of(params: Params, name: str) -> list[str]:
    if isinstance(params, QueryDict):
        return [str(value) for value in params.getlist(name)]
    values = params.get(name, ())
    return [values] if isinstance(values, str) else [str(value) for value in values]


def _first(params: Params, name: str) -> str:
    return next((value for value in values_of(params, name)[:MAX_FACET_VALUES] if value.strip()), "")


def _text(typed: str, *, notices: list[str]) -> str:
    # The bound on what is cleaned keeps a megabyte of text from costing anything.
    excerpt = typed[: 4 * MAX_TEXT_LENGTH]
    if has_unreadable(excerpt):
        notices.append("Des caractères illisibles ont été retirés de votre recherche.")
    text = " ".join(clean(excerpt).split())
    if len(text) > MAX_TEXT_LENGTH or len(typed) > len(excerpt):
        text = text[: MAX_TEXT_LENGTH + 1].rpartition(" ")[0] or text[:MAX_TEXT_LENGTH]
        notices.append(f"Votre recherche a été limitée à ses {MAX_TEXT_LENGTH} premiers caractères.")
    words = list(_WORD.finditer(text))
    if len(words) > MAX_WORDS:
        text = text[: words[MAX_WORDS - 1].end()]
        notices.append(f"Votre recherche a été limitée à ses {MAX_WORDS} premiers mots.")
    return text


def _facet(params: Params, name: str, *, notices: list[str], pattern: re.Pattern[str] = _VALUE) -> tuple[str, ...]:
    given = [value for value in values_of(params, name) if value]
    label = next(facet.label for facet in FACETS if facet.param == name)
    if len(given) > MAX_FACET_VALUES:
        given = given[:MAX_FACET_VALUES]
        notices.append(
            f"Filtre « {label} » : seules les {MAX_FACET_VALUES} premières valeurs ont été prises en compte."
        )
    kept = {value for value in given if len(value) <= MAX_VALUE_LENGTH and pattern.fullmatch(value)}
    if len(kept) < len(set(given)):
        notices.append(f"Filtre « {label} » : une valeur inconnue a été ignorée.")
    return tuple(sorted(kept))


def _types(params: Params, *, notices: list[str]) -> tuple[str, ...]:
    types = _facet(params, "type", notices=notices)
    if MOMENT_TYPE not in types or len(types) == 1:
        return types
    notices.append("Les moments de replay se cherchent seuls : les autres types de contenu ont été ignorés.")
    return (MOMENT_TYPE,)


def _territory(params: Params, *, notices: list[str]) -> str:
    given = list(dict.fromkeys(value for value in values_of(params, "territoire") if value))
    if not given:
        return ""
    if len(given) > 1:
        notices.append("Un seul territoire peut être choisi à la fois : le premier a été pris en compte.")
    if not TERRITORY_CODE.fullmatch(given[0]):
        notices.append("Le territoire demandé est inconnu : il a été ignoré.")
        return ""
    return given[0]


def _choice(params: Params, name: str, *, choices: Any, default: Any, notices: list[str]) -> Any:
    given = _first(params, name)
    if not given:
        return default
    if given not in choices.values:
        wording = "La portée demandée" if choices is Scope else "L’ordre de tri demandé"
        notices.append(f"{wording} n’existe pas : le choix habituel a été gardé.")
        return default
    return choices(given)


def _replay(given: str, *, notices: list[str]) -> bool | None:
    if not given:
        return None
    if given in {YES, NO}:
        return given == YES
    notices.append("Filtre « Replay » : une valeur inconnue a été ignorée.")
    return None


def _page(given: str, *, notices: list[str]) -> int:
    if not given:
        return 1
    # isdecimal() alone accepts other scripts' digits, which int() reads; the length is bounded first.
    if not (given.isascii() and given.isdecimal() and int(given[:6]) >= 1):
        notices.append("La page demandée n’existe pas : voici la première.")
        return 1
    page = int(given[:6])
    if page > MAX_PAGE:
        notices.append(
            f"Seules les {MAX_PAGE} premières pages de résultats sont consultables : affinez votre recherche."
        )
        return MAX_PAGE
    return page
