"""Find territories by what people type: a name, the start of a name, a postcode, an official or typed code."""

import re
from collections.abc import Collection, Iterable, Iterator
from functools import reduce
from operator import or_

from django.db.models import Prefetch, Q

from hub.territories.codes import parse_typed_code
from hub.territories.enums import TerritoryKind
from hub.territories.models import Territory, TerritoryName
from hub.territories.names import FREQUENT_WORDS, LINK_WORDS, PREFIX_LENGTH, normalise_name

TEXT_MAX_LENGTH = 100
MAX_WORDS = 8
DEFAULT_LIMIT = 10
# Several rows of one territory may match (its former names, for instance): read a few more than asked.
_ROWS_PER_TERRITORY = 3
_MAX_HOMONYMS = 50

_DETAIL_IN_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")
_AREA_KINDS = (TerritoryKind.DEPARTEMENT, TerritoryKind.COLLECTIVITE)
_KINDS_NOT_IN_LABEL = (TerritoryKind.ARRONDISSEMENT, TerritoryKind.COMMUNE, TerritoryKind.EPCI)


def suggest_territories(
    *, text: str, limit: int = DEFAULT_LIMIT, kinds: Collection[TerritoryKind] | None = None
) -> list[Territory]:
    """Return the territories that ``text`` may mean, best first, at most ``limit``; never obsolete ones.

    First those whose whole name, postcode or code was typed, then those with a name containing the text from the start
    of a word, then those which merely have all its words; in each group larger scales, then larger populations, first.
    Accents, case, hyphens and apostrophes do not count; beyond 100 characters the text is not read. ``kinds`` keeps
    only some scales. A territory found through a commune merged into it says so in ``matched_former_name``. What
    ``describe_territory`` needs is already read: at most nine queries, whatever the text.
    """
    text = text[:TEXT_MAX_LENGTH]
    if typed := resolve_territory(code=text):
        allowed = not typed.is_obsolete and (kinds is None or typed.kind in kinds)
        return _with_areas({typed.pk: typed.matched_former_name}) if allowed else []
    query = normalise_name(text)
    if not query:
        return []
    if labelled := _labelled(text=text, kinds=kinds):
        return labelled[:limit]
    return _with_areas(_find(conditions=(_whole(query), *_partial(query)), kinds=kinds, limit=limit))


def describe_territory(territory: Territory) -> str:
    """Return what its label does not say, to choose between suggestions: scale, where it is, the old name it has."""
    around = list(territory.containers.all())
    parts = []
    if territory.kind in _KINDS_NOT_IN_LABEL:
        parts.append(territory.get_kind_display())
        parts.append(", ".join(f"{area.name} ({area.official_code})" for area in around if area.kind in _AREA_KINDS))
    elif territory.kind == TerritoryKind.DEPARTEMENT:
        parts += [area.name for area in around if area.kind == TerritoryKind.REGION]
    if former := territory.matched_former_name:
        parts.append(f"ancien code {former}" if former[:1].isdigit() else f"ancienne commune {former}")
    return " · ".join(part for part in parts if part)


def resolve_territory(*, code: str) -> Territory | None:
    """Return the territory of a typed code (``commune-01004``, whatever the case), or None when there is none.

    A territory that no longer exists gives its successor, and itself (``is_obsolete``) when it has none. The code of a
    merged commune gives the commune it was merged into, even when only its code is known.
    """
    parsed = parse_typed_code(code.strip())
    if not parsed:
        return None
    kind, official_code = parsed
    territory = Territory.objects.select_related("successor").filter(kind=kind, official_code=official_code).first()
    if territory and territory.successor:
        successor = territory.successor
        successor.matched_former_name = territory.name
        return successor
    if not territory and kind == TerritoryKind.COMMUNE:
        return _successor_of_code(official_code=official_code)
    return territory


