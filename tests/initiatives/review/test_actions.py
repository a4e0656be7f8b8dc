"""Sending, taking back, returning, approving, withdrawing from the site: each whole, and twice is once."""

from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from wagtail.models import TaskState, WorkflowState

from hub.mail.models import OutgoingMail
from initiatives.drafts import create_draft, text_of
from initiatives.enums import ExchangeKind, SheetState
from initiatives.models import Dossier, Exchange, Partnership
from initiatives.review.actions import (
    approve,
    ask_unpublication,
    return_for_changes,
    send_message,
    submit,
    unpublish,
    withdraw,
)
from initiatives.review.queue import submitted_at
from initiatives.review.readiness import ReviewRefused
from initiatives.states import state_of
from initiatives.thread import remarks_of, tick_remark
from tests.factories import OrganisationFactory
from tests.initiatives.review.conftest import change, now, written


def kinds(sheet):
    return list(Exchange.objects.filter(page=sheet).values_list("kind", flat=True))


def test_a_sheet_that_is_sent_waits_for_a_reviewer_and_the_reviewers_are_told(sheet, ana, rita, remi, mails):
    submit(sheet=sheet, user=ana, message="Voici notre fiche.")
    assert state_of(sheet=now(sheet)) == SheetState.IN_REVIEW
    exchange = Exchange.objects.get(page=sheet)
    assert (exchange.kind, exchange.text, exchange.author) == (ExchangeKind.SUBMITTED, "Voici notre fiche.", ana)
    assert not exchange.is_from_dihal
    assert mails() == [
        ("received", "ana@adil.example"),
        ("submitted", "remi@dihal.example"),
        ("submitted", "rita@dihal.example"),
    ]
    letter = OutgoingMail.objects.get(recipient="rita@dihal.example")
    assert letter.subject == "Fiche à relire : Un bail glissant"
    assert f"http://127.0.0.1:8000/gestion/relectures/{sheet.pk}/" in letter.text
    assert "Voici notre fiche." in letter.text
    assert django_mail.outbox == []  # Wagtail's own mails lead to its administration


def test_sent_twice_it_is_sent_once(sheet, ana, rita, mails):
    submit(sheet=sheet, user=ana)
    submit(sheet=sheet, user=ana)
    assert kinds(sheet) == [ExchangeKind.SUBMITTED]
    assert mails() == [("received", "ana@adil.example"), ("submitted", "rita@dihal.example")]


def test_what_is_missing_is_named_and_nothing_is_sent(home, adil, ana, rita, mails):
    sheet = create_draft(user=ana, organisation=adil, title="Presque rien")
    with pytest.raises(ReviewRefused) as refused:
        submit(sheet=sheet, user=ana)
    assert "au moins un territoire" in str(refused.value)
    assert {"territories", "audiences", "summary"} <= refused.value.fields.keys()
    assert state_of(sheet=now(sheet)) == SheetState.DRAFT
    assert kinds(sheet) == []
    assert mails() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("contact_email", "pas une adresse"),
        ("summary", "x" * 601),
        ("start_year", 12),
        ("title", "x" * 300),
        ("status", "inconnu"),
    ],
)
def test_a_draft_that_could_not_be_published_is_refused_with_the_field(sheet, ana, field, value):
    change(sheet, user=ana, **{field: value}) if field != "title" else None
    if field == "title":
        revision = now(sheet).latest_revision
        revision.content["title"] = value
        revision.save()
    with pytest.raises(ReviewRefused) as refused:
        submit(sheet=sheet, user=ana)
    assert field in refused.value.fields
    assert state_of(sheet=now(sheet)) == SheetState.DRAFT


def test_an_end_before_the_start_and_a_figure_without_label_are_refused(sheet, ana):
    revision = now(sheet).latest_revision
    revision.content["start_year"], revision.content["end_year"] = 2022, 2020
    revision.content["key_figures"] = [
        {"pk": None, "sort_order": 0, "page": sheet.pk, "qualifier": "", "value": "12", "unit": "", "label": ""}
    ]
    revision.save()
    with pytest.raises(ReviewRefused) as refused:
        submit(sheet=sheet, user=ana)
    assert refused.value.fields.keys() == {"end_year", "key_figures"}


