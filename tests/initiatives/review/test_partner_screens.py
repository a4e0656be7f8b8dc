"""Sending, taking back, asking to leave, talking: the partner's screens."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from wagtail.actions.unpublish_page import UnpublishPageAction

from initiatives.drafts import create_draft
from initiatives.enums import ExchangeKind, SheetState
from initiatives.fields import STEPS
from initiatives.models import Dossier, Exchange
from initiatives.review.actions import approve, ask_unpublication, return_for_changes, submit
from initiatives.review.queue import expected_by
from initiatives.states import state_of
from initiatives.thread import remarks_of
from tests.factories import MembershipFactory
from tests.initiatives.review.conftest import change, now

NAMES = ("sheet-submit", "sheet-withdraw", "sheet-unpublish", "sheet-exchanges")


def text(response):
    return response.content.decode()


def test_sent_from_the_screen_with_the_day_of_the_answer(sheet, ana, rita, signed_in):
    client = signed_in(ana)
    address = reverse("sheet-submit", args=[sheet.pk])
    day = date_format(expected_by(timezone.now()), "j F Y")
    assert day in text(client.get(address))
    assert state_of(sheet=now(sheet)) == SheetState.DRAFT  # looking sends nothing
    page = text(client.get(reverse("sheet-step", args=[sheet.pk, "envoi"])))
    assert page.count("Envoyer en relecture</button>") == 1  # one act: this button sends
    assert "Pas encore envoyée" in page
    response = client.post(address, {"message": "Voici."})
    assert response.url == reverse("sheet-sent", args=[sheet.pk])
    page = text(client.get(response.url))
    today = date_format(timezone.localdate(), "j F Y")
    for words in (
        f"Envoyée le {today}",
        "équipe de relecture de la Dihal",
        f"<strong>{day}</strong>",
        "Voici.",
        ana.email,
    ):
        assert words in page
    assert state_of(sheet=now(sheet)) == SheetState.IN_REVIEW
    assert Exchange.objects.get(page=sheet).text == "Voici."
    assert client.post(address, {"message": "Voici."}).url == response.url  # a second click sends nothing more
    assert Exchange.objects.filter(page=sheet).count() == 1


def test_a_sheet_that_is_not_under_review_is_not_said_to_be_sent(sheet, ana, signed_in):
    response = signed_in(ana).get(reverse("sheet-sent", args=[sheet.pk]), follow=True)
    assert response.redirect_chain[-1][0] == reverse("sheet", args=[sheet.pk])
    assert "n’est pas en relecture" in text(response)


def test_what_is_not_sent_says_so_wherever_it_is_left(sheet, ana, rita, signed_in):
    client = signed_in(ana)
    places = [
        reverse("space"),
        reverse("sheet", args=[sheet.pk]),
        reverse("sheet-preview", args=[sheet.pk]),
        *(reverse("sheet-step", args=[sheet.pk, step.slug]) for step in STEPS),
    ]
    for place in places:
        assert "Pas encore envoyée." in text(client.get(place)), place
    submit(sheet=sheet, user=ana)
    for place in places:
        assert "Pas encore envoyée." not in text(client.get(place)), place
    return_for_changes(sheet=sheet, user=rita, text="Presque.", remarks={})
    for place in places:
        assert "Correction pas encore envoyée." in text(client.get(place)), place


def test_what_is_missing_is_listed_with_the_way_and_the_message_is_kept(home, ana, adil, signed_in):
    sheet = create_draft(user=ana, organisation=adil, title="Presque rien")
    response = signed_in(ana).post(reverse("sheet-submit", args=[sheet.pk]), {"message": "À garder."})
    page = text(response)
    assert response.status_code == 422
    assert "<title>Erreur : " in page
    assert f"/espace/fiches/{sheet.pk}/territoires/#champ-territories" in page
    assert "À garder." in page


@pytest.mark.parametrize("words", ["x" * 6000, "nul\x00"])
def test_a_message_too_long_or_unreadable_is_refused_with_a_reason(sheet, ana, signed_in, words):
    for name in ("sheet-submit", "sheet-exchanges", "sheet-unpublish"):
        response = signed_in(ana).post(reverse(name, args=[sheet.pk]), {"message": words})
        assert response.status_code == 422
        assert "<title>Erreur : " in text(response)
    assert not Exchange.objects.exists()


def test_taken_back_after_a_confirmation(sheet, ana, signed_in):
    submit(sheet=sheet, user=ana)
    client = signed_in(ana)
    address = reverse("sheet-withdraw", args=[sheet.pk])
    assert "Reprendre la fiche" in text(client.get(address))
    assert state_of(sheet=now(sheet)) == SheetState.IN_REVIEW
    client.post(address)
    assert state_of(sheet=now(sheet)) == SheetState.DRAFT


def test_taken_back_too_late(sheet, ana, rita, signed_in):
    submit(sheet=sheet, user=ana)
    approve(sheet=sheet, user=rita)
    response = signed_in(ana).post(reverse("sheet-withdraw", args=[sheet.pk]), follow=True)
    assert "La Dihal vient de répondre" in text(response)


def test_the_withdrawal_from_the_site_is_asked_with_a_reason(sheet, ana, rita, signed_in):
    submit(sheet=sheet, user=ana)
    approve(sheet=sheet, user=rita)
    client = signed_in(ana)
    address = reverse("sheet-unpublish", args=[sheet.pk])
    assert client.post(address, {"message": " "}).status_code == 422
    assert client.post(address, {"message": "Terminée."}).status_code == 302
    assert Dossier.objects.get(page=sheet).unpublication_asked_at is not None
    assert now(sheet).live


def test_a_withdrawal_that_waits_is_plain_and_may_be_taken_back(sheet, ana, boris, rita, mails, signed_in):
    submit(sheet=sheet, user=ana)
    approve(sheet=sheet, user=rita)
    ask_unpublication(sheet=sheet, user=boris, reason="Terminée.")
    client = signed_in(ana)
    address = reverse("sheet", args=[sheet.pk])
    page = text(client.get(address))
    assert f"Retrait demandé le {date_format(timezone.localdate(), 'j F Y')} par {boris}" in page
    assert "En ligne" in page
    assert "Retrait demandé le" in text(client.get(reverse("space")))
    mails()
    for _click in range(2):
        client.post(reverse("sheet-keep-online", args=[sheet.pk]))
    assert mails() == [("message_to_reviewers", rita.email)]
    assert Dossier.objects.get(page=sheet).unpublication_asked_at is None
    page = text(client.get(address))
    assert "Retrait demandé le" not in page
    assert reverse("sheet-unpublish", args=[sheet.pk]) in text(client.get(reverse("sheet-leave", args=[sheet.pk])))


def test_a_sheet_already_withdrawn_does_not_come_back_by_itself(sheet, ana, rita, signed_in):
    submit(sheet=sheet, user=ana)
    approve(sheet=sheet, user=rita)
    ask_unpublication(sheet=sheet, user=ana, reason="Terminée.")
    UnpublishPageAction(now(sheet)).execute(skip_permission_checks=True)
    page = text(signed_in(ana).post(reverse("sheet-keep-online", args=[sheet.pk]), follow=True))
    assert "la Dihal l’a déjà retirée" in page
    assert state_of(sheet=now(sheet)) == SheetState.RETIRED


def test_archiving_and_asking_for_a_withdrawal_are_told_apart(sheet, ana, rita, signed_in):
    submit(sheet=sheet, user=ana)
    approve(sheet=sheet, user=rita)
    client = signed_in(ana)
    page = text(client.get(reverse("sheet", args=[sheet.pk])))
    leaving = reverse("sheet-leave", args=[sheet.pk])
    assert page.count("hub-grave") == 1  # one way out, which tells the two apart
    assert leaving in page
    page = text(client.get(leaving))
    for said in ("tout de suite", "reste en ligne jusqu’à sa réponse", "Archiver la fiche", "Demander le retrait"):
        assert said in page
    assert reverse("sheet-archive", args=[sheet.pk]) in text(client.get(reverse("sheet-unpublish", args=[sheet.pk])))
    assert reverse("sheet-unpublish", args=[sheet.pk]) in text(client.get(reverse("sheet-archive", args=[sheet.pk])))


def test_a_returned_sheet_names_the_fields_and_leads_to_the_first(sheet, ana, rita, signed_in):
    submit(sheet=sheet, user=ana)
    remarks = {"contact_email": "Lequel ?", "summary": "Trop long.", "context": "Depuis quand ?", "means": "Combien ?"}
    return_for_changes(sheet=sheet, user=rita, text="Presque.", remarks=remarks)
    page = text(signed_in(ana).get(reverse("sheet", args=[sheet.pk])))
    first = f"/espace/fiches/{sheet.pk}/essentiel/#champ-summary"
    assert f'<a class="fr-btn" href="{first}">Corriger</a>' in page
    for address, label in ((first, "Chapô"), (f"/espace/fiches/{sheet.pk}/recit/#champ-context", "Contexte")):
        assert f'<a href="{address}">{label}</a>' in page
    assert page.index(">Chapô<") < page.index(">Contexte<") < page.index(">Courriel du contact<")


def test_the_thread_its_remarks_and_a_message(sheet, ana, rita, signed_in):
    submit(sheet=sheet, user=ana)
    return_for_changes(sheet=sheet, user=rita, text="Presque.", remarks={"summary": "<b>Trop</b> long."})
    client = signed_in(ana)
    address = reverse("sheet-exchanges", args=[sheet.pk])
    page = text(client.get(address))
    assert "Presque." in page
    assert "&lt;b&gt;Trop&lt;/b&gt; long." in page
    assert f"/espace/fiches/{sheet.pk}/essentiel/#champ-summary" in page
    remark = remarks_of(sheet=sheet)["summary"][0]
    tick = reverse("sheet-remark", args=[sheet.pk, remark.pk])
    client.post(tick, {"fait": "oui"})
    assert remarks_of(sheet=sheet) == {}
    assert "Traitée le" in text(client.get(address))
    client.post(tick, {"fait": "non"})
    assert "summary" in remarks_of(sheet=sheet)
    client.post(address, {"message": "Une question."})
    assert Exchange.objects.filter(page=sheet, kind=ExchangeKind.MESSAGE, author=ana, is_from_dihal=False).exists()
    assert client.get(tick).status_code == 405


def test_only_a_remark_of_the_sheet_is_ticked(sheet, ana, rita, adil, signed_in):
    other = create_draft(user=ana, organisation=adil)
    submit(sheet=sheet, user=ana)
    return_for_changes(sheet=sheet, user=rita, text="Non.", remarks={"summary": "Trop long."})
    returned = Exchange.objects.get(page=sheet, kind=ExchangeKind.RETURNED)
    remark = remarks_of(sheet=sheet)["summary"][0]
    client = signed_in(ana)
    for page, pk in ((sheet, returned.pk), (other, remark.pk), (sheet, 999_999)):
        assert client.post(reverse("sheet-remark", args=[page.pk, pk]), {"fait": "oui"}).status_code == 404


@pytest.mark.parametrize("name", NAMES)
def test_the_sheets_of_others_do_not_exist(sheet, rita, signed_in, name):
    submit(sheet=sheet, user=sheet.owner)
    address = reverse(name, args=[sheet.pk])
    stranger = MembershipFactory().user
    for person in (stranger, rita):
        for response in (signed_in(person).get(address), signed_in(person).post(address, {"message": "x"})):
            assert response.status_code == 404
            assert "bail" not in text(response)
    for response in (Client().get(address), Client().post(address, {"message": "x"})):
        assert response.status_code == 302
        assert response.url.startswith("/compte/")
    assert Exchange.objects.filter(page=sheet).count() == 1


@pytest.mark.parametrize("name", NAMES)
def test_forms_are_protected_and_nothing_is_cached(sheet, ana, name):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)
    address = reverse(name, args=[sheet.pk])
    assert client.post(address, {"message": "x"}).status_code == 403
    assert "no-store" in client.get(address)["Cache-Control"]
    unprotected = Client()
    unprotected.force_login(ana)
    assert unprotected.delete(address).status_code == 405


def test_the_sheet_online_does_not_change_while_its_update_is_read(sheet, ana, rita, client):
    submit(sheet=sheet, user=ana)
    approve(sheet=sheet, user=rita)
    address = now(sheet).url
    before = text(client.get(address))
    change(sheet, user=ana, title="Un autre titre", summary="Un autre chapô.")
    submit(sheet=sheet, user=ana)
    assert state_of(sheet=now(sheet)) == SheetState.ONLINE_IN_REVIEW
    during = text(client.get(address))
    assert "Trois phrases, au plus." in during
    assert "Un autre" not in during
    assert "Un bail glissant" in before
    approve(sheet=sheet, user=rita)
    assert "Un autre titre" in text(client.get(address))


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 23, 12, tzinfo=UTC), "2026-12-07"),  # a Monday
        (datetime(2026, 11, 27, 23, 30, tzinfo=UTC), "2026-12-11"),  # Saturday already in Paris
        (datetime(2026, 11, 29, 12, tzinfo=UTC), "2026-12-11"),  # a Sunday
    ],
)
def test_the_delay_counts_working_days(moment, day):
    assert expected_by(moment).isoformat() == day


def test_the_delay_is_a_setting(settings):
    settings.REVIEW_DELAY_DAYS = 1
    assert expected_by(datetime(2026, 11, 27, 12, tzinfo=UTC)).isoformat() == "2026-11-30"
