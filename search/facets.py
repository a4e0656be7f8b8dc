"""The facets of the search: which field of a record each one counts, and how addresses and people call it."""

from collections.abc import Mapping
from dataclasses import dataclass

# More values than any facet has: engines that are asked for so many count exactly.
MAX_BUCKETS = 5_000
# Structures and keywords may be thousands; nobody reads a longer list.
MAX_COUNTED = 50
YES, NO = "oui", "non"


@dataclass(frozen=True, slots=True)
class Facet:
    """One facet. ``field`` is the record's, ``attribute`` the query's, ``param`` the address's."""

    field: str
    attribute: str
    param: str
    label: str


@dataclass(frozen=True, slots=True)
class FacetCount:
    """How many entries a value of a facet would give, the facet's other values aside."""

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
)
FACET_BY_FIELD: dict[str, Facet] = {facet.field: facet for facet in FACETS}


def counts_of_all(
    *, buckets: Mapping[str, Mapping[str, int]], selected: Mapping[str, tuple[str, ...]], universal_audience: str = ""
) -> dict[str, tuple[FacetCount, ...]]:
    """Return the counts of every facet, by field, from an engine's raw ``buckets``; a facet without any counts zero."""
    return {
        facet.field: _facet_counts(
            field=facet.field,
            buckets=buckets.get(facet.field, {}),
            selected=selected.get(facet.field, ()),
            universal_audience=universal_audience,
        )
        for facet in FACETS
    }


def _facet_counts(
    *, field: str, buckets: Mapping[str, int], selected: tuple[str, ...], universal_audience: str = ""
) -> tuple[FacetCount, ...]:
    """Return the counts of a facet from an engine's raw ``buckets``, most frequent first, then by value.

    Years come newest first. At most ``MAX_COUNTED`` values are given. Chosen values are kept even
    at zero. An entry for "Tous publics" answers to every audience, so
    its bucket is added to each of the others.
    """
    counts = {**dict.fromkeys(selected, 0), **buckets}
    if field == "audiences" and universal_audience:
        universal = counts.get(universal_audience, 0)
        counts = {value: count + (0 if value == universal_audience else universal) for value, count in counts.items()}
    if field == "years":
        ordered = sorted(counts, reverse=True)
    else:
        ordered = sorted(counts, key=lambda value: (-counts[value], value))
    if len(ordered) > MAX_COUNTED:
        ordered = [*ordered[:MAX_COUNTED], *(value for value in ordered[MAX_COUNTED:] if value in selected)]
    return tuple(FacetCount(value, counts[value], value in selected) for value in ordered)
