"""The life of a workshop: what its page says by the time it is, with nobody's hand on it."""

from datetime import date, datetime, time, timedelta
from itertools import product

import pytest
from django.test import Client
from django.utils import timezone

from events.enums import WorkshopStage
from events.models import PARIS, Replay, WorkshopPage
from tests.factories import WorkshopPageFactory
from tests.support.html import headings, link, read_html, words

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 24)
CALL = "https://visio.example.org/salle-secrete"


@pytest.fixture
def clock(monkeypatch):
    """``clock(hour, minute)``: what time it is in Paris, on the day of the workshop or some days later."""

    def set_to(hour: int, minute: int = 0, *, days: int = 0) -> None:
        moment = datetime.combine(DAY + timedelta(days=days), time(hour, minute), tzinfo=PARIS)
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return set_to


VALUES = {
    "title": "Atelier 86",
    "starts_on": DAY,
    "starts_at": time(14),
    "ends_at": time(16, 30),
    "format": "en-ligne",
    "call_url": CALL,
}


def announced(**values) -> WorkshopPage:
    return WorkshopPageFactory(**VALUES | values)


def unsaved(**values) -> WorkshopPage:
    return WorkshopPage(**VALUES | values)


@pytest.mark.parametrize(
    ("days", "hour", "stage"),
    [
        (-1, 23, WorkshopStage.ANNOUNCED),
        (0, 0, WorkshopStage.TODAY),
        (0, 16, WorkshopStage.TODAY),
        (0, 17, WorkshopStage.HELD),
        (1, 0, WorkshopStage.HELD),
    ],
)
def test_its_stage_follows_the_hours_of_paris(home, clock, days, hour, stage):
    clock(hour, days=days)
    assert unsaved().stage == stage


def test_without_an_hour_it_lasts_the_whole_day_and_of_several_days_until_the_last(home, clock):
    clock(23, 59)
    assert unsaved(starts_at=None, ends_at=None).stage == WorkshopStage.TODAY
    long = unsaved(ends_on=DAY + timedelta(days=2))
    clock(17, days=1)
    assert long.stage == WorkshopStage.TODAY
    clock(17, days=2)
    assert long.stage == WorkshopStage.HELD


def test_the_summer_hour_begins_and_ends_on_time(home, monkeypatch):
    """On the days of change, two in the morning is not where UTC believes it."""
    for day, is_over_at in ((date(2026, 3, 29), "2026-03-29T01:30Z"), (date(2026, 10, 25), "2026-10-25T02:30Z")):
        page = unsaved(starts_on=day, starts_at=time(1), ends_at=time(3, 30))
        over = datetime.fromisoformat(is_over_at)
        for moment, stage in ((over - timedelta(minutes=1), WorkshopStage.TODAY), (over, WorkshopStage.HELD)):
            monkeypatch.setattr(timezone, "now", lambda moment=moment: moment)
            assert page.stage == stage, moment


def test_lists_and_pages_agree_at_every_hour(home, clock):
    """What the database sorts and what a page says of itself are two writings of one rule."""
    clock(14)
    hours = (None, time(13), time(14), time(15))
    days = ((-2, None), (-1, 0), (0, None), (0, 1), (1, None), (-2, -1))
    page = announced()
    seen = set()
    for (first, last), ends_at, forced in product(days, hours, ("", "annonce", "tenu")):
        page.starts_on = DAY + timedelta(days=first)
        page.ends_on = None if last is None else DAY + timedelta(days=last)
        page.ends_at, page.forced_stage = ends_at, forced
        row = WorkshopPage.objects.filter(pk=page.pk)
        row.update(starts_on=page.starts_on, ends_on=page.ends_on, ends_at=ends_at, forced_stage=forced)
        case = (first, last, ends_at, forced)
        assert row.upcoming().exists() == page.is_upcoming, case
        assert row.past().exists() != page.is_upcoming, case
        seen.add(page.is_upcoming)
    assert seen == {True, False}


def test_dihal_has_the_last_word(client: Client, home, clock):
    clock(9)
    page = announced(forced_stage="compte-rendu", body=[("text", "<p>Déjà dit.</p>")])
    assert page.stage == WorkshopStage.RECAP_PUBLISHED
    shown = read_html(client.get("/ateliers/"))
    assert "Atelier 86" in words(shown.find(id="passes").parent)


