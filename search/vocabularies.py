"""The vocabularies as a search needs them: read anew at every search, so that an editor's change is felt at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, CharField, QuerySet, Value
from taggit.models import Tag

from hub.statements import Statement, fill, places
from hub.vocabulary.models import Audience, Axis, Organisation, Scheme
from search.facets import MAX_COUNTED
from search.query import MAX_FACET_VALUES

_AUDIENCE, _AXIS, _SCHEME = "audience", "axis", "scheme"
_ORGANISATIONS, _TAGS = "organisations", "tags"
# What a page names at most, of each of both.
_NAMED_AT_ONCE = MAX_COUNTED + MAX_FACET_VALUES


@dataclass(frozen=True, slots=True)
class Vocabularies:
    """Publics, axes and schemes: their French labels by slug, and what else the compiler needs of them.

    ``parents`` gives the parent's slug of each audience of the second level; ``acronyms`` are (acronym, expansion), in
    an order that does not change.
    """

    audiences: dict[str, str]
    axes: dict[str, str]
    schemes: dict[str, str]
    parents: dict[str, str]
    universal_audience: str
    acronyms: tuple[tuple[str, str], ...]


def read_vocabularies() -> Vocabularies:
    """Return the vocabularies as they are now, in one query."""
    rows: dict[str, list[tuple[Any, ...]]] = {_AUDIENCE: [], _AXIS: [], _SCHEME: []}
    for kind, *row in _vocabularies.rows():
        rows[kind].append(tuple(row))
    audiences, schemes = rows[_AUDIENCE], sorted(rows[_SCHEME])
    return Vocabularies(
        audiences={slug: label for _, slug, label, _, _ in audiences},
        axes={slug: label for _, slug, label, _, _ in rows[_AXIS]},
        schemes={slug: acronym or expansion for _, slug, expansion, acronym, _ in schemes},
        parents={slug: parent for _, slug, _, parent, _ in audiences if parent},
        universal_audience=next((slug for _, slug, _, _, is_universal in audiences if is_universal), ""),
        acronyms=tuple((acronym, expansion) for _, _, expansion, acronym, _ in schemes if acronym),
    )


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
        return known.order_by().values_list(Value(kind, CharField()), "pk", "slug", *columns)

    return rows(_AUDIENCE, Audience.objects.all(), "label", "parent__slug", "is_universal").union(
        rows(_AXIS, Axis.objects.all(), "label", nothing, no),
        rows(_SCHEME, Scheme.objects.all(), "expansion", "acronym", no),
        all=True,
    )


def _write_names() -> QuerySet[Any, Any]:
    def rows(kind: str, known: QuerySet[Any]) -> QuerySet[Any, Any]:
        asked = known.filter(slug__in=places(kind, count=_NAMED_AT_ONCE))
        return asked.order_by().values_list(Value(kind, CharField()), "slug", "name")

    return rows(_ORGANISATIONS, Organisation.objects.validated()).union(rows(_TAGS, Tag.objects.all()), all=True)


_vocabularies = Statement(_write_vocabularies)
_names = Statement(_write_names)
