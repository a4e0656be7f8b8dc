"""Where to go on from a sheet: others for the same publics, near it."""

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Least

from hub.territories.enums import TerritoryKind
from hub.territories.models import Territory
from initiatives.models import InitiativePage

# The cost of a page does not follow the catalogue: of those that match, the newest are compared.
MAX_COMPARED = 150
# Two publics in common are as near as the same département; further ones add nothing, or place would not count.
MOST_PUBLICS = 2


def similar_sheets(*, page: InitiativePage, count: int) -> QuerySet[InitiativePage] | list[InitiativePage]:
    """Return published sheets with a public in common, or of the same département, the nearest first.

    Being near is counted in territories in common, containers included and France aside: a région is one, a commune
    three or four. Three queries, and the one that tells which pages are public.
    """
    audiences = [audience.pk for audience in page.audiences.all() if not audience.is_universal]
    areas = _areas_of(page=page)
    if not (page.pk and (audiences or areas)):
        return []
    near = [pk for pk, kind in areas.items() if kind != TerritoryKind.REGION]
    of_publics = _links("audiences").filter(audience__in=audiences)
    located = _links("territories").filter(territory__in=areas)
    inside = _links("territories").annotate(area=F("territory__containers")).filter(area__in=areas)
    matching = (
        Q(pk__in=_newest(of_publics))
        | Q(pk__in=_newest(located.filter(territory__in=near)))
        | Q(pk__in=_newest(inside.filter(area__in=near)))
    )
    return (
        InitiativePage.objects.live()
        .public()
        .filter(matching)
        .exclude(pk=page.pk)
        .annotate(
            points=Least(_per_page(of_publics, "audience"), MOST_PUBLICS)
            + _per_page(located, "territory")
            + _per_page(inside, "area")
        )
        .order_by("-points", F("first_published_at").desc(nulls_last=True), "-pk")
        .prefetch_related("territories")
        .only("title", "summary", "slug", "url_path", "path", "depth", "content_type", "status")[:count]
    )


def _areas_of(*, page: InitiativePage) -> dict[int, str]:
    """The sheet's territories and what contains them, France aside, with their kind; one query."""
    own = {territory.pk: territory.kind for territory in page.territories.all()}
    if not own:
        return {}
    links = Territory.containers.through.objects.filter(from_territory__in=own)
    around = own | dict(links.values_list("to_territory", "to_territory__kind"))
    return {pk: kind for pk, kind in around.items() if kind != TerritoryKind.PAYS}


def _links(field: str) -> QuerySet:
    through = InitiativePage._meta.get_field(field).remote_field.through
    return through.objects.order_by()


def _newest(links: QuerySet) -> QuerySet:
    return links.order_by("-initiativepage").values("initiativepage").distinct()[:MAX_COMPARED]


def _per_page(links: QuerySet, counted: str) -> Coalesce:
    of_page = links.filter(initiativepage=OuterRef("pk")).values("initiativepage")
    return Coalesce(Subquery(of_page.annotate(found=Count(counted, distinct=True)).values("found")), Value(0))
