"""A query meets the vocabularies: unknown values are set aside, codes get names, in a few SQL queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import CharField, QuerySet, Value
from taggit.models import Tag

from hub.pages.catalogue import catalogue_models
from hub.territories.models import Territory
from hub.territories.suggestions import resolve_territory
from hub.vocabulary.models import Audience, Axis, Organisation, Scheme
from search.acronyms import AcronymTable
from search.facets import FACET_BY_FIELD, NO, YES
from search.query import SearchQuery


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """A query that names only what exists, and what has to be known to compile and to show it.

    ``labels`` gives, by field of the record, the French name of each value that may be shown (structures and keywords:
    of the chosen ones; ``label_counts`` completes them). ``parents`` gives the parent's slug of each audience of the
    second level. ``territory`` is the chosen one, and ``containers`` everything that contains it, the smallest first.
    """

    query: SearchQuery
    notices: tuple[str, ...]
    labels: Mapping[str, dict[str, str]]
    parents: Mapping[str, str]
    acronyms: AcronymTable
    universal_audience: str
    territory: Territory | None = None
    containers: tuple[Territory, ...] = ()


def resolve_query(*, query: SearchQuery) -> Resolution:
    """Check ``query`` against the vocabularies as they are now.

    Values nobody knows are dropped with a sentence for the reader; a territory that was merged is replaced by its
    successor.
    """
    notices: list[str] = []
    # Rows rather than objects, in no order: this is read at every search.
    audiences = list(Audience.objects.order_by().values_list("slug", "label", "is_universal", "parent__slug"))
    schemes = list(Scheme.objects.order_by("pk").values_list("slug", "acronym", "expansion"))
    labels = {
        "audiences": {slug: label for slug, label, _, _ in audiences},
        "axes": dict(Axis.objects.order_by().values_list("slug", "label")),
        "schemes": {slug: acronym or expansion for slug, acronym, expansion in schemes},
        **_names(organisations=query.organisations, tags=query.tags),
        "type": {model.catalogue_type: model.catalogue_label_plural for model in catalogue_models()},
        "has_replay": {YES: "Avec replay", NO: "Sans replay"},
        "years": {year: year for year in query.years},
    }
    changes: dict[str, Any] = {}
    for field in ("audiences", "axes", "schemes", "organisations", "tags", "type"):
        facet = FACET_BY_FIELD[field]
        chosen = getattr(query, facet.attribute)
        known = tuple(value for value in chosen if value in labels[field])
        if known != chosen:
            changes[facet.attribute] = known
            missing = ", ".join(value for value in chosen if value not in known)
            notices.append(f"Filtre « {facet.label} » : valeur inconnue ignorée ({missing}).")
    territory = _territory(query.territory, notices=notices) if query.territory else None
    if (territory.code if territory else "") != query.territory:
        changes["territory"] = territory.code if territory else ""
    if changes:
        query = query.replace(page=query.page, **changes)
    return Resolution(
        query=query,
        notices=tuple(notices),
        labels=labels,
        parents={slug: parent for slug, _, _, parent in audiences if parent},
        acronyms=_acronym_table(tuple((acronym, expansion) for _, acronym, expansion in schemes if acronym)),
        universal_audience=next((slug for slug, _, is_universal, _ in audiences if is_universal), ""),
        territory=territory,
        containers=tuple(territory.containers.order_by("population", "code")) if territory else (),
    )


@lru_cache(maxsize=4)
def _acronym_table(rows: tuple[tuple[str, str], ...]) -> AcronymTable:
    """The table of these rows, made once: analysing every expansion is the dearest part of a compilation."""
    return AcronymTable(rows)


def label_counts(*, labels: Mapping[str, dict[str, str]], values: Mapping[str, tuple[str, ...]]) -> None:
    """Add to ``labels`` the names of the structures and keywords found by a search (field → values)."""
    missing = {
        field: tuple(value for value in values.get(field, ()) if value not in labels[field])
        for field in ("organisations", "tags")
    }
    for field, names in _names(**missing).items():
        labels[field].update(names)
    labels["years"].update({year: year for year in values.get("years", ())})


def _names(*, organisations: tuple[str, ...], tags: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Return the names of structures and keywords, in one query at most."""
    names: dict[str, dict[str, str]] = {"organisations": {}, "tags": {}}
    if organisations or tags:
        sources: tuple[tuple[str, QuerySet[Any], tuple[str, ...]], ...] = (
            ("organisations", Organisation.objects.validated(), organisations),
            ("tags", Tag.objects.all(), tags),
        )
        asked = [
            known.filter(slug__in=slugs).order_by().values_list(Value(field, CharField()), "slug", "name")
            for field, known, slugs in sources
            if slugs
        ]
        for field, slug, name in asked[0].union(*asked[1:]):
            names[field][slug] = name
    return names


def _territory(code: str, *, notices: list[str]) -> Territory | None:
    found = resolve_territory(code=code)
    if found is None:
        notices.append(f"Le territoire demandé ({code}) est inconnu : il a été ignoré.")
    elif found.code != code and found.matched_former_name:
        notices.append(f"{found.matched_former_name} n’existe plus : voici les résultats pour {found.name}.")
    return found
