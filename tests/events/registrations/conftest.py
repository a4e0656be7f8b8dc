from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client, TestCase
from django.utils import timezone
from icalendar import Calendar

from events.models import WorkshopPage
from events.registrations.acting import register
from events.registrations.models import Registration
from hub.mail.models import OutgoingMail
from hub.pages.models import HomePage
from hub.vocabulary.models import OrganisationKind
from tests.factories import OrganisationKindFactory, WorkshopPageFactory

NOW = datetime(2027, 1, 5, 10, tzinfo=UTC)
"""A day of January, on which the workshop of these tests is a fortnight away."""


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Set the clock of the pages: ``at(NOW)``."""
    return lambda moment: monkeypatch.setattr(timezone, "now", lambda: moment)


@pytest.fixture
def workshop(home: HomePage, at: Callable[[datetime], None]) -> WorkshopPage:
    """An online workshop with two seats, open now."""
    at(NOW)
    return WorkshopPageFactory(
        title="90e atelier",
        slug="atelier-90",
        starts_on=NOW.date() + timedelta(days=14),
        starts_at=time(9, 30),
        ends_at=time(12),
        format="en-ligne",
        call_url="https://visio.example.gouv.fr/atelier-90",
        takes_registrations=True,
        registration_capacity=2,
    )


@pytest.fixture
def kind(db: None) -> OrganisationKind:
    return OrganisationKindFactory(label="ADIL")


def sign_up(workshop: WorkshopPage, name: str, *, now: datetime = NOW, **answers: Any) -> Registration:
    register(workshop_pk=workshop.pk, email=f"{name}@adil.example", answers={"name": name.title(), **answers}, now=now)
    return Registration.objects.get(workshop=workshop, email=f"{name}@adil.example")


def state_of(name: str) -> str:
    return Registration.objects.get(email=f"{name}@adil.example").state


def letters(name: str) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(recipient=f"{name}@adil.example").order_by("pk"))


def subjects(name: str) -> list[str]:
    return [mail.subject.partition(" : ")[0] for mail in letters(name)]


def event_in(mail: OutgoingMail) -> tuple[Calendar, Any]:
    """The calendar of a mail and its one event, read without a complaint."""
    calendar = Calendar.from_ical(mail.calendar)
    [event] = calendar.walk("VEVENT")
    assert calendar.errors == event.errors == []
    assert mail.calendar.count("BEGIN:VEVENT") == 1
    return calendar, event


def path_in(mail: OutgoingMail) -> str:
    """The address of one's own page, without its host."""
    return "/inscriptions/" + mail.text.split("/inscriptions/")[1].split()[0]


def update(workshop: WorkshopPage, **values: Any) -> None:
    """Publish changes, as an editor does."""
    page = WorkshopPage.objects.get(pk=workshop.pk)
    for name, value in values.items():
        setattr(page, name, value)
    with TestCase.captureOnCommitCallbacks() as after:
        page.save_revision().publish()
    for act in after:
        if act.__module__ == "events.registrations.connections":
            act()


@pytest.fixture
def post(client: Client) -> Callable[..., Any]:
    """Send the form as a browser does."""

    def send(workshop: WorkshopPage, **fields: str) -> Any:
        data = {"name": "Awa Diop", "email": "awa@adil.example", **fields}
        return client.post(f"/ateliers/{workshop.slug}/inscription/", data)

    return send
