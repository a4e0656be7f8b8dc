"""Workshops as calendars read them (RFC 5545): one event a workshop, at the hours of Paris."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from email.utils import parseaddr
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Event, Timezone, vCalAddress

from events.enums import WorkshopFate, WorkshopFormat
from events.models import PARIS, WorkshopPage
from hub.mail.site import page_url, site_url
from hub.pages.feeds import plain_text

PRODUCT = "-//Dihal//Hub des ateliers et des initiatives//FR"
# How long a calendar that subscribed waits before it asks again.
REFRESHED_EVERY = timedelta(hours=6)
# The rule of the European Union since 1996, in one line where a library writes each change of hour, for some years.
_PARIS_RULES = """\
BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
END:DAYLIGHT
END:VTIMEZONE
""".replace("\n", "\r\n")


def workshop_event(*, page: WorkshopPage, sequence: int = 0) -> Event:
    """Describe a workshop, with nothing that only people registered may read.

    ``sequence`` grows each time somebody who holds this event is told that it changed.
    """
    event = Event()
    address = page_url(page=page) or site_url()
    event.add("uid", f"atelier-{page.pk}@{urlsplit(site_url()).hostname}")
    event.add("sequence", sequence)
    event.add("dtstamp", page.last_published_at or timezone.now())
    event.add("summary", _one_line(f"{fate_prefix(page=page)}{page.title}"))
    if page.summary:
        event.add("description", plain_text(f"{page.summary}\n\n{address}"))
    _add_times(event, page)
    if place := place_words(page=page):
        event.add("location", _one_line(place))
    event.add("url", address)
    event.add("organizer", _organiser(page))
    # Nobody is to come on the day of a workshop that was put off: a new date will make the same event live again.
    event.add("status", "CANCELLED" if page.fate else "CONFIRMED")
    if page.last_published_at:
        event.add("last-modified", page.last_published_at)
    return event


def calendar_of(*, events: Iterable[Event], method: str = "") -> Calendar:
    """Gather events in a calendar that says what the hours of Paris are."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    if method:
        calendar.add("method", method)
    calendar.add_component(_paris())
    for event in events:
        calendar.add_component(event)
    return calendar


def agenda_of(*, pages: Iterable[WorkshopPage], name: str) -> Calendar:
    """Return a calendar one subscribes to: it has a name, and says how often to ask again."""
    calendar = calendar_of(events=[workshop_event(page=page) for page in pages if page.starts_on], method="PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", str(PARIS))
    calendar.add("refresh-interval", REFRESHED_EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    return calendar


def fate_prefix(*, page: WorkshopPage) -> str:
    """« Annulé : », said in titles because few calendars show a status."""
    return f"{WorkshopFate(page.fate).label} : " if page.fate else ""


def place_words(*, page: WorkshopPage) -> str:
    """Say where it is: an address, « En ligne », or both."""
    is_online = page.format in {WorkshopFormat.ONLINE, WorkshopFormat.HYBRID}
    return " – ".join(filter(None, (page.place, "En ligne" if is_online else "")))


def _one_line(text: str) -> str:
    return " ".join(plain_text(text).split())


def _add_times(event: Event, page: WorkshopPage) -> None:
    """A workshop without hours, or of several days of which the end is not known, lasts whole days."""
    first, last = page.starts_on, page.ends_on or page.starts_on
    if first is None or last is None:
        raise ValueError("a workshop without a date is in no calendar")
    starts_at, ends_at = page.starts_at, page.ends_at
    if starts_at is None or (ends_at is None and last > first):
        event.add("dtstart", first)
        event.add("dtend", last + timedelta(days=1))
        return
    start = datetime.combine(first, starts_at, tzinfo=PARIS)
    event.add("dtstart", start)
    end = datetime.combine(last, ends_at, tzinfo=PARIS) if ends_at else None
    # Of an import, hours may contradict each other: the beginning alone is believed.
    if end is not None and end.timestamp() > start.timestamp():
        event.add("dtend", end)


def _organiser(page: WorkshopPage) -> vCalAddress:
    mail = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    organiser = vCalAddress(f"mailto:{mail}")
    names = ", ".join(organisation.name for organisation in page.organisers.all()) if page.pk else ""
    organiser.params["CN"] = _one_line(names or "Dihal").replace('"', "’")
    return organiser


@cache
def _paris() -> Any:
    return Timezone.from_ical(_PARIS_RULES)
