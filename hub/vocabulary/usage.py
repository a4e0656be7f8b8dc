"""Who uses an entry of a vocabulary: pages, sheets' partnerships, structures, narrower publics.

Wagtail's reference index does not follow many-to-many relations, which is how pages name their publics, axes and
schemes: this module reads the relations themselves.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import (
    Count,
    ForeignKey,
    IntegerField,
    ManyToManyField,
    Model,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from modelcluster.fields import ParentalKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One way entries of a vocabulary are named by rows of ``holder``.

    ``link`` is the table where the reference is stored, ``entry_column`` and ``holder_column`` its columns, and
    ``path`` the lookup that leads from the holder to the entry.
    """

    holder: type[Model]
    link: type[Model]
    entry_column: str
    holder_column: str
    path: str
    label: str

    def holders_of(self, entry: Model) -> QuerySet[Any]:
        """Rows that name the entry in this way, each once."""
        return QuerySet(self.holder).filter(**{self.path: entry}).order_by("pk").distinct()


class Uses:
    """The rows that name an entry, in a sequence that reads only the slice it is asked for.

    A row that names the entry in two ways is there twice, with the name of each relation. Has what Wagtail's views ask
    of the reference index: ``count`` and ``is_protected``.
    """

    def __init__(self, entry: Model) -> None:
        self._found = [(relation, relation.holders_of(entry)) for relation in relations_to(type(entry))]
        self._counts = [holders.count() for _relation, holders in self._found]

    def __len__(self) -> int:
        return sum(self._counts)

    def __getitem__(self, wanted: slice) -> list[tuple[Model, str]]:
        start, stop, _step = wanted.indices(len(self))
        return list(self._read(start, stop))

    @property
    def is_protected(self) -> bool:
        """Whether the entry must not be deleted: a word in use never disappears from published content."""
        return len(self) > 0

    def count(self) -> int:
        """How many uses there are."""
        return len(self)

    def _read(self, start: int, stop: int) -> Iterator[tuple[Model, str]]:
        offset = 0
        for (relation, holders), count in zip(self._found, self._counts, strict=True):
            for holder in holders[max(start - offset, 0) : max(stop - offset, 0)]:
                yield holder, relation.label
            offset += count


@cache
def relations_to(model: type[Model]) -> tuple[Relation, ...]:
    """Every relation of the project's models towards a vocabulary, read from the models themselves."""
    return tuple(relation for field in model._meta.get_fields(include_hidden=True) if (relation := _relation(field)))


def usage_count(model: type[Model]) -> Combinable:
    """An expression that counts, on a query of the vocabulary, the uses of each entry."""
    total: Combinable = Value(0, output_field=IntegerField())
    for relation in relations_to(model):
        counted = (
            QuerySet(relation.link)
            .filter(**{relation.entry_column: OuterRef("pk")})
            .order_by()
            .values(relation.entry_column)
            .annotate(uses=Count(relation.holder_column, distinct=True))
            .values("uses")
        )
        total = total + Coalesce(Subquery(counted, output_field=IntegerField()), 0)
    return total


def _relation(reverse: Any) -> Relation | None:
    field = getattr(reverse, "field", None)
    if not getattr(reverse, "auto_created", False) or reverse.concrete:
        return None
    if isinstance(field, ManyToManyField) and field.remote_field.through is not None:
        return Relation(
            holder=field.model,
            link=field.remote_field.through,
            entry_column=field.m2m_reverse_field_name(),
            holder_column=field.m2m_field_name(),
            path=field.name,
            label=str(field.verbose_name),
        )
    if isinstance(field, ForeignKey) and not field.model._meta.auto_created:
        return _from_foreign_key(field)
    return None


def _from_foreign_key(field: ForeignKey) -> Relation:
    # A line of a page (a partnership…) is shown and counted as the page it belongs to.
    parental = next((other for other in field.model._meta.fields if isinstance(other, ParentalKey)), None)
    if parental is None:
        holder, holder_column, path = field.model, "pk", field.name
    else:
        holder, holder_column = parental.related_model, parental.name
        path = f"{parental.related_query_name()}__{field.name}"
    return Relation(
        holder=holder,
        link=field.model,
        entry_column=field.name,
        holder_column=holder_column,
        path=path,
        label=str(field.verbose_name if parental is None else field.model._meta.verbose_name),
    )