def test_the_address_comes_from_the_title_and_stays_free(sheet, ana, adil, rita):
    other = written(user=ana, organisation=adil)
    submit(sheet=sheet, user=ana)
    submit(sheet=other, user=ana)
    assert (now(sheet).slug, now(other).slug) == ("un-bail-glissant", "un-bail-glissant-2")
    for page in (sheet, other):
        approve(sheet=page, user=rita, revision=now(page).latest_revision_id)
    assert now(other).url_path.endswith("/un-bail-glissant-2/")
    change(other, user=ana, title="Un autre titre")
    submit(sheet=other, user=ana)
    approve(sheet=other, user=rita)
    assert (now(other).title, now(other).slug) == ("Un autre titre", "un-bail-glissant-2")  # published: kept for ever


def test_no_task_no_submission(sheet, ana):
    sheet.get_workflow().workflow_tasks.all().delete()
    with pytest.raises(ReviewRefused, match="n’est pas organisée"):
        submit(sheet=sheet, user=ana)
    assert not now(sheet).live


def test_taken_back_it_may_be_written_and_sent_again(sheet, ana, boris, rita, mails):
    submit(sheet=sheet, user=ana)
    mails()
    withdraw(sheet=sheet, user=boris)
    withdraw(sheet=sheet, user=boris)
    assert state_of(sheet=now(sheet)) == SheetState.DRAFT
    assert mails() == []
    change(sheet, user=boris, summary="Plus court.")
    submit(sheet=sheet, user=boris)
    assert kinds(sheet) == [ExchangeKind.SUBMITTED, ExchangeKind.WITHDRAWN, ExchangeKind.SUBMITTED]
    assert mails() == [("received", "boris@adil.example"), ("submitted", "rita@dihal.example")]


def test_an_answer_is_promised_from_the_last_time_it_was_sent(sheet, ana, rita):
    submit(sheet=sheet, user=ana)
    WorkflowState.objects.update(created_at=timezone.now() - timedelta(days=60))
    TaskState.objects.update(started_at=timezone.now() - timedelta(days=60))
    return_for_changes(sheet=sheet, user=rita, text="Précisez le public.", remarks={})
    change(sheet, user=ana, summary="Pour des jeunes.")
    submit(sheet=sheet, user=ana)
    assert timezone.now() - submitted_at(sheet=now(sheet)) < timedelta(minutes=5)


def test_taken_back_too_late_is_said(sheet, ana, rita):
    submit(sheet=sheet, user=ana)
    approve(sheet=sheet, user=rita)
    with pytest.raises(ReviewRefused, match="vient de répondre"):
        withdraw(sheet=sheet, user=ana)
    assert now(sheet).live


def test_returned_with_remarks_the_members_read_each_with_its_place(sheet, ana, boris, rita, mails):
    submit(sheet=sheet, user=ana)
    mails()
    for _ in range(2):
        return_for_changes(
            sheet=sheet, user=rita, text="Presque.", remarks={"summary": "Trop long.", "title": " ", "context": "Où ?"}
        )
    assert state_of(sheet=now(sheet)) == SheetState.TO_CORRECT
    assert mails() == [("returned", "ana@adil.example"), ("returned", "boris@adil.example")]
    letter = OutgoingMail.objects.get(recipient="ana@adil.example", key__contains="returned")
    for words in (
        "Presque.",
        "Chapô :\nTrop long.",
        f"/espace/fiches/{sheet.pk}/essentiel/#champ-summary",
        f"/espace/fiches/{sheet.pk}/recit/#champ-context",
        f"/espace/fiches/{sheet.pk}/echanges/",
    ):
        assert words in letter.text
    assert {name: [r.text for r in found] for name, found in remarks_of(sheet=sheet).items()} == {
        "summary": ["Trop long."],
        "context": ["Où ?"],
    }


