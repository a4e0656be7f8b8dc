"""Workshops as calendars know them (RFC 5545), at the hour of Paris on both sides of its changes."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress

from events.models import WorkshopFate, WorkshopPage
from hub.mail.site import page_url, site_url

PARIS = ZoneInfo("Europe/Paris")


def workshop_event(*, page: WorkshopPage, sequence: int = 0) -> Event:
    event = Event()
    event.add("uid", f"atelier-{page.pk}@{urlsplit(site_url()).hostname or 'localhost'}")
    event.add("sequence", sequence)
    event.add("dtstamp", timezone.now().astimezone(ZoneInfo("UTC")))
    event.add("summary", _line(page.title))
    if page.starts_on:
        last_day = page.ends_on or page.starts_on
        if page.starts_at:
            begin = datetime.combine(page.starts_on, page.starts_at, tzinfo=PARIS)
            end = datetime.combine(last_day, page.ends_at, tzinfo=PARIS) if page.ends_at else begin + timedelta(hours=1)
            event.add("dtstart", begin)
            event.add("dtend", max(end, begin))
        else:
            event.add("dtstart", page.starts_on)
            event.add("dtend", last_day + timedelta(days=1))
    event.add("status", "CANCELLED" if page.fate == WorkshopFate.CANCELLED else "CONFIRMED")
    event.add("location", _line(page.place) or page.get_format_display())
    organizer = vCalAddress(f"mailto:{settings.DEFAULT_FROM_EMAIL.rpartition('<')[2].rstrip('>')}")
    organizer.params["CN"] = settings.WAGTAIL_SITE_NAME
    event.add("organizer", organizer)
    if url := page_url(page=page):
        event.add("url", url)
    return event


def calendar_of(*, events: Iterable[Event], method: str = "") -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Dihal//Hub des ateliers//FR")
    calendar.add("version", "2.0")
    if method:
        calendar.add("method", method)
    calendar.add_component(_paris())
    for event in events:
        calendar.add_component(event)
    return calendar


def _paris() -> Timezone:
    zone = Timezone()
    zone.add("tzid", "Europe/Paris")
    for kind, name, before, after, start, month in (
        (TimezoneDaylight, "CEST", 1, 2, datetime.combine(datetime(1981, 3, 29), time(2)), 3),  # noqa: DTZ001
        (TimezoneStandard, "CET", 2, 1, datetime.combine(datetime(1996, 10, 27), time(3)), 10),  # noqa: DTZ001
    ):
        part = kind()
        part.add("dtstart", start)
        part.add("tzname", name)
        part.add("tzoffsetfrom", timedelta(hours=before))
        part.add("tzoffsetto", timedelta(hours=after))
        part.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1su"})
        zone.add_component(part)
    return zone


def _line(text: str) -> str:
    return " ".join(text.split())