def resolve_text(*, text: str, kinds: Collection[TerritoryKind] | None = None, limit: int = 10) -> list[Territory]:
    """Return what a typed text designates: one territory when it is clear, several when it is not, none when unknown.

    Understands what ``suggest_territories`` does and the labels it gives (``Saint-Denis (974)``). A whole name,
    postcode or code wins over the start of one: "Lyon" is the commune, not also its metropolis; "Paris" is the commune
    or the département. Candidates come best first.
    """
    text = text[:TEXT_MAX_LENGTH]
    if typed := resolve_territory(code=text):
        return [typed] if kinds is None or typed.kind in kinds else []
    query = normalise_name(text)
    if not query:
        return []
    if called_so := _with_areas(_find(conditions=(_whole(query),), kinds=kinds, limit=limit)):
        return [territory for territory in called_so if not territory.matched_former_name] or called_so
    if labelled := _labelled(text=text, kinds=kinds):
        return labelled
    return _with_areas(_find(conditions=_partial(query), kinds=kinds, limit=limit))


def _labelled(*, text: str, kinds: Collection[TerritoryKind] | None) -> list[Territory]:
    """Return the territories whose label is ``text``, for instance "Paris (département)"; none without brackets."""
    name, brackets = _DETAIL_IN_BRACKETS.subn("", text)
    if not brackets or not (whole := normalise_name(name)):
        return []
    homonyms = _with_areas(_find(conditions=(_whole(whole),), kinds=kinds, limit=_MAX_HOMONYMS))
    return [territory for territory in homonyms if normalise_name(str(territory)) == normalise_name(text)]


def _whole(query: str) -> Q:
    return Q(prefix=query[:PREFIX_LENGTH], text=query, is_whole=True)


def _partial(query: str) -> Iterator[Q]:
    """From the surer to the looser. A single letter finds only what is called so ("Y", in the Somme)."""
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


def _find(*, conditions: Iterable[Q], kinds: Collection[TerritoryKind] | None, limit: int) -> dict[int, str]:
    """Return, best first, the keys of the territories with the former name each was found by, or ""."""
    found: dict[int, str] = {}
    for condition in conditions:
        if len(found) >= limit:
            break
        for territory_id, former_name in _matches(condition=condition, kinds=kinds, limit=limit + len(found)):
            found.setdefault(territory_id, former_name)
    return dict(list(found.items())[:limit])


def _matches(*, condition: Q, kinds: Collection[TerritoryKind] | None, limit: int) -> Iterable[tuple[int, str]]:
    if kinds is not None:
        condition &= Q(territory__kind__in=kinds)
    # The weight is selected because DISTINCT needs it to sort.
    columns = ("territory_id", "former_name", "weight")
    names = TerritoryName.objects.filter(condition).order_by("-weight", "territory_id")
    rows = names.values_list(*columns).distinct()
    return [(territory_id, former_name) for territory_id, former_name, _ in rows[: limit * _ROWS_PER_TERRITORY]]


def _with_areas(found: dict[int, str]) -> list[Territory]:
    """Read the territories in this order, with what ``describe_territory`` says of their containers."""
    if not found:
        return []
    areas = Prefetch("containers", queryset=Territory.objects.filter(kind__in=(*_AREA_KINDS, TerritoryKind.REGION)))
    territories = Territory.objects.prefetch_related(areas).in_bulk(list(found))
    ordered = []
    for territory_id, former_name in found.items():
        territory = territories[territory_id]
        territory.matched_former_name = former_name
        ordered.append(territory)
    return ordered


def _successor_of_code(*, official_code: str) -> Territory | None:
    """Return the commune into which the commune of this code was merged."""
    text = normalise_name(official_code)
    row = (
        TerritoryName.objects.select_related("territory")
        .filter(prefix=text[:PREFIX_LENGTH], text=text, is_whole=True, territory__kind=TerritoryKind.COMMUNE)
        .exclude(former_name="")
        .first()
    )
    if not row:
        return None
    row.territory.matched_former_name = row.former_name
    return row.territory
