"""A query meets the vocabularies: unknown values are set aside, codes get names, in a few SQL queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from hub.pages.catalogue import catalogue_models
from hub.territories.containment import resolve_with_containers
from hub.territories.models import Territory
from search.acronyms import AcronymTable
from search.facets import FACET_BY_FIELD, NO, YES
from search.query import SearchQuery
from search.synonyms import SynonymTable
from search.vocabularies import names_of, read_vocabularies, synonym_table


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
    synonyms: SynonymTable
    universal_audience: str
    territory: Territory | None = None
    containers: tuple[Territory, ...] = ()


def resolve_query(*, query: SearchQuery, synonyms: SynonymTable | None = None) -> Resolution:
    """Check ``query`` against the vocabularies as they are now; ``synonyms`` replaces the thesaurus of the moment.

    Values nobody knows are dropped with a sentence for the reader; a territory that was merged is replaced by its
    successor.
    """
    notices: list[str] = []
    vocabularies = read_vocabularies()
    labels = {
        "audiences": vocabularies.audiences,
        "axes": vocabularies.axes,
        "schemes": vocabularies.schemes,
        **names_of(organisations=query.organisations, tags=query.tags),
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
    territory, containers = _territory(query.territory, notices=notices) if query.territory else (None, ())
    if (territory.code if territory else "") != query.territory:
        changes["territory"] = territory.code if territory else ""
    if changes:
        query = query.replace(page=query.page, **changes)
    return Resolution(
        query=query,
        notices=tuple(notices),
        labels=labels,
        parents=vocabularies.parents,
        acronyms=_acronym_table(vocabularies.acronyms),
        synonyms=synonyms
        or synonym_table(aliased=vocabularies.aliased, thesaurus_version=vocabularies.thesaurus_version),
        universal_audience=vocabularies.universal_audience,
        territory=territory,
        containers=containers,
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
    for field, names in names_of(**missing).items():
        labels[field].update(names)
    labels["years"].update({year: year for year in values.get("years", ())})


def _territory(code: str, *, notices: list[str]) -> tuple[Territory | None, tuple[Territory, ...]]:
    found, containers = resolve_with_containers(code=code)
    if found is None:
        notices.append(f"Le territoire demandé ({code}) est inconnu : il a été ignoré.")
    elif found.code != code and found.matched_former_name:
        notices.append(f"{found.matched_former_name} n’existe plus : voici les résultats pour {found.name}.")
    return found, containers
