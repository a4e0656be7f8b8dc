"""Anybody registers without an account; nobody learns there who comes."""

from datetime import timedelta

import pytest
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from events.models import WorkshopPage
from events.registrations.acting import cancel
from events.registrations.fields import registration_problems
from events.registrations.models import OpeningNotice, Registration
from hub.mail.models import OutgoingMail
from hub.territories.models import Territory
from tests.events.registrations.conftest import NOW, letters, sign_up, state_of, subjects, update

pytestmark = pytest.mark.django_db

FORM = "/ateliers/atelier-90/inscription/"
SENT = f"{FORM}?envoye=1"


def test_a_person_registers_and_has_her_letter(client, workshop, post, kind):
    Territory.objects.create(kind="departement", official_code="01", code="departement-01", name="Ain")
    page = client.get("/ateliers/atelier-90/")
    assertContains(page, "2 places encore libres.")
    assertContains(page, f'href="{FORM}"')
    assert not page.cookies
    form = client.get(FORM)
    assertContains(form, "effacées 180 jours après")
    sent = post(
        workshop,
        email=" Awa@ADIL.example ",
        structure="ADIL de l’Ain",
        kind=str(kind.pk),
        territory="departement-01",
        question="Et en zone\r\nrurale ?",
        wants_replay="on",
    )
    assertRedirects(sent, SENT)
    assertContains(client.get(SENT), "Un courriel part")
    one = Registration.objects.get()
    assert (one.email, one.name, one.structure, one.kind, one.territory.code) == (
        "awa@adil.example",
        "Awa Diop",
        "ADIL de l’Ain",
        kind,
        "departement-01",
    )
    assert (one.question, one.wants_replay, one.state) == ("Et en zone\nrurale ?", True, "inscrit")
    assert subjects("awa") == ["Inscription confirmée"]


def test_past_the_last_seat_one_waits(client, workshop, post):
    for name in ("awa", "boris"):
        sign_up(workshop, name)
    assertContains(client.get("/ateliers/atelier-90/"), "Rejoindre la liste d’attente")
    assertContains(client.get(FORM), "Toutes les places sont prises")
    assertRedirects(post(workshop, email="chloe@adil.example"), SENT)
    assert state_of("chloe") == "attente"
    assert subjects("chloe") == ["Sur la liste d’attente"]
    assert "visio.example" not in letters("chloe")[0].text
    assert letters("chloe")[0].calendar == ""


def test_registered_twice_one_has_one_seat_and_the_page_says_nothing_of_it(client, workshop, post):
    first = post(workshop, question="La mienne")
    again = post(workshop, name="Un autre nom", question="Pas la mienne")
    assert (first.status_code, first["Location"]) == (again.status_code, again["Location"])
    one = Registration.objects.get()
    assert (one.name, one.question, one.letters) == ("Awa Diop", "La mienne", 1)


def test_whoever_lost_the_link_has_it_again_and_nobody_s_box_is_flooded(workshop):
    sign_up(workshop, "awa")
    for minutes in (5, 70, 80, 100, 131):
        sign_up(workshop, "awa", now=NOW + timedelta(minutes=minutes))
    assert subjects("awa") == ["Inscription confirmée"] * 3


def test_after_cancelling_one_may_come_back_behind_the_others(workshop):
    awa, _boris, _chloe = (sign_up(workshop, name) for name in ("awa", "boris", "chloe"))
    cancel(registration=awa, now=NOW)
    sign_up(workshop, "awa", question="Encore moi")
    assert (state_of("awa"), state_of("chloe")) == ("attente", "inscrit")
    assert Registration.objects.count() == 3


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"registration_opens_at": NOW + timedelta(days=1, minutes=5)},
            "Les inscriptions ouvrent le 6 janvier 2027 à 11",
        ),
        ({"registration_closes_at": NOW}, "Les inscriptions sont closes depuis le 5 janvier 2027 à 11"),
        ({"fate": "annule"}, "Cet atelier est annulé"),
        ({"fate": "reporte"}, "Cet atelier est reporté"),
        ({"starts_on": NOW.date() - timedelta(days=1)}, "Cet atelier a eu lieu"),
        ({"takes_registrations": False, "registration_url": "https://ailleurs.example/"}, "sur un autre site"),
    ],
)
def test_out_of_time_a_sentence_says_why_and_what_was_typed_stays(client, workshop, post, changes, sentence):
    WorkshopPage.objects.filter(pk=workshop.pk).update(**changes)
    assertContains(client.get(FORM), sentence)
    refused = post(workshop, question="Ma longue question")
    assertContains(refused, sentence, status_code=409)
    assertContains(refused, "Ma longue question", status_code=409)
    assert not Registration.objects.exists()


