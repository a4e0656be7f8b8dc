"""What is written, when, once; and the event that calendars take in."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from icalendar import Calendar

from events.models import Replay, WorkshopPage
from events.registrations.acting import cancel
from events.registrations.models import OpeningNotice, Registration
from events.registrations.rounds import follow_up_all, forget, probe
from hub.web.health import Light
from tests.events.registrations.conftest import NOW, event_in, letters, path_in, sign_up, state_of, subjects, update

pytestmark = pytest.mark.django_db


def go_on(now=NOW):
    return list(follow_up_all(now=now))


def test_the_event_of_a_seat_says_what_calendars_need(workshop, settings, delivered_mails):
    sign_up(workshop, "awa")
    mail = letters("awa")[0]
    for words in ("19 janvier 2027", "de 9\u00a0h\u00a030 à 12\u00a0h", "https://visio.example.gouv.fr/atelier-90"):
        assert words in mail.text
    calendar, event = event_in(mail)
    assert calendar["METHOD"] == "REQUEST"
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/Paris"]
    assert event["DTSTART"].dt.utcoffset() == timedelta(hours=1)
    assert (event["DTSTART"].dt.hour, event["DTSTART"].params["TZID"]) == (9, "Europe/Paris")
    assert str(event["UID"]).startswith(f"atelier-{workshop.pk}@")
    assert str(event["ATTENDEE"]) == "mailto:awa@adil.example"
    assert str(event["ORGANIZER"]).startswith("mailto:")
    assert "https://visio.example.gouv.fr/atelier-90" in event["DESCRIPTION"]
    [sent] = delivered_mails()
    [part] = [part for part in sent.message().walk() if part.get_content_type() == "text/calendar"]
    assert (part.get_param("method"), part.get_filename()) == ("REQUEST", "atelier.ics")
    assert part.get_payload(decode=True).decode() == mail.calendar
    mail.refresh_from_db()
    assert (mail.text, mail.calendar) == ("", "")


def test_the_event_follows_changes_with_one_name_and_a_growing_number(workshop):
    awa = sign_up(workshop, "awa")
    update(workshop, starts_on=date(2027, 7, 1), place="Paris")
    update(workshop, fate="reporte")
    update(workshop, fate="", starts_on=date(2027, 9, 2))
    cancel(registration=Registration.objects.get(pk=awa.pk), now=NOW)
    events = [event_in(mail) for mail in letters("awa")]
    assert subjects("awa") == [
        "Inscription confirmée",
        "Changement",
        "Atelier reporté",
        "Changement",
        "Inscription annulée",
    ]
    assert [str(calendar["METHOD"]) for calendar, _event in events] == "REQUEST REQUEST CANCEL REQUEST CANCEL".split()
    assert len({str(event["UID"]) for _calendar, event in events}) == 1
    numbers = [event["SEQUENCE"] for _calendar, event in events]
    assert numbers == sorted(set(numbers))
    assert [str(event["STATUS"]) for _calendar, event in events[1:3]] == ["CONFIRMED", "CANCELLED"]
    assert events[1][1]["DTSTART"].dt.utcoffset() == timedelta(hours=2)


def test_only_what_the_letters_said_is_written_again_and_once(workshop):
    for name in ("awa", "boris", "chloe"):
        sign_up(workshop, name)
    update(workshop, title="90e atelier : un autre sujet", subject="Un autre sujet")
    assert go_on() == []
    update(workshop, call_url="https://visio.example.gouv.fr/autre")
    assert go_on() == []
    assert subjects("awa") == ["Inscription confirmée", "Changement"]
    assert subjects("chloe") == ["Sur la liste d’attente", "Changement"]
    assert "visio.example.gouv.fr/autre" in letters("awa")[1].text
    assert "visio.example" not in letters("chloe")[1].text


def test_a_cancelled_workshop_is_told_to_those_who_come_and_those_who_wait(workshop):
    for name in ("awa", "boris", "chloe", "david"):
        sign_up(workshop, name)
    cancel(registration=Registration.objects.get(email="david@adil.example"), now=NOW)
    update(workshop, fate="annule")
    assert go_on() == []
    assert subjects("awa") == ["Inscription confirmée", "Atelier annulé"]
    assert event_in(letters("awa")[1])[0]["METHOD"] == "CANCEL"
    assert subjects("chloe")[1:] == ["Atelier annulé"]
    assert subjects("david")[1:] == ["Vous avez quitté la liste d’attente"]


def test_seats_added_go_to_those_who_wait(workshop):
    for name in ("awa", "boris", "chloe", "david"):
        sign_up(workshop, name)
    update(workshop, registration_capacity=3)
    assert (state_of("chloe"), state_of("david")) == ("inscrit", "attente")
    update(workshop, registration_capacity=None)
    assert state_of("david") == "inscrit"
    update(workshop, registration_capacity=1)
    assert state_of("awa") == "inscrit"  # nobody loses a seat


@pytest.mark.parametrize(
    ("moment", "count"),
    [
        (datetime(2027, 1, 18, 7, 59, tzinfo=UTC), 0),
        (datetime(2027, 1, 18, 8, 0, tzinfo=UTC), 1),
        (datetime(2027, 1, 19, 8, 30, tzinfo=UTC), 0),
    ],
)
def test_the_day_before_from_nine_one_is_reminded_once(workshop, moment, count):
    for name in ("awa", "boris", "chloe"):
        sign_up(workshop, name)
    go_on(moment)
    go_on(moment)
    assert subjects("awa")[1:] == ["Demain"] * count
    assert subjects("chloe")[1:] == []


def test_the_reminder_is_at_the_hour_of_paris_in_summer_too(workshop):
    update(workshop, starts_on=date(2027, 3, 29), starts_at=time(9))  # the night before, the clocks changed
    sign_up(workshop, "awa")
    go_on(datetime(2027, 3, 28, 6, 59, tzinfo=UTC))
    assert subjects("awa") == ["Inscription confirmée"]
    go_on(datetime(2027, 3, 28, 7, 0, tzinfo=UTC))
    assert subjects("awa") == ["Inscription confirmée", "Demain"]


def test_the_replay_is_told_once_to_those_who_asked(workshop):
    later = NOW + timedelta(days=20)
    sign_up(workshop, "awa", wants_replay=True)
    sign_up(workshop, "boris")
    page = WorkshopPage.objects.get(pk=workshop.pk)
    page.replays = [Replay(url="https://tube.numerique.gouv.fr/w/abc")]
    page.save_revision().publish()
    go_on()
    assert subjects("awa") == ["Inscription confirmée"]  # not before the workshop, whatever the page holds
    go_on(later)
    go_on(later)
    assert subjects("awa")[1:] == ["Le replay est en ligne"]
    assert "/ateliers/atelier-90/" in letters("awa")[1].text
    assert subjects("boris")[1:] == []


def test_an_opening_comes_by_itself_and_its_delay_is_seen(workshop, at):
    update(workshop, registration_opens_at=NOW + timedelta(hours=2))
    OpeningNotice.objects.create(workshop=workshop, email="awa@adil.example", created_at=NOW)
    go_on(NOW + timedelta(hours=1))
    assert subjects("awa") == []
    at(NOW + timedelta(hours=3))
    assert probe().light == Light.DEGRADED
    go_on(NOW + timedelta(hours=3))
    assert subjects("awa") == ["Inscriptions ouvertes"]
    assert probe().light == Light.OK


def test_nothing_is_written_of_a_page_withdrawn(workshop):
    sign_up(workshop, "awa")
    WorkshopPage.objects.filter(pk=workshop.pk).update(live=False, place="Ailleurs")
    assert go_on() == []


@pytest.mark.parametrize(
    "words", ["Un\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\nEND:VEVENT", "Un\nEND:VCALENDAR", 'a";,:\\n', "\u2028é"]
)
def test_whatever_is_written_there_is_one_event(workshop, words):
    WorkshopPage.objects.filter(pk=workshop.pk).update(title=words, place=words, subject=words)
    sign_up(workshop, "awa", structure=words, question=words)
    mail = letters("awa")[0]
    assert len([line for line in mail.calendar.split("\r\n") if line == "BEGIN:VEVENT"]) == 1
    calendar = Calendar.from_ical(mail.calendar)
    assert len(calendar.walk("VEVENT")) == 1
    assert calendar.errors == []
    assert "\n" not in mail.subject
    assert path_in(mail)


def test_everything_is_forgotten_in_time(workshop, settings):
    sign_up(workshop, "awa")
    OpeningNotice.objects.create(workshop=workshop, email="boris@adil.example")
    settings.REGISTRATIONS_KEPT_DAYS = 30
    ended = datetime(2027, 1, 19, tzinfo=UTC)
    assert forget(now=ended + timedelta(days=30)) == 0
    assert forget(now=ended + timedelta(days=31, hours=1)) == 2
    assert not Registration.objects.exists()
