"""What a reviewer does in Wagtail's own screens has the same consequences."""

import pytest
from django.core import mail as django_mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from wagtail.models import Workflow, WorkflowPage, WorkflowTask

from hub.mail.models import OutgoingMail
from initiatives.enums import ExchangeKind, SheetState
from initiatives.models import Dossier, Exchange, InitiativePage
from initiatives.review import consequences
from initiatives.review.actions import approve, submit
from initiatives.review.workflow import WORKFLOW_NAME
from initiatives.states import state_of
from tests.factories import InitiativePageFactory, StandardPageFactory
from tests.initiatives.review.conftest import change, now
from tests.initiatives.review.editor_form import editor_form


def kinds(sheet):
    return list(Exchange.objects.filter(page=sheet).values_list("kind", flat=True))


def act(client: Client, sheet: InitiativePage, action: str, comment: str = ""):
    """Press a button of Wagtail's editor that decides on a task."""
    task_state = now(sheet).current_workflow_task_state
    address = reverse("wagtailadmin_pages:workflow_action", args=[sheet.pk, action, task_state.pk])
    return client.post(address, {"comment": comment})


@pytest.fixture
def submitted(sheet, ana, rita, mails):
    submit(sheet=sheet, user=ana)
    mails()
    return now(sheet)


def test_request_changes(submitted, rita, ana, mails, signed_in):
    assert act(signed_in(rita), submitted, "reject", "À préciser.").status_code == 302
    assert state_of(sheet=now(submitted)) == SheetState.TO_CORRECT
    exchange = Exchange.objects.filter(page=submitted).last()
    assert (exchange.kind, exchange.text, exchange.author) == (ExchangeKind.RETURNED, "À préciser.", rita)
    assert mails() == [("returned", "ana@adil.example")]
    assert django_mail.outbox == []


def test_approve_with_a_comment(submitted, rita, mails, signed_in):
    act(signed_in(rita), submitted, "approve", "Bravo.")
    assert now(submitted).live
    exchange = Exchange.objects.filter(page=submitted).last()
    assert (exchange.kind, exchange.text, exchange.author) == (ExchangeKind.APPROVED, "Bravo.", rita)
    assert mails() == [("approved", "ana@adil.example")]


def test_two_reviewers_answer_at_once_the_second_changes_nothing(submitted, rita, remi, mails, signed_in):
    task_state = submitted.current_workflow_task_state
    for person in (rita, remi):
        address = reverse("wagtailadmin_pages:workflow_action", args=[submitted.pk, "approve", task_state.pk])
        signed_in(person).post(address, {"comment": ""})
    assert kinds(submitted) == [ExchangeKind.SUBMITTED, ExchangeKind.APPROVED]
    assert mails() == [("approved", "ana@adil.example")]


def edit(client: Client, sheet: InitiativePage, **action: str):
    """Save the editor's form as it is shown, with one of its buttons."""
    address = reverse("wagtailadmin_pages:edit", args=[sheet.pk])
    return client.post(address, {**editor_form(client, now(sheet)), **action})


def test_cancelled_in_the_editor_the_partner_is_told(submitted, rita, mails, signed_in):
    edit(signed_in(rita), submitted, **{"action-cancel-workflow": "true"})
    assert state_of(sheet=now(submitted)) == SheetState.DRAFT
    assert kinds(submitted) == [ExchangeKind.SUBMITTED, ExchangeKind.WITHDRAWN]
    assert mails() == [("cancelled", "ana@adil.example")]


def test_unpublished_in_the_administration(submitted, rita, mails, signed_in):
    approve(sheet=submitted, user=rita)
    mails()
    signed_in(rita).post(reverse("wagtailadmin_pages:unpublish", args=[submitted.pk]))
    assert not now(submitted).live
    last = Exchange.objects.filter(page=submitted).last()
    assert (last.kind, last.author) == (ExchangeKind.UNPUBLISHED, rita)
    assert mails() == [("unpublished", "ana@adil.example")]


def test_published_at_once_during_a_review_it_is_approved_and_not_withdrawn(submitted, rita, mails, signed_in):
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    signed_in(rita).post(f"{address}?id={submitted.pk}&next=/gestion/", {"include_descendants": ""})
    assert now(submitted).live
    assert now(submitted).current_workflow_state is None
    assert kinds(submitted) == [ExchangeKind.SUBMITTED, ExchangeKind.APPROVED]
    assert Exchange.objects.filter(page=submitted).last().author == rita
    assert mails() == [("approved", "ana@adil.example")]


