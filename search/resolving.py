from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import BooleanField, CharField, QuerySet, Value
from taggit.models import Tag

from hub.pages.catalogue import catalogue_models
from hub.pages.records import MOMENT_LABEL_PLURAL, MOMENT_TYPE
from hub.statements import Statement, fill, places
from hub.territories.models import Territory
from hub.territories.suggestions import resolve_with_containers
from hub.vocabulary.models import Audience, Axis, Organisation, Scheme, lines_of
from search.query import FACET_BY_FIELD, MAX_COUNTED, MAX_FACET_VALUES, NO, YES, SearchQuery
from search.synonyms import AcronymTable, AliasedEntry, Equivalence, SynonymTable
from search.thesaurus.models import ThesaurusEntry, ThesaurusVersion

_AUDIENCE, _AXIS, _SCHEME, _THESAURUS = "audience", "axis", "scheme", "thesaurus"
_FIELDS = {_AUDIENCE: "audiences", _AXIS: "axes", _SCHEME: "schemes"}
_ORGANISATIONS, _TAGS = "organisations", "tags"
# What a page names at most, of each of both.
_NAMED_AT_ONCE = MAX_COUNTED + MAX_FACET_VALUES


@dataclass(frozen=True, slots=True)
class Vocabularies:
    """Publics, axes and schemes: their French labels by slug, and what else the compiler needs of them.

    ``acronyms`` are (acronym, expansion), in an order that does not change. ``aliased`` are (field of the record, slug,
    label, acronym, other names) of the entries that have other names, and ``thesaurus_version`` what changes with every
    entry of the thesaurus.
    """

    audiences: dict[str, str]
    axes: dict[str, str]
    schemes: dict[str, str]
    universal_audience: str
    acronyms: tuple[tuple[str, str], ...]
    aliased: tuple[tuple[str, ...], ...]
    thesaurus_version: str


def read_vocabularies() -> Vocabularies:
    """Return the vocabularies as they are now, in one query."""
    rows: dict[str, list[tuple[Any, ...]]] = {_AUDIENCE: [], _AXIS: [], _SCHEME: [], _THESAURUS: []}
    for kind, *row in _vocabularies.rows():
        rows[kind].append(tuple(row))
    audiences, schemes = rows[_AUDIENCE], sorted(rows[_SCHEME])
    return Vocabularies(
        audiences={slug: label for _, slug, label, *_ in audiences},
        axes={slug: label for _, slug, label, *_ in rows[_AXIS]},
        schemes={slug: acronym or expansion for _, slug, expansion, acronym, *_ in schemes},
        universal_audience=next((slug for _, slug, _, _, is_universal, _ in audiences if is_universal), ""),
        acronyms=tuple((acronym, expansion) for _, _, expansion, acronym, *_ in schemes if acronym),
        aliased=tuple(
            (_FIELDS[kind], slug, label, acronym if kind == _SCHEME else "", aliases)
            for kind in _FIELDS
            for _, slug, label, acronym, _, aliases in sorted(rows[kind])
            if aliases
        ),
        thesaurus_version=next((version for _, version, *_ in rows[_THESAURUS]), ""),
    )


@lru_cache(maxsize=4)
def synonym_table(*, aliased: tuple[tuple[str, ...], ...], thesaurus_version: str) -> SynonymTable:
    """Return the table of the other names and of the thesaurus, read once a version in each process (one query)."""
    equivalences = ThesaurusEntry.objects.active().equivalences() if thesaurus_version else ()
    return make_synonym_table(aliased=aliased, equivalences=equivalences)


def make_synonym_table(*, aliased: Iterable[tuple[str, ...]], equivalences: Iterable[Equivalence]) -> SynonymTable:
    """Return the table of these other names (see ``Vocabularies``) and of these entries of the thesaurus."""
    entries = (
        AliasedEntry(field=field, slug=slug, names=tuple(filter(None, (acronym, label))), aliases=lines_of(aliases))
        for field, slug, label, acronym, aliases in aliased
    )
    return SynonymTable(aliased=entries, equivalences=equivalences)


def names_of(*, organisations: Sequence[str], tags: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return the names of structures and keywords by slug, those of them that exist, in one query at most."""
    names: dict[str, dict[str, str]] = {_ORGANISATIONS: {}, _TAGS: {}}
    for start in range(0, max(len(organisations), len(tags)), _NAMED_AT_ONCE):
        chunk = slice(start, start + _NAMED_AT_ONCE)
        asked = {
            **fill(_ORGANISATIONS, organisations[chunk], count=_NAMED_AT_ONCE),
            **fill(_TAGS, tags[chunk], count=_NAMED_AT_ONCE),
        }
        for kind, slug, name in _names.rows(asked):
            names[kind][slug] = name
    return names


def _write_vocabularies() -> QuerySet[Any, Any]:
    nothing, no = Value("", CharField()), Value(value=False, output_field=BooleanField())

    def rows(kind: str, known: QuerySet[Any], *columns: Any) -> QuerySet[Any, Any]:
        return known.order_by().values_list(Value(kind, CharField()), "pk", *columns)

    return rows(_AUDIENCE, Audience.objects.all(), "slug", "label", nothing, "is_universal", "aliases").union(
        rows(_AXIS, Axis.objects.all(), "slug", "label", nothing, no, "aliases"),
        rows(_SCHEME, Scheme.objects.all(), "slug", "expansion", "acronym", no, "aliases"),
        rows(_THESAURUS, ThesaurusVersion.objects.all(), "version", nothing, nothing, no, nothing),
        all=True,
    )


def _write_names() -> QuerySet[Any, Any]:
    def rows(kind: str, known: QuerySet[Any]) -> QuerySet[Any, Any]:
        asked = known.filter(slug__in=places(kind, count=_NAMED_AT_ONCE))
        return asked.order_by().values_list(Value(kind, CharField()), "slug", "name")

    return rows(_ORGANISATIONS, Organisation.objects.validated()).union(rows(_TAGS, Tag.objects.all()), all=True)


_vocabularies = Statement(_write_vocabularies)
_names = Statement(_write_names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """A query that names only what exists, and what has to be known to compile and to show it.

    ``labels`` gives, by field of the record, the French name of each value that may be shown (structures and keywords:
    of the chosen ones; ``label_counts`` completes them). ``territory`` is the chosen one, and ``containers`` everything
    that contains it, the smallest first.
    """

    query: SearchQuery
    notices: tuple[str, ...]
    labels: Mapping[str, dict[str, str]]
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
        "type": {
            **{model.catalogue_type: model.catalogue_label_plural for model in catalogue_models()},
            MOMENT_TYPE: MOMENT_LABEL_PLURAL,
        },
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
        acronyms=_acronym_table(vocabularies.acronyms),
        synonyms=synonyms
        or synonym_table(aliased=vocabularies.aliased, thesaurus_version=vocabularies.thesaurus_version),
        universal_audience=vocabularies.universal_audience,
        territory=territory,
        containers=containers,
    )


# Made once for the same rows: analysing every expansion is the dearest part of a compilation.
_acronym_table = lru_cache(maxsize=4)(AcronymTable)


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