def test_the_page_tells_each_stage(client: Client, home, clock):
    page = announced(programme=[("text", "<p>Trois équipes racontent.</p>")])

    def read() -> str:
        return words(read_html(client.get(page.url)).main)

    clock(9, days=-3)
    assert "24 novembre 2026 De 14 h 00 à 16 h 30, en ligne" in read()
    assert "visioconférence" not in read()
    clock(12, 59)
    assert "Aujourd’hui, 24 novembre 2026" in read()
    assert (
        "Le lien de la visioconférence, qui ouvre une heure avant le début, est envoyé aux personnes inscrites"
        in read()
    )
    assert "(Page affichée à 12 h 59, heure de Paris.)" in read()
    clock(13)
    assert "La visioconférence est ouverte : son lien a été envoyé aux personnes inscrites." in read()
    assert "a commencé" not in read()
    clock(14)
    assert "L’atelier a commencé." in read()
    clock(16, 30)
    assert "Son compte rendu et son replay seront publiés sur cette page." in read()
    assert "Trois équipes racontent." in read()
    page.replays = [Replay(url="https://youtu.be/abcdefghijk")]
    page.save_revision().publish()
    shown = read_html(client.get(page.url)).main
    assert "Replay en ligne" in words(shown)
    assert "Trois équipes racontent." in words(shown.find("details"))


@pytest.mark.parametrize("hour", [9, 13, 15, 18])
def test_the_call_is_never_on_a_public_page(client: Client, home, clock, hour):
    clock(hour)
    page = announced()
    for path in (page.url, "/", "/ateliers/", f"{page.url}atelier.ics", "/ateliers/agenda.ics"):
        assert "salle-secrete" not in client.get(path).content.decode().replace("\r\n ", "")


@pytest.mark.parametrize(
    ("hour", "values", "is_open"),
    [
        (12, {}, False),
        (13, {}, True),
        (16, {}, True),
        (17, {}, False),
        (15, {"fate": "annule"}, False),
        (15, {"call_url": ""}, False),
        (0, {"starts_at": None, "ends_at": None}, True),
    ],
)
def test_people_registered_are_led_to_the_call_from_one_hour_before(home, clock, hour, values, is_open):
    clock(hour)
    assert unsaved(**values).is_call_open == is_open


@pytest.mark.parametrize(
    ("fate", "badge", "title"),
    [("annule", "Annulé", "Cet atelier est annulé"), ("reporte", "Reporté", "Cet atelier est reporté")],
)
def test_a_workshop_that_does_not_take_place_says_so_everywhere(client: Client, home, clock, fate, badge, title):
    clock(9)
    page = announced(fate=fate, registration_url="https://example.org/inscription")
    shown = read_html(client.get(page.url))
    assert headings(shown)[:2] == ["Atelier 86", title]
    assert shown.title.string.replace("\u00a0", " ").startswith(f"{badge} : Atelier 86")
    assert "S’inscrire" not in words(shown.main)
    assert f"24 novembre 2026 {badge}" in words(shown.find(class_="hub-facts"))
    for path in ("/", "/ateliers/"):
        card = read_html(client.get(path)).find("a", string="Atelier 86").find_parent("li")
        assert badge in words(card)
        assert "Aujourd’hui" not in words(card)
    assert page.catalogue_date_label() == f"24 novembre 2026 – {badge.lower()}"


def test_a_cancelled_workshop_of_the_past_waits_for_no_recap(client: Client, home, clock):
    page = announced(fate="annule")
    clock(9, days=30)
    text = words(read_html(client.get(page.url)).main)
    assert "Il n’a pas eu lieu." in text
    assert "à venir" not in text.lower()
    assert "Annulé" in words(read_html(client.get("/ateliers/")).find(id="passes").parent)
    assert "Atelier 86" not in words(read_html(client.get("/")).main)


def test_agendas_and_readers_find_what_to_follow(client: Client, home, clock):
    clock(9)
    page = announced()
    found = {
        path: [node["href"] for node in read_html(client.get(path)).find_all("link", rel="alternate")]
        for path in ("/", "/ateliers/", "/initiatives/", page.url)
    }
    workshops, sheets = ["/ateliers/agenda.ics", "/ateliers/flux.atom"], ["/initiatives/flux.atom"]
    assert found == {
        "/": workshops + sheets,
        "/ateliers/": workshops,
        "/initiatives/": sheets,
        page.url: [f"{page.url}atelier.ics"],
    }
    assert all(client.get(path).status_code == 200 for paths in found.values() for path in paths)
    shown = read_html(client.get("/ateliers/"))
    assert link(shown, "Google Agenda").endswith("r?cid=webcal%3A%2F%2Ftestserver%2Fateliers%2Fagenda.ics")
    assert link(shown, "Calendrier d’Apple") == "webcal://testserver/ateliers/agenda.ics"
    assert "url=http%3A%2F%2Ftestserver%2Fateliers%2Fagenda.ics" in link(shown, "Outlook")
    assert link(read_html(client.get(page.url)).main, "Ajouter à mon agenda") == f"{page.url}atelier.ics"