def test_resumed_after_a_return_the_same_review_goes_on(sheet, ana, rita, mails):
    submit(sheet=sheet, user=ana)
    return_for_changes(sheet=sheet, user=rita, text="", remarks={"summary": "Trop long."})
    remark = remarks_of(sheet=sheet)["summary"][0]
    tick_remark(sheet=sheet, pk=remark.pk, is_done=True)
    assert remarks_of(sheet=sheet) == {}
    tick_remark(sheet=sheet, pk=remark.pk, is_done=False)
    mails()
    change(sheet, user=ana, summary="Court.")
    submit(sheet=sheet, user=ana, message="Corrigé.")
    assert sheet.workflow_states.count() == 1
    assert state_of(sheet=now(sheet)) == SheetState.IN_REVIEW
    assert mails() == [("received", "ana@adil.example"), ("submitted", "rita@dihal.example")]
    return_for_changes(sheet=sheet, user=rita, text="Encore.", remarks={"context": "Où ?"})
    letter = OutgoingMail.objects.filter(recipient="ana@adil.example").latest("pk")
    assert "Où ?" in letter.text
    assert "Trop long." not in letter.text  # said the first time
    submit(sheet=sheet, user=ana)
    approve(sheet=sheet, user=rita)
    assert remarks_of(sheet=sheet) == {}
    assert now(sheet).summary == "Court."


def test_approved_it_is_online_and_the_members_have_its_address(sheet, ana, boris, rita, remi, mails):
    proposed = OrganisationFactory(name="Nouvelle association", is_proposed=True)
    stranger = OrganisationFactory(name="Autre association", is_proposed=True)
    text = text_of(sheet=now(sheet))
    text.partnerships = [*text.partnerships.all(), Partnership(organisation=proposed)]
    text.save_revision(user=ana, clean=False)
    submit(sheet=sheet, user=ana)
    mails()
    revision = now(sheet).latest_revision_id
    for _ in range(2):
        approve(sheet=sheet, user=rita, comment="Bravo !", revision=revision)
    page = now(sheet)
    assert (state_of(sheet=page), page.title) == (SheetState.ONLINE, "Un bail glissant")
    assert kinds(sheet) == [ExchangeKind.SUBMITTED, ExchangeKind.APPROVED]
    approved = Exchange.objects.get(page=sheet, kind=ExchangeKind.APPROVED)
    assert (approved.text, approved.author, approved.revision_id) == ("Bravo !", rita, revision)
    assert mails() == [("approved", "ana@adil.example"), ("approved", "boris@adil.example")]
    letter = OutgoingMail.objects.filter(recipient="ana@adil.example").latest("pk")
    assert letter.subject == "En ligne : Un bail glissant"
    assert "http://127.0.0.1:8000/initiatives/un-bail-glissant/" in letter.text
    proposed.refresh_from_db()
    stranger.refresh_from_db()
    assert (proposed.is_proposed, stranger.is_proposed) == (False, True)
    assert Dossier.objects.get(page=sheet).confirmed_at is not None


def test_the_second_publication_is_called_an_update(sheet, ana, rita):
    submit(sheet=sheet, user=ana)
    approve(sheet=sheet, user=rita)
    change(sheet, user=ana, summary="Nouveau chapô.")
    submit(sheet=sheet, user=ana)
    assert "Mise à jour à relire" in OutgoingMail.objects.filter(recipient=rita.email).latest("pk").subject
    approve(sheet=sheet, user=rita)
    assert OutgoingMail.objects.filter(recipient=ana.email).latest("pk").subject.startswith("Mise à jour en ligne")


def test_a_text_other_than_the_one_read_is_not_approved(sheet, ana, rita):
    submit(sheet=sheet, user=ana)
    read = now(sheet).latest_revision_id
    withdraw(sheet=sheet, user=ana)
    change(sheet, user=ana, summary="Tout autre chose.")
    with pytest.raises(ReviewRefused, match="n’est plus en relecture"):
        approve(sheet=sheet, user=rita, revision=read)
    submit(sheet=sheet, user=ana)
    for act in (
        lambda: approve(sheet=sheet, user=rita, revision=read),
        lambda: return_for_changes(sheet=sheet, user=rita, text="Non.", remarks={}, revision=read),
    ):
        with pytest.raises(ReviewRefused, match="a changé"):
            act()
    assert state_of(sheet=now(sheet)) == SheetState.IN_REVIEW
    assert Exchange.objects.filter(page=sheet).count() == 3


