"""The vocabularies as a search needs them: read anew at every search, so that an editor's change is felt at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import BooleanField, CharField, QuerySet, Value
from taggit.models import Tag

from hub.statements import Statement, fill, places
from hub.vocabulary.models import Audience, Axis, Organisation, Scheme, lines_of
from search.facets import MAX_COUNTED
from search.query import MAX_FACET_VALUES
from search.synonyms import AliasedEntry, Equivalence, SynonymTable
from search.thesaurus.models import ThesaurusEntry, ThesaurusVersion

_AUDIENCE, _AXIS, _SCHEME, _THESAURUS = "audience", "axis", "scheme", "thesaurus"
_FIELDS = {_AUDIENCE: "audiences", _AXIS: "axes", _SCHEME: "schemes"}
_ORGANISATIONS, _TAGS = "organisations", "tags"
# What a page names at most, of each of both.
_NAMED_AT_ONCE = MAX_COUNTED + MAX_FACET_VALUES


@dataclass(frozen=True, slots=True)
class Vocabularies:
    """Publics, axes and schemes: their French labels by slug, and what else the compiler needs of them.

    ``parents`` gives the parent's slug of each audience of the second level; ``acronyms`` are (acronym, expansion), in
    an order that does not change. ``aliased`` are (field of the record, slug, label, acronym, other names) of the
    entries that have other names, and ``thesaurus_version`` what changes with every entry of the thesaurus.
    """

    audiences: dict[str, str]
    axes: dict[str, str]
    schemes: dict[str, str]
    parents: dict[str, str]
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
        parents={slug: parent for _, slug, _, parent, *_ in audiences if parent},
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

    return rows(_AUDIENCE, Audience.objects.all(), "slug", "label", "parent__slug", "is_universal", "aliases").union(
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
