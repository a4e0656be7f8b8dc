"""One's own page: opened by whoever reads the mail, changed by the person alone."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from events.models import WorkshopPage
from events.registrations.models import Registration
from tests.events.registrations.conftest import NOW, letters, path_in, sign_up, state_of, subjects, update

pytestmark = pytest.mark.django_db

BEGINS = datetime(2027, 1, 19, 8, 30, tzinfo=UTC)  # 9:30 in Paris


@pytest.fixture
def everybody(workshop):
    """Awa and Boris have the two seats, Chloé and David wait."""
    return [sign_up(workshop, name, wants_replay=True) for name in ("awa", "boris", "chloe", "david")]


def test_reading_the_link_changes_nothing_and_shows_it_to_nobody_else(client, everybody):
    page = client.get(path_in(letters("awa")[0]))
    assertContains(page, "Vous avez une place")
    assert page["Referrer-Policy"] == "same-origin"
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page["Cache-Control"]
    assert b"requestSubmit" not in page.content
    assert client.head(path_in(letters("awa")[0])).status_code == 200
    assert client.get(path_in(letters("awa")[0]) + "?action=annuler").status_code == 200
    assert state_of("awa") == "inscrit"


def test_a_seat_given_back_goes_once_to_who_waited_longest(client, everybody):
    mine = path_in(letters("awa")[0])
    for _twice in range(2):
        assertRedirects(client.post(mine, {"action": "annuler"}), f"{mine}?fait=annule")
    assert [state_of(name) for name in ("awa", "chloe", "david")] == ["annule", "inscrit", "attente"]
    assert subjects("awa") == ["Inscription confirmée", "Inscription annulée"]
    assert subjects("chloe") == ["Sur la liste d’attente", "Une place pour vous"]
    assertContains(client.get(mine), "Votre inscription est annulée")


def test_one_leaves_the_list(client, everybody):
    mine = path_in(letters("chloe")[0])
    assertContains(client.get(mine), "Quitter la liste d’attente")
    client.post(mine, {"action": "annuler"})
    assert letters("chloe")[-1].calendar == ""
    client.post(path_in(letters("awa")[0]), {"action": "annuler"})
    assert (state_of("chloe"), state_of("david")) == ("annule", "inscrit")


def test_one_changes_one_s_answers_and_a_mistake_is_told(client, everybody):
    mine = path_in(letters("awa")[0])
    assertRedirects(client.post(mine, {"name": "Awa D.", "question": "Et le bail ?"}), f"{mine}?fait=change")
    one = Registration.objects.get(email="awa@adil.example")
    assert (one.name, one.question, one.wants_replay, one.state) == ("Awa D.", "Et le bail ?", False, "inscrit")
    refused = client.post(mine, {"name": "", "question": "Gardée"})
    assertContains(refused, "Gardée", status_code=422)
    client.post(mine, {"action": "annuler"})
    late = client.post(mine, {"name": "Trop tard", "question": "Gardée aussi"})
    assertContains(late, "Gardée aussi", status_code=409)
    assert Registration.objects.get(email="awa@adil.example").name == "Awa D."


@pytest.mark.parametrize(
    ("moment", "is_shown"),
    [
        (BEGINS - timedelta(minutes=61), False),
        (BEGINS - timedelta(minutes=60), True),
        (BEGINS + timedelta(hours=2), True),
        (BEGINS + timedelta(hours=2, minutes=30), False),
    ],
)
def test_the_call_is_there_from_an_hour_before_to_the_end(client, everybody, at, moment, is_shown):
    mine, waiting = path_in(letters("awa")[0]), path_in(letters("chloe")[0])
    at(moment)
    link = 'href="https://visio.example.gouv.fr/atelier-90"'
    (assertContains if is_shown else assertNotContains)(client.get(mine), link)
    assertNotContains(client.get(waiting), link)
    assertNotContains(client.get("/ateliers/atelier-90/"), "visio.example")


def test_a_forged_or_forgotten_link_is_told_clearly(client, everybody):
    mine = path_in(letters("awa")[0])
    for forged in (mine[:-4] + "AAA/", "/inscriptions/n-importe-quoi/", "/inscriptions/:::/", "/inscriptions/%00/"):
        for answer in (client.get(forged), client.post(forged, {"action": "annuler"})):
            assertContains(answer, "Ce lien ne mène à aucune inscription", status_code=404)
    Registration.objects.all().delete()
    assert client.get(mine).status_code == 404


def test_the_page_outlives_that_of_the_workshop(client, everybody, workshop):
    WorkshopPage.objects.get(pk=workshop.pk).unpublish()
    mine = path_in(letters("awa")[0])
    assertContains(client.get(mine), "Vous avez une place")
    client.post(mine, {"action": "annuler"})
    assert state_of("awa") == "annule"


def test_of_a_cancelled_workshop_the_page_says_so(client, everybody, workshop, at):
    update(workshop, fate="annule")
    at(NOW)
    page = client.get(path_in(letters("awa")[0]))
    assertContains(page, "Cet atelier est annulé")
    assertNotContains(page, "Annuler mon inscription")