def test_partners_decide_nothing(sheet, ana, rita, mails):
    submit(sheet=sheet, user=ana)
    mails()
    for act in (
        lambda: approve(sheet=sheet, user=ana),
        lambda: return_for_changes(sheet=sheet, user=ana, text="Non", remarks={}),
    ):
        with pytest.raises(PermissionDenied):
            act()
    approve(sheet=sheet, user=rita)
    with pytest.raises(PermissionDenied):
        unpublish(sheet=sheet, user=ana)
    assert now(sheet).live


def test_a_return_says_something_about_fields_that_exist(sheet, ana, rita):
    submit(sheet=sheet, user=ana)
    with pytest.raises(ReviewRefused, match="Dites au partenaire"):
        return_for_changes(sheet=sheet, user=rita, text=" ", remarks={"title": " "})
    with pytest.raises(ReviewRefused, match="Champ inconnu"):
        return_for_changes(sheet=sheet, user=rita, text="", remarks={"owner": "Non."})


def test_a_reviewer_without_the_right_to_publish_is_told(sheet, ana, rita):
    submit(sheet=sheet, user=ana)
    rita.groups.get().page_permissions.all().delete()
    with pytest.raises(ReviewRefused, match="Vos droits"):
        approve(sheet=sheet, user=rita)
    assert state_of(sheet=now(sheet)) == SheetState.IN_REVIEW


def test_a_withdrawal_from_the_site_is_asked_once_then_done_once(sheet, ana, boris, rita, mails):
    submit(sheet=sheet, user=ana)
    with pytest.raises(ReviewRefused, match="pas en ligne"):
        ask_unpublication(sheet=sheet, user=ana, reason="Terminée.")
    approve(sheet=sheet, user=rita)
    mails()
    with pytest.raises(ReviewRefused, match="pourquoi"):
        ask_unpublication(sheet=sheet, user=ana, reason=" ")
    for _ in range(2):
        ask_unpublication(sheet=sheet, user=ana, reason="Terminée.")
    assert mails() == [("unpublication_asked", "rita@dihal.example")]
    for _ in range(2):
        unpublish(sheet=sheet, user=rita, text="C’est fait.")
    assert mails() == [("unpublished", "ana@adil.example"), ("unpublished", "boris@adil.example")]
    assert not now(sheet).live
    assert Dossier.objects.get(page=sheet).unpublication_asked_at is None
    assert kinds(sheet)[-2:] == [ExchangeKind.UNPUBLICATION_ASKED, ExchangeKind.UNPUBLISHED]
    assert Exchange.objects.filter(page=sheet).latest("pk").text == "C’est fait."


def test_messages_go_to_the_other_side_once(sheet, ana, boris, rita, mails):
    for _ in range(2):
        send_message(sheet=sheet, user=ana, text="Une question.", from_dihal=False)
    assert mails() == [("message_to_reviewers", "rita@dihal.example")]
    for _ in range(2):
        send_message(sheet=sheet, user=rita, text="Une réponse.", from_dihal=True)
    assert mails() == [("message_to_partner", "ana@adil.example"), ("message_to_partner", "boris@adil.example")]
    with pytest.raises(ReviewRefused):
        send_message(sheet=sheet, user=ana, text="  ", from_dihal=False)
    assert kinds(sheet) == [ExchangeKind.MESSAGE, ExchangeKind.MESSAGE]


def test_who_closed_the_account_or_left_is_written_to_no_more(sheet, ana, boris, rita, mails):
    boris.is_active = False
    boris.save()
    submit(sheet=sheet, user=ana)
    approve(sheet=sheet, user=rita)
    assert mails() == [
        ("approved", "ana@adil.example"),
        ("received", "ana@adil.example"),
        ("submitted", "rita@dihal.example"),
    ]
