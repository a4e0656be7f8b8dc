"""Workshops for other tools: the agenda one subscribes to, the file of one workshop, the feed of recaps."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseGone
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from icalendar import Calendar
from wagtail.contrib.redirects.models import Redirect

from events.calendars import agenda_of, calendar_of, workshop_event
from events.models import PARIS, WorkshopPage
from hub.pages.feeds import FEED_LIFETIME, MOST_ENTRIES, atom_of

# A calendar that subscribed forgets what is no longer sent: a year of memories stays in it.
AGENDA_MEMORY = timedelta(days=366)
# Workshops read to find the latest recaps among them.
_READ_FOR_RECAPS = 3 * MOST_ENTRIES


@require_safe
@cache_control(public=True, max_age=FEED_LIFETIME)
def agenda(_request: HttpRequest) -> HttpResponse:
    since = timezone.localdate(timezone=PARIS) - AGENDA_MEMORY
    recent = Q(starts_on__gte=since) | Q(ends_on__gte=since)
    pages = (
        WorkshopPage.objects.live().public().filter(recent).prefetch_related("organisers").order_by("starts_on", "pk")
    )
    return _calendar_file(agenda_of(pages=pages, name=f"Ateliers – {settings.WAGTAIL_SITE_NAME}"), name="agenda")


@require_safe
@cache_control(public=True, max_age=FEED_LIFETIME)
def workshop_calendar(_request: HttpRequest, slug: str) -> HttpResponseBase:
    """Give one workshop as a file, to whoever wants it in an agenda without subscribing to all."""
    page = WorkshopPage.objects.live().public().filter(slug=slug, starts_on__isnull=False).first()
    if page is not None:
        name = f"atelier-{page.number}" if page.number else "atelier"
        return _calendar_file(calendar_of(events=[workshop_event(page=page)]), name=name)
    if moved := _moved_to(slug=slug):
        return redirect("workshop-calendar", moved.slug, permanent=True)
    if WorkshopPage.objects.filter(slug=slug, live=False, first_published_at__isnull=False).exists():
        return HttpResponseGone("Cet atelier n’est plus en ligne.", content_type="text/plain; charset=utf-8")
    raise Http404("Cet atelier n’existe pas.")


@require_safe
@cache_control(public=True, max_age=FEED_LIFETIME)
def recaps(request: HttpRequest) -> HttpResponse:
    latest = WorkshopPage.objects.live().public().held().with_card_details()[:_READ_FOR_RECAPS]
    return atom_of(
        request=request,
        title="Comptes rendus et replays des ateliers",
        subtitle="Ce qui s’est dit aux ateliers de la Dihal.",
        list_path="/ateliers/",
        entries=[page for page in latest if page.is_told][:MOST_ENTRIES],
    )


def _moved_to(*, slug: str) -> WorkshopPage | None:
    """Find the workshop whose page left a redirection at this address."""
    left = Redirect.objects.filter(old_path=Redirect.normalise_path(f"/ateliers/{slug}"))
    return WorkshopPage.objects.live().public().filter(pk__in=left.values("redirect_page")).first()


def _calendar_file(calendar: Calendar, *, name: str) -> HttpResponse:
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response
