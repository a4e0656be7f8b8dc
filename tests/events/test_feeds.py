"""Feeds: what other tools read of workshops and sheets, published ones alone."""

from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar
from wagtail.models import PageViewRestriction

from events.models import Replay
from hub.pages.feeds import MOST_ENTRIES
from tests.factories import InitiativePageFactory, WorkshopPageFactory

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
RECAPS, SHEETS, AGENDA = "/ateliers/flux.atom", "/initiatives/flux.atom", "/ateliers/agenda.ics"


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def told(**values):
    return WorkshopPageFactory(body=[("text", "<p>Ce qui s’est dit.</p>")], **values)


def feed_at(client: Client, path: str) -> ET.Element:
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert response["Cache-Control"] == "public, max-age=300"
    assert not response.cookies
    return ET.fromstring(response.content)  # noqa: S314 — written by us


def titles(feed: ET.Element) -> list[str]:
    return [entry.findtext(f"{ATOM}title") for entry in feed.findall(f"{ATOM}entry")]


def agenda(client: Client) -> list[str]:
    response = client.get(AGENDA)
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "public, max-age=300"
    return [str(event["summary"]) for event in Calendar.from_ical(response.content).events]


def test_a_feed_is_valid_atom(client: Client, home):
    """What RFC 4287 asks of every feed and entry, and what a hostile title must not break."""
    told(title="A\x0b & <b>B</b>", summary="Un <script>\x08 & des mots", original_published_on=date(2022, 12, 15))
    feed = feed_at(client, RECAPS)
    assert feed.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated", "author"):
        assert feed.find(f"{ATOM}{name}") is not None, name
    links = {node.get("rel"): node.get("href") for node in feed.findall(f"{ATOM}link")}
    assert links == {"alternate": "http://testserver/ateliers/", "self": f"http://testserver{RECAPS}"}
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "A & <b>B</b>"
    assert entry.find(f"{ATOM}summary").get("type") == "html"
    assert entry.findtext(f"{ATOM}summary") == "Un &lt;script&gt; &amp; des mots"
    assert entry.findtext(f"{ATOM}published") == "2022-12-15T00:00:00+01:00"
    assert entry.findtext(f"{ATOM}updated")
    assert entry.findtext(f"{ATOM}id").startswith("tag:127.0.0.1,2026:page-")
    assert entry.find(f"{ATOM}link").get("href").startswith("http://testserver/ateliers/")


def test_recaps_and_replays_are_followed_nothing_else(client: Client, home):
    told(title="Compte rendu", starts_on=date(2022, 1, 1))
    WorkshopPageFactory(
        title="Replay", starts_on=date(2023, 1, 1), replays=[Replay(url="https://youtu.be/abcdefghijk")]
    )
    WorkshopPageFactory(title="Sans rien")
    told(title="Brouillon", live=False)
    told(title="Annulé", fate="annule")
    told(title="Demain", starts_on=in_days(1))
    private = told(title="Réservé")
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    assert titles(feed_at(client, RECAPS)) == ["Replay", "Compte rendu"]


def test_new_sheets_are_followed_the_latest_first(client: Client, home, django_assert_max_num_queries):
    for number in range(3):
        InitiativePageFactory(title=f"Fiche {number}")
    InitiativePageFactory(title="Brouillon", live=False)
    feed_at(client, SHEETS)
    with django_assert_max_num_queries(6):
        assert titles(feed_at(client, SHEETS)) == ["Fiche 2", "Fiche 1", "Fiche 0"]
    assert MOST_ENTRIES >= 20


@pytest.mark.parametrize("path", [RECAPS, SHEETS])
def test_an_empty_feed_is_still_a_feed(client: Client, home, path):
    assert titles(feed_at(client, path)) == []


def test_the_agenda_holds_what_comes_and_a_year_of_what_was(client: Client, home, django_assert_max_num_queries):
    WorkshopPageFactory(title="Demain", starts_on=in_days(1))
    WorkshopPageFactory(title="Annulé depuis", starts_on=in_days(2), fate="annule")
    WorkshopPageFactory(title="Le mois dernier", starts_on=in_days(-30))
    WorkshopPageFactory(title="Il y a longtemps", starts_on=in_days(-500))
    WorkshopPageFactory(title="Brouillon", starts_on=in_days(3), live=False)
    agenda(client)
    with django_assert_max_num_queries(6):
        assert agenda(client) == ["Le mois dernier", "Demain", "Annulé : Annulé depuis"]


def test_one_workshop_is_a_file(client: Client, home):
    page = WorkshopPageFactory(title="Demain", number=86, starts_on=in_days(1))
    response = client.get(f"{page.url}atelier.ics")
    assert response["Content-Disposition"] == 'attachment; filename="atelier-86.ics"'
    (event,) = Calendar.from_ical(response.content).events
    assert event["summary"] == "Demain"


def test_the_file_of_a_workshop_follows_its_page(client: Client, home, django_capture_on_commit_callbacks):
    """Its address is a promise: 200, 301 or 410, and 404 for what never was or is for some people only."""
    page = WorkshopPageFactory(slug="ancien")
    page.slug = "nouveau"
    with django_capture_on_commit_callbacks(execute=True):
        page.save_revision().publish()
    moved = client.get("/ateliers/ancien/atelier.ics")
    assert (moved.status_code, moved["Location"]) == (301, "/ateliers/nouveau/atelier.ics")
    page.unpublish()
    assert client.get("/ateliers/nouveau/atelier.ics").status_code == 410
    assert client.get("/ateliers/jamais/atelier.ics").status_code == 404
    private = WorkshopPageFactory(slug="reserve")
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    assert client.get("/ateliers/reserve/atelier.ics").status_code == 404
    assert client.post(AGENDA).status_code == 405
