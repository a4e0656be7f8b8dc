"""Tags to browse the catalogue by its vocabularies."""

from typing import TYPE_CHECKING

from django import template
from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from hub.pages.catalogue import catalogue_models
from hub.vocabulary.models import Audience, Scheme

if TYPE_CHECKING:
    from django.db.models.expressions import Combinable

register = template.Library()


@register.simple_tag
def most_used_audiences(count: int) -> QuerySet[Audience]:
    """Return the publics entries are most often about, the universal one aside, in alphabetical order; one query."""
    return _most_used(Audience.objects.filter(is_universal=False), field="audiences", count=count)


@register.simple_tag
def most_used_schemes(count: int) -> QuerySet[Scheme]:
    """Return the schemes entries are most often about, in alphabetical order; one query."""
    return _most_used(Scheme.objects.all(), field="schemes", count=count)


def _most_used(vocabulary: QuerySet, *, field: str, count: int) -> QuerySet:
    """Rank by number of entries, drafts included: their state is not worth a join on every page of the catalogue."""
    uses: Combinable = Value(0)
    for model in catalogue_models():
        link = model._meta.get_field(field)
        through, column = link.remote_field.through, link.m2m_reverse_field_name()
        linked = through.objects.filter(**{column: OuterRef("pk")}).order_by().values(column)
        uses += Coalesce(Subquery(linked.annotate(uses=Count("pk")).values("uses")), Value(0))
    ranked = vocabulary.annotate(uses=uses).filter(uses__gt=0).order_by(F("uses").desc(), "pk")
    return vocabulary.filter(pk__in=ranked.values("pk")[:count])
