from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import cache, reduce
from itertools import islice
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet

from hub.statements import Statement, fill, places
from hub.territories.enums import TerritoryKind
from hub.territories.models import Territory, TerritoryName
from hub.territories.names import FREQUENT_WORDS, LINK_WORDS, PREFIX_LENGTH

MAX_WORDS = 8
AREA_KINDS = (TerritoryKind.DEPARTEMENT, TerritoryKind.COLLECTIVITE)
# Several rows of one territory may match (its former names, for instance): read a few more than asked.
_ROWS_PER_TERRITORY = 3
# A statement is written once for each of these numbers of texts.
_STATEMENT_SIZES = (4, 16, 64, 256)
_MAX_ROWS = 500
# What ``made_of`` makes a territory of.
FIELDS = ("id", "kind", "official_code", "code", "name", "population", "is_obsolete", "successor_id")


def made_of(values: Collection[Any]) -> Territory:
    return Territory.from_db(connection.alias, FIELDS, values)


def whole_names(texts: Iterable[str]) -> dict[str, list[Territory]]:
    """Return the territories that bear each of these normalised texts for a whole name or code, in one query.

    Larger scales come first, then larger populations; a territory found by a name of before has it in
    ``matched_former_name``. A région's own number is a code too, which the caller may not want. The 256 first texts are
    looked up. Postcodes are not read.
    """
    wanted = list(islice(dict.fromkeys(text for text in texts if text and "\x00" not in text), _STATEMENT_SIZES[-1]))
    found: dict[str, list[Territory]] = defaultdict(list)
    if not wanted:
        return found
    size = next(size for size in _STATEMENT_SIZES if size >= len(wanted))
    for text, former_name, is_whole, *fields in _whole_names(size).rows(fill("text", wanted, count=size)):
        territory = made_of(fields)
        territory.matched_former_name = former_name
        if is_whole or territory.official_code.lower() == text:
            found[text].append(territory)
    return found


@cache
def _whole_names(size: int) -> Statement:
    def write() -> QuerySet[Any, Any]:
        condition = Q(is_whole=True) | Q(territory__kind=TerritoryKind.REGION)
        names = TerritoryName.objects.filter(condition, text__in=places("text", count=size))
        columns = ("text", "former_name", "is_whole", *(f"territory__{field}" for field in FIELDS))
        return names.order_by("-weight", "territory_id").values_list(*columns)[:_MAX_ROWS]

    return Statement(write)


def whole(query: str) -> Q:
    return Q(prefix=query[:PREFIX_LENGTH], text=query, is_whole=True)


def beginnings(query: str) -> Iterator[Q]:
    """Yield what a normalised text may be a part of, from the surer to the looser.

    A single letter finds nothing: what is called so ("Y", in the Somme) is a whole name.
    """
    if len(query) >= PREFIX_LENGTH:
        yield Q(prefix=query[:PREFIX_LENGTH], text__startswith=query)
    words = list(dict.fromkeys(query.split()))[:MAX_WORDS]
    if len(words) > 1:
        yield from _all_words(words, anchor=max(words, key=_selectivity), marks=[" "])
        # People write the name, then the département or the région: "saint denis réunion".
        yield from _all_words(words, anchor=max(words, key=_tells_a_name), marks=[" ", "="])


def _all_words(words: list[str], *, anchor: str, marks: list[str]) -> Iterator[Q]:
    """Names with a word starting as the anchor does, and all the other words (``marks``: see ``lookup_words``)."""
    if len(anchor) < PREFIX_LENGTH:
        return
    condition = Q(prefix=anchor[:PREFIX_LENGTH], text__startswith=anchor)
    for word in words:
        if word != anchor:
            condition &= reduce(or_, (Q(territory__lookup_text__contains=f"{mark}{word}") for mark in marks))
    yield condition


def _selectivity(word: str) -> tuple[bool, bool, int]:
    return (word not in LINK_WORDS, word not in FREQUENT_WORDS, len(word))


def _tells_a_name(word: str) -> tuple[bool, bool, bool]:
    return (word not in LINK_WORDS, not word[:1].isdigit(), word not in FREQUENT_WORDS)


def find(
    *, conditions: Iterable[Q], kinds: Collection[TerritoryKind] | None, limit: int, already: Collection[int] = ()
) -> dict[int, str]:
    """Return, best first, the keys of the territories with the former name each was found by, or "".

    ``already``: keys found before, which count for ``limit`` and are left out.
    """
    found: dict[int, str] = dict.fromkeys(already, "")
    for condition in conditions:
        if len(found) >= limit:
            break
        for territory_id, former_name in _matches(condition=condition, kinds=kinds, limit=limit + len(found)):
            found.setdefault(territory_id, former_name)
    return {key: former for key, former in list(found.items())[:limit] if key not in already}


def _matches(*, condition: Q, kinds: Collection[TerritoryKind] | None, limit: int) -> Iterable[tuple[int, str]]:
    if kinds is not None:
        condition &= Q(territory__kind__in=kinds)
    # The weight is selected because DISTINCT needs it to sort.
    names = TerritoryName.objects.filter(condition).order_by("-weight", "territory_id")
    rows = names.values_list("territory_id", "former_name", "weight").distinct()
    return [(territory_id, former_name) for territory_id, former_name, _ in rows[: limit * _ROWS_PER_TERRITORY]]


def with_areas(found: dict[int, str]) -> list[Territory]:
    """Read the territories in this order, with the départements, collectivities and régions that contain them."""
    if not found:
        return []
    areas = Prefetch("containers", queryset=Territory.objects.filter(kind__in=(*AREA_KINDS, TerritoryKind.REGION)))
    territories = Territory.objects.prefetch_related(areas).in_bulk(list(found))
    for territory_id, former_name in found.items():
        territories[territory_id].matched_former_name = former_name
    return [territories[territory_id] for territory_id in found]
