"""Workshops in an agenda: exactly one event each, at the right hour, whatever was typed."""

from datetime import UTC, date, datetime, time

import pytest
from icalendar import Calendar

from events.calendars import agenda_of, calendar_of, workshop_event
from events.models import WorkshopPage
from tests.factories import OrganisationFactory, WorkshopPageFactory

pytestmark = pytest.mark.django_db

BREAKS = ("\r\n", "\r", "\n", "\v", "\f", "\x85", "\u2028", "\u2029", "\x1c", "\x00")
FORGED = "".join(
    f'{line_break}END:VEVENT{line_break}BEGIN:VEVENT{line_break}UID:forge{line_break}ATTENDEE;X="a:mailto:b'
    for line_break in BREAKS
)


def workshop(**values) -> WorkshopPage:
    """A page that is not saved: a database may refuse what a field must not be trusted to hold."""
    values = {"title": "Atelier 86", "starts_on": date(2026, 11, 24), **values}
    return WorkshopPage(pk=86, slug="atelier-86", **values)


def read(calendar: Calendar) -> Calendar:
    """What a reader makes of it, which must be without any error in any part."""
    read = Calendar.from_ical(calendar.to_ical())
    assert [error for part in read.walk() for error in part.errors] == []
    return read


def event_of(page: WorkshopPage, **values):
    (event,) = read(calendar_of(events=[workshop_event(page=page, **values)])).events
    return event


def test_an_event_says_what_one_needs_to_come(home):
    page = WorkshopPageFactory(
        title="86e atelier : l’AVDL",
        starts_on=date(2026, 11, 24),
        starts_at=time(14),
        ends_at=time(16, 30),
        format="hybride",
        place="Grande Arche ; Puteaux, paroi nord",
        summary="Ce qu’a permis la réforme.",
        organisers=[OrganisationFactory(name="Dihal")],
        call_url="https://visio.example.org/secret",
    )
    calendar = calendar_of(events=[workshop_event(page=page, sequence=3)], method="REQUEST")
    (event,) = read(calendar).events
    assert (event["uid"], event["sequence"], event["status"]) == (f"atelier-{page.pk}@127.0.0.1", 3, "CONFIRMED")
    assert event["summary"] == "86e atelier : l’AVDL"
    assert event["location"] == "Grande Arche ; Puteaux, paroi nord – En ligne"
    assert event["url"] == "http://127.0.0.1:8000/ateliers/86e-atelier-lavdl/"
    assert event["organizer"].params["CN"] == "Dihal"
    assert event["organizer"].startswith("mailto:")
    assert (event.start.isoformat(), event.end.isoformat()) == (
        "2026-11-24T14:00:00+01:00",
        "2026-11-24T16:30:00+01:00",
    )
    assert calendar["method"] == "REQUEST"
    text = calendar.to_ical()
    assert b"BEGIN:VTIMEZONE\r\nTZID:Europe/Paris" in text
    assert b"secret" not in text
    assert b"\n" not in text.replace(b"\r\n", b"")


@pytest.mark.parametrize("field", ["title", "place", "summary", "organiser"])
def test_whatever_was_typed_makes_exactly_one_event(home, field):
    values = {"organisers": [OrganisationFactory.build(name=FORGED, pk=1)]} if field == "organiser" else {field: FORGED}
    page = workshop(format="en-ligne", **{key: value for key, value in values.items() if key != "organisers"})
    calendar = calendar_of(events=[workshop_event(page=page)])
    lines = calendar.to_ical().decode().replace("\r\n ", "").split("\r\n")
    assert lines.count("BEGIN:VEVENT") == 1
    assert [line for line in lines if len(line.splitlines()) > 1] == []
    (event,) = read(calendar).events
    assert event["uid"] == "atelier-86@127.0.0.1"
    assert "ATTENDEE" not in event


@pytest.mark.parametrize(
    ("day", "start", "end", "in_utc"),
    [
        (date(2026, 3, 28), time(14), time(16), ("13:00", "15:00")),
        (date(2026, 3, 29), time(1, 30), time(3, 30), ("00:30", "01:30")),
        (date(2026, 3, 29), time(14), time(16), ("12:00", "14:00")),
        (date(2026, 10, 24), time(14), time(16), ("12:00", "14:00")),
        (date(2026, 10, 25), time(1, 30), time(3, 30), ("23:30", "02:30")),
        (date(2026, 10, 25), time(14), time(16), ("13:00", "15:00")),
    ],
)
def test_hours_are_right_on_both_sides_of_a_change(home, day, start, end, in_utc):
    event = event_of(workshop(starts_on=day, starts_at=start, ends_at=end))
    assert (f"{event.start.astimezone(UTC):%H:%M}", f"{event.end.astimezone(UTC):%H:%M}") == in_utc


def test_the_rule_of_paris_is_the_one_computers_know():
    """For a reader that knows no name of a time zone, and believes the calendar alone."""
    (zone,) = Calendar.from_ical(calendar_of(events=[]).to_ical()).timezones
    told = zone.to_tz(lookup_tzid=False)
    for day, hour in (
        (date(2026, 3, 29), time(1, 59)),
        (date(2026, 3, 29), time(3)),
        (date(2026, 10, 25), time(1, 59)),
        (date(2026, 10, 25), time(3)),
        (date(2041, 7, 1), time(12)),
    ):
        known = workshop(starts_on=day, starts_at=hour).begins
        assert datetime.combine(day, hour, tzinfo=told).utcoffset() == known.utcoffset(), (day, hour)


@pytest.mark.parametrize(
    ("values", "start", "end"),
    [
        ({}, date(2026, 11, 24), date(2026, 11, 25)),
        ({"ends_on": date(2026, 11, 26)}, date(2026, 11, 24), date(2026, 11, 27)),
        ({"ends_on": date(2026, 11, 26), "starts_at": time(9)}, date(2026, 11, 24), date(2026, 11, 27)),
        ({"ends_at": time(12)}, date(2026, 11, 24), date(2026, 11, 25)),
    ],
)
def test_without_hours_it_lasts_whole_days(home, values, start, end):
    event = event_of(workshop(**values))
    assert (event.start, event.end) == (start, end)


@pytest.mark.parametrize("ends_at", [None, time(9), time(10)])
def test_hours_that_contradict_each_other_leave_the_beginning(home, ends_at):
    event = event_of(workshop(starts_at=time(10), ends_at=ends_at))
    assert event.start.hour == 10
    assert "DTEND" not in event


@pytest.mark.parametrize(("fate", "prefix"), [("annule", "Annulé : "), ("reporte", "Reporté : ")])
def test_what_does_not_take_place_is_cancelled_and_says_why(home, fate, prefix):
    event = event_of(workshop(fate=fate))
    assert (event["status"], event["summary"]) == ("CANCELLED", f"{prefix}Atelier 86")


def test_an_agenda_has_a_name_and_leaves_out_what_has_no_date(home):
    calendar = read(agenda_of(pages=[workshop(), workshop(starts_on=None)], name="Ateliers"))
    assert len(calendar.events) == 1
    assert (calendar["x-wr-calname"], calendar["method"]) == ("Ateliers", "PUBLISH")
