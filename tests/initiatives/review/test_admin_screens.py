"""The reviewers' queue and the screen of one sheet."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from wagtail.models import TaskState

from initiatives.drafts import save_text, text_of
from initiatives.enums import ExchangeKind, PartnershipRole, SheetState
from initiatives.models import Exchange, Partnership
from initiatives.review.actions import approve, ask_unpublication, return_for_changes, send_message, submit, withdraw
from initiatives.states import state_of
from tests.factories import OrganisationFactory, UserFactory
from tests.initiatives.review.conftest import change, now, written

QUEUE = "/gestion/relectures/"


def screen(sheet):
    return reverse("review-sheet", args=[sheet.pk])


@pytest.fixture
def submitted(sheet, ana, rita):
    submit(sheet=sheet, user=ana, message="Voici.")
    return now(sheet)


@pytest.fixture
def editor(db):
    """Enters the administration, but reviews nothing."""
    user = UserFactory(email="edith@dihal.example", is_staff=True)
    group = Group.objects.create(name="Lecture seule")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    user.groups.add(group)
    return user


def text(response):
    return response.content.decode()


def test_the_queue_shows_the_oldest_first_with_its_age_and_what_changes(submitted, ana, adil, rita, signed_in):
    approve(sheet=submitted, user=rita)
    change(submitted, user=ana, summary="Un autre chapô.", contact_email="autre@adil.example")
    recent = written(user=ana, organisation=adil, title="La plus récente")
    submit(sheet=recent, user=ana)
    submit(sheet=submitted, user=ana)
    TaskState.objects.filter(revision__object_id=str(submitted.pk), status="in_progress").update(
        started_at=timezone.now() - timedelta(days=30)
    )
    page = text(signed_in(rita).get(QUEUE))
    assert page.index("Un bail glissant") < page.index("La plus récente")
    assert "il y a 30 jours" in page
    assert "dépassée" in page
    assert "Mise à jour : Chapô, Courriel du contact" in page
    assert "Nouvelle fiche" in page
    assert "ADIL de l’Ain" in page
    assert "ana@adil.example" in page
    assert "Relectures (2)" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [("nature=nouvelle", True), ("nature=mise-a-jour", False), ("q=ADIL+bail", True), ("q=autre", False)],
)
def test_the_queue_is_filtered(submitted, rita, signed_in, query, found):
    page = text(signed_in(rita).get(f"{QUEUE}?{query}"))
    assert ("Un bail glissant" in page) is found


@pytest.mark.parametrize("query", ["nature=x", "q=" + "x" * 300, "p=-3", "p=999", "p=x"])
def test_a_strange_filter_is_no_error(submitted, rita, signed_in, query):
    assert "Un bail glissant" in text(signed_in(rita).get(f"{QUEUE}?{query}"))


def test_what_no_keyboard_types_is_refused_before_any_list_sees_it(submitted, rita, signed_in):
    assert signed_in(rita).get(f"{QUEUE}?q=%00").status_code == 400


def test_requests_to_leave_the_site_are_in_the_queue(submitted, ana, rita, signed_in):
    approve(sheet=submitted, user=rita)
    ask_unpublication(sheet=submitted, user=ana, reason="Terminée.")
    client = signed_in(rita)
    assert "Retraits demandés" in text(client.get(QUEUE))
    assert client.post(screen(submitted), {"action": "unpublish", "reason": "Fait."}).status_code == 302
    assert not now(submitted).live
    assert "Retraits demandés" not in text(client.get(QUEUE))


def test_why_a_sheet_should_leave_the_site_is_said_before_everything_else(submitted, ana, rita, signed_in):
    approve(sheet=submitted, user=rita)
    ask_unpublication(sheet=submitted, user=ana, reason="L’équipe a changé de métier.")
    page = text(signed_in(rita).get(screen(submitted)))
    assert page.index("L’équipe a changé de métier.") < page.index('id="changements"')
    assert page.index("Retrait demandé le") < page.index('href="#retirer"') < page.index('id="changements"')


@pytest.mark.parametrize(
    ("action", "box", "elsewhere"),
    [
        ("approve", "message", "« Votre message »"),
        ("message", "comment", "« Mot au partenaire »"),
        ("return", "message", "« Votre message »"),
        ("approve", "remark-title", "« Titre »"),
    ],
)
def test_a_button_loses_nothing_of_what_is_written_in_the_boxes_of_another(
    submitted, rita, signed_in, action, box, elsewhere
):
    own = {"approve": "comment", "message": "message", "return": "text"}[action]
    posted = {"action": action, own: "Pour lui.", box: "Écrit ailleurs.", "revision": submitted.latest_revision_id}
    answer = signed_in(rita).post(screen(submitted), posted)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"vous avez aussi écrit dans {elsewhere}" in page
    assert "Pour lui." in page
    assert "Écrit ailleurs." in page
    assert now(submitted).latest_revision_id == submitted.latest_revision_id
    assert state_of(sheet=now(submitted)) == SheetState.IN_REVIEW


def test_the_screen_shows_the_text_the_thread_and_the_answers(submitted, rita, signed_in):
    page = text(signed_in(rita).get(screen(submitted)))
    for words in (
        "Le besoin de départ.",
        "Voici.",
        "Approuver",
        "Renvoyer au partenaire",
        "Aperçu",
        "Réponse annoncée",
    ):
        assert words.lower() in page.lower()
    preview = text(signed_in(rita).get(reverse("review-preview", args=[submitted.pk])))
    assert "Le besoin de départ." in preview


def test_the_preview_may_be_shown_in_a_frame_of_the_administration_only(submitted, rita, signed_in):
    response = signed_in(rita).get(reverse("review-preview", args=[submitted.pk]))
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]


def test_a_first_text_is_read_plainly(submitted, rita, signed_in):
    page = text(signed_in(rita).get(screen(submitted)))
    assert "Ce que dit la fiche" in page
    assert "Le besoin de départ." in page
    assert "[ajouté" not in page
    assert "<ins>" not in page
    assert "Ce qui change depuis" not in page


def test_a_text_sent_again_is_compared_with_the_one_that_was_sent_back(submitted, ana, rita, remi, signed_in):
    return_for_changes(sheet=submitted, user=rita, text="Presque.", remarks={})
    change(submitted, user=ana, summary="Trois phrases, enfin.")
    submit(sheet=submitted, user=ana)
    day = date_format(timezone.localdate(), "j F Y")
    page = text(signed_in(rita).get(screen(submitted)))
    assert f"Ce qui change depuis votre renvoi du {day}" in page
    changed = page[page.index("depuis votre renvoi") : page.index("Ce que dit la fiche")]
    assert "enfin." in changed
    assert "<del>" in changed
    assert "Le besoin de départ." not in changed
    assert f"Ce qui change depuis le renvoi du {day}" in text(signed_in(remi).get(screen(submitted)))
    approve(sheet=submitted, user=rita)
    change(submitted, user=ana, summary="Autre chose.")
    submit(sheet=submitted, user=ana)
    assert "Ce qui change depuis" not in text(signed_in(rita).get(screen(submitted)))  # the return is of an older text


def test_an_update_sent_again_is_compared_with_both(submitted, ana, rita, signed_in):
    approve(sheet=submitted, user=rita)
    change(submitted, user=ana, summary="Une mise à jour.", context="<p>Un autre besoin.</p>")
    submit(sheet=submitted, user=ana)
    return_for_changes(sheet=submitted, user=rita, text="Presque.", remarks={})
    change(submitted, user=ana, summary="Une mise à jour précise.")
    submit(sheet=submitted, user=ana)
    page = text(signed_in(rita).get(screen(submitted)))
    since, online = page.split("Ce qui change par rapport à la version en ligne")
    assert "Un autre besoin." not in since[since.index("depuis votre renvoi") :]
    assert "précise." in since
    assert "autre" in online


def test_a_structure_nobody_validated_is_shown_before_it_is_approved(home, ana, adil, rita, signed_in):
    sheet = written(user=ana, organisation=adil)
    new = OrganisationFactory(name="Office du tourisme de Vesoul", is_proposed=True)
    draft = text_of(sheet=sheet)
    draft.partnerships = [*draft.partnerships.all(), Partnership(organisation=new, role=PartnershipRole.PARTNER)]
    save_text(text=draft, user=ana)
    submit(sheet=sheet, user=ana)
    client = signed_in(rita)
    page = text(client.get(screen(sheet)))
    assert "Approuver la fiche valide aussi cette structure" in page
    address = reverse("proposed-organisation", args=[new.pk])
    assert address in page
    assert client.get(address).status_code == 200
    new.is_proposed = False
    new.save()
    assert "Approuver la fiche valide aussi" not in text(client.get(screen(sheet)))


def test_the_preview_in_the_frame_has_no_header_and_asks_for_no_script(submitted, rita, signed_in):
    client = signed_in(rita)
    address = reverse("review-preview", args=[submitted.pk])
    assert f'src="{address}?cadre=1"' in text(client.get(screen(submitted)))
    framed = client.get(f"{address}?cadre=1")
    assert "<script" not in text(framed)
    assert "hub-preview--frame" in text(framed)
    assert "Le besoin de départ." in text(framed)
    assert framed["X-Frame-Options"] == "SAMEORIGIN"
    assert "<script" in text(client.get(address))


def test_an_update_is_compared_with_what_is_online(submitted, ana, rita, signed_in):
    approve(sheet=submitted, user=rita)
    change(submitted, user=ana, summary="Trois phrases, pas plus.")
    submit(sheet=submitted, user=ana)
    page = text(signed_in(rita).get(screen(submitted)))
    assert "<del>" in page
    assert "<ins>" in page
    assert "Le besoin de départ." not in page  # unchanged


def test_approved_on_the_screen(submitted, rita, signed_in):
    answer = {"action": "approve", "comment": "Bravo.", "revision": submitted.latest_revision_id}
    response = signed_in(rita).post(screen(submitted), answer, follow=True)
    assert "La fiche est approuvée" in text(response)
    assert now(submitted).live


def test_returned_on_the_screen_with_a_remark_on_a_field(submitted, rita, signed_in):
    answer = {
        "action": "return",
        "text": "Presque.",
        "remark-summary": "Trop long.",
        "revision": submitted.latest_revision_id,
    }
    signed_in(rita).post(screen(submitted), answer)
    assert state_of(sheet=now(submitted)) == SheetState.TO_CORRECT
    assert Exchange.objects.get(page=submitted, kind=ExchangeKind.REMARK).field == "summary"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"action": "return"}, "Dites au partenaire"),
        ({"action": "return", "text": "x" * 6000, "remark-title": "Gardé."}, "trop long"),
        ({"action": "message", "message": ""}, "Écrivez votre message"),
        ({"action": "approve", "comment": "Gardé.", "revision": "1"}, "a changé"),
        ({"action": "approve", "comment": "Gardé.", "revision": "x\x00"}, "a changé"),
        ({"action": "approve", "comment": "Gardé.\x00"}, "nul"),
    ],
)
def test_what_is_refused_says_why_and_keeps_what_was_written(submitted, rita, signed_in, answer, reason):
    response = signed_in(rita).post(screen(submitted), answer)
    page = text(response)
    assert response.status_code == 422
    assert reason in page
    assert all("Gardé." in page for value in answer.values() if value == "Gardé.")
    assert state_of(sheet=now(submitted)) == SheetState.IN_REVIEW


def test_an_unknown_action_does_nothing(submitted, rita, signed_in):
    response = signed_in(rita).post(screen(submitted), {"action": "delete"}, follow=True)
    assert "Rien n’a été fait" in text(response)
    assert state_of(sheet=now(submitted)) == SheetState.IN_REVIEW


def test_the_text_sent_anew_meanwhile_is_not_approved(submitted, ana, rita, signed_in):
    read = submitted.latest_revision_id
    withdraw(sheet=submitted, user=ana)
    change(submitted, user=ana, summary="Tout autre chose.")
    submit(sheet=submitted, user=ana)
    response = signed_in(rita).post(screen(submitted), {"action": "approve", "revision": read})
    assert response.status_code == 422
    assert "Le texte a changé depuis" in text(response)
    assert "Tout autre chose." in text(response)  # the new text is shown, ready to be read
    assert not now(submitted).live


def test_a_message_from_the_screen(submitted, rita, ana, signed_in):
    response = signed_in(rita).post(screen(submitted), {"action": "message", "message": "Merci."}, follow=True)
    assert "Merci." in text(response)
    assert Exchange.objects.get(page=submitted, kind=ExchangeKind.MESSAGE).is_from_dihal


def test_after_the_review_the_screen_still_holds_the_thread(submitted, rita, ana, signed_in):
    approve(sheet=submitted, user=rita)
    send_message(sheet=submitted, user=ana, text="Merci à vous.", from_dihal=False)
    page = text(signed_in(rita).get(screen(submitted)))
    assert "Merci à vous." in page
    assert 'value="approve"' not in page


@pytest.mark.parametrize("name", ["review-queue", "review-sheet", "review-preview"])
def test_only_those_who_review_come_in(submitted, ana, editor, rita, signed_in, name):
    address = reverse(name, args=[] if name == "review-queue" else [submitted.pk])
    for client in (Client(), signed_in(ana), signed_in(editor)):
        for response in (client.get(address), client.post(address, {"action": "approve"})):
            assert response.status_code in {302, 403}
            assert "Un bail glissant" not in text(response)
    assert signed_in(rita).get(address).status_code == 200
    assert state_of(sheet=now(submitted)) == SheetState.IN_REVIEW


def test_the_menu_is_for_those_who_review(submitted, editor, rita, signed_in):
    assert "relectures" in text(signed_in(rita).get("/gestion/"))
    assert "relectures" not in text(signed_in(editor).get("/gestion/"))


@pytest.mark.parametrize("key", ["999999", "999999999999999999", "99999999999999999999999"])
def test_a_sheet_that_does_not_exist(home, rita, signed_in, key):
    for address in (f"{QUEUE}{key}/", f"{QUEUE}{key}/apercu/"):
        assert signed_in(rita).get(address).status_code == 404
        assert signed_in(rita).post(address, {"action": "approve"}).status_code in {404, 405}


def test_the_queue_does_not_ask_the_database_for_each_line(
    submitted, ana, adil, rita, signed_in, django_assert_max_num_queries
):
    for number in range(5):
        submit(sheet=written(user=ana, organisation=adil, title=f"Fiche {number}"), user=ana)
    client = signed_in(rita)
    client.get(QUEUE)
    with django_assert_max_num_queries(60):
        client.get(QUEUE)