def test_bad_input_is_told_and_kept(client, workshop, post):
    refused = post(workshop, name=" ", email="awa@", question="x" * 1001, kind="999", territory="Atlantide")
    for words in (
        "Écrivez votre prénom",
        "Écrivez une adresse complète",
        "dépasse 1 000 signes",
        "x" * 1001,
        "Atlantide",
    ):
        assertContains(refused, words, status_code=422)
    assert not Registration.objects.exists()


def test_a_robot_is_thanked_and_nothing_is_kept(workshop, post):
    assertRedirects(post(workshop, website="http://spam.example"), SENT)
    assert not Registration.objects.exists()


def test_a_line_stays_a_line_and_no_word_of_the_form_is_mailed(workshop, post):
    post(workshop, name="Awa\r\nBEGIN:VEVENT", structure="Achetez\r\nBcc: x@y.fr")
    one = Registration.objects.get()
    assert (one.name, one.structure) == ("Awa BEGIN:VEVENT", "Achetez Bcc: x@y.fr")
    [mail] = letters("awa")
    assert "Achetez" not in mail.text + mail.calendar
    assert "Awa BEGIN" not in mail.text + mail.calendar


def test_one_is_told_of_the_opening_once(client, workshop, post, at):
    update(workshop, registration_opens_at=NOW + timedelta(days=1))
    page = client.get(FORM)
    assertContains(page, "Me prévenir")
    for _twice in range(2):
        assertRedirects(client.post(FORM, {"action": "prevenir", "email": "awa@adil.example"}), f"{FORM}?prevenu=1")
    assert OpeningNotice.objects.count() == 1
    assertContains(client.post(FORM, {"action": "prevenir", "email": "awa"}), "adresse complète", status_code=422)
    update(workshop, registration_opens_at=NOW - timedelta(days=1))  # the editor brings it forward
    assert not OpeningNotice.objects.exists()
    assert subjects("awa") == ["Inscriptions ouvertes"]
    refused = client.post(FORM, {"action": "prevenir", "email": "boris@adil.example"})
    assertContains(refused, "Les inscriptions sont ouvertes", status_code=409)


def test_a_page_that_is_not_public_takes_nobody(client, workshop, post):
    WorkshopPage.objects.filter(pk=workshop.pk).update(live=False)
    assert client.get(FORM).status_code == 404
    assert post(workshop).status_code == 404
    assert not OutgoingMail.objects.exists()


def test_a_workshop_registered_to_elsewhere_leads_there(client, workshop):
    update(workshop, takes_registrations=False, registration_url="https://ailleurs.example/form")
    page = client.get("/ateliers/atelier-90/")
    assertContains(page, 'href="https://ailleurs.example/form"')
    assertNotContains(page, FORM)


def test_what_an_editor_says_must_hold_together():
    day = NOW.date()
    whole = {"takes_registrations": True, "starts_on": day, "registration_capacity": 50}
    assert list(registration_problems(whole)) == []
    wrong = {
        "takes_registrations": True,
        "registration_url": "https://x.example",
        "starts_on": day,
        "registration_capacity": 0,
        "registration_opens_at": NOW + timedelta(days=2),
        "registration_closes_at": NOW + timedelta(days=1),
    }
    assert [name for name, _sentence in registration_problems(wrong)] == [
        "registration_url",
        "registration_capacity",
        "registration_closes_at",
        "registration_opens_at",
        "registration_closes_at",
    ]
    assert dict(registration_problems({"takes_registrations": True})).keys() == {"takes_registrations"}
