from typing import Any

from django import template
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from wagtail.models import Page

from hub.pages.catalogue import catalogue_models
from hub.vocabulary.models import Audience, Scheme

register = template.Library()


@register.simple_tag
def catalogue_counts() -> list[tuple[str, int]]:
    """Return what the catalogue holds: a label, in the plural or not, and how many a visitor may read; two queries."""
    of_type = {ContentType.objects.get_for_model(model).pk: model for model in catalogue_models()}
    public = Page.objects.live().public().filter(content_type__in=of_type)
    counts = public.order_by().values_list("content_type").annotate(Count("pk"))
    found = [(of_type[content_type], count) for content_type, count in counts]
    return [
        (str(model.catalogue_label_plural if count > 1 else model.catalogue_label).lower(), count)
        for model, count in sorted(found, key=lambda entry: -entry[1])
    ]


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
    uses: Any = Value(0)
    for model in catalogue_models():
        link = model._meta.get_field(field)
        through, column = link.remote_field.through, link.m2m_reverse_field_name()
        linked = through.objects.filter(**{column: OuterRef("pk")}).order_by().values(column)
        uses += Coalesce(Subquery(linked.annotate(uses=Count("pk")).values("uses")), Value(0))
    ranked = vocabulary.annotate(uses=uses).filter(uses__gt=0).order_by(F("uses").desc(), "pk")
    return vocabulary.filter(pk__in=ranked.values("pk")[:count])
