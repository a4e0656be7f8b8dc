from django import template
from django.db.models import F, QuerySet

from initiatives.models import InitiativePage
from initiatives.readable import Assurances, PartnersOfRole, assurances_of, partners_by_role
from initiatives.similar import similar_sheets

register = template.Library()


@register.simple_tag
def partners_of(page: InitiativePage) -> list[PartnersOfRole]:
    return partners_by_role(page=page)


@register.simple_tag(name="assurances_of")
def assurances(page: InitiativePage) -> Assurances:
    """Return what was confirmed of a sheet; after ``partners_of``, which reads the partners."""
    return assurances_of(page=page)


@register.simple_tag
def similar_to(page: InitiativePage, count: int) -> list[InitiativePage]:
    """Return the sheets to read after this one; after ``partners_of``, which reads the publics and the territories."""
    return list(similar_sheets(page=page, count=count))


@register.simple_tag
def latest_initiatives(count: int) -> QuerySet[InitiativePage]:
    return (
        InitiativePage.objects.live()
        .public()
        .prefetch_related("territories", "audiences")
        .order_by(F("first_published_at").desc(nulls_last=True), "-pk")[:count]
    )