def test_a_second_publication_does_not_repeat_the_words_of_the_first(submitted, rita, ana):
    approve(sheet=submitted, user=rita, comment="Bravo.")
    change(submitted, user=ana, summary="Autre chapô.")
    now(submitted).get_latest_revision().publish(user=rita)
    texts = Exchange.objects.filter(page=submitted, kind=ExchangeKind.APPROVED).values_list("text", flat=True)
    assert list(texts) == ["Bravo.", ""]


def test_dihal_s_own_sheets_have_no_thread_unless_they_are_reviewed(home, rita, mails):
    page = InitiativePageFactory(title="De la Dihal")
    page.unpublish(user=rita)
    assert (kinds(page), mails()) == ([], [])
    submit_by_editor(page, rita)
    assert kinds(page) == [ExchangeKind.SUBMITTED]
    assert Exchange.objects.get(page=page).is_from_dihal
    page.get_latest_revision().publish(user=rita)
    assert kinds(page) == [ExchangeKind.SUBMITTED, ExchangeKind.APPROVED]


def submit_by_editor(page, user):
    page.save_revision(user=user)
    page.get_workflow().start(page, user)


def test_a_sheet_that_is_archived_is_not_told_as_withdrawn(submitted, rita, mails):
    approve(sheet=submitted, user=rita)
    mails()
    Dossier.objects.filter(page=submitted).update(archived_at=submitted.latest_revision_created_at)
    now(submitted).unpublish()
    assert kinds(submitted)[-1] == ExchangeKind.APPROVED
    assert mails() == []
    now(submitted).get_latest_revision().publish(user=rita)
    assert Dossier.objects.get(page=submitted).archived_at is None


def test_a_published_sheet_can_be_deleted(submitted, rita, mails):
    approve(sheet=submitted, user=rita)
    mails()
    now(submitted).delete()
    connection.check_constraints()
    assert mails() == []


def test_a_refusal_to_write_the_mail_leaves_the_review_as_it_was(submitted, rita, mails, signed_in, monkeypatch):
    """Whatever fails after the step, nothing of the step remains."""

    def fail(**_options: object) -> None:
        raise RuntimeError("no mail")

    monkeypatch.setattr(consequences, "tell_members", fail)
    client = signed_in(rita)
    client.raise_request_exception = False
    for send in (
        lambda: act(client, submitted, "approve"),
        lambda: edit(client, submitted, **{"action-cancel-workflow": "true"}),
        lambda: client.post(
            f"{reverse('wagtail_bulk_action', args=['wagtailcore', 'page', 'publish'])}?id={submitted.pk}"
        ),
    ):
        assert send().status_code == 500
        assert state_of(sheet=now(submitted)) == SheetState.IN_REVIEW
        assert kinds(submitted) == [ExchangeKind.SUBMITTED]
    assert not now(submitted).live


def test_other_pages_keep_wagtail_s_mails(home, rita, ana):
    page = StandardPageFactory(title="Mentions", live=False)
    WorkflowPage.objects.create(page=page, workflow=Workflow.objects.get(name=WORKFLOW_NAME))
    page.get_workflow().start(page, ana)
    assert [letter.to for letter in django_mail.outbox] == [["rita@dihal.example"]]
    assert not OutgoingMail.objects.exists()


def test_a_second_task_tells_its_own_reviewers_and_nothing_else(submitted, rita, remi, mails):
    workflow = Workflow.objects.get(name=WORKFLOW_NAME)
    first = workflow.tasks.get().specific
    second = type(first).objects.create(name="Validation")
    second.groups.add(*first.groups.all())
    WorkflowTask.objects.create(workflow=workflow, task=second, sort_order=1)
    approve(sheet=submitted, user=rita)
    assert state_of(sheet=now(submitted)) == SheetState.IN_REVIEW
    assert kinds(submitted) == [ExchangeKind.SUBMITTED]
    assert mails() == [("submitted", "remi@dihal.example")]
    approve(sheet=submitted, user=remi)
    assert now(submitted).live


def test_the_editor_leads_to_the_review(submitted, rita, signed_in):
    page = signed_in(rita).get(reverse("wagtailadmin_pages:edit", args=[submitted.pk])).content.decode()
    assert f"/gestion/relectures/{submitted.pk}/" in page
