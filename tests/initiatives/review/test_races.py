"""Two reviewers, or a partner and a reviewer, who act on one sheet at the same moment."""

import pytest
from django.urls import reverse
from wagtail.models import TaskState

from initiatives.enums import ExchangeKind, SheetState
from initiatives.models import Exchange, InitiativePage
from initiatives.review.actions import submit
from initiatives.states import state_of
from tests.factories import build_home
from tests.initiatives.review.conftest import now, written
from tests.support.at_once import at_once, need_postgresql

DECIDED = (ExchangeKind.APPROVED, ExchangeKind.RETURNED, ExchangeKind.WITHDRAWN)


@pytest.fixture
def sheet(transactional_db, adil, ana, rita, remi):
    """A sheet that waits for an answer."""
    need_postgresql()
    build_home()
    found = written(user=ana, organisation=adil)
    submit(sheet=found, user=ana)
    return now(found)


def holding(sheet):
    return lambda: InitiativePage.objects.select_for_update(of=("self",)).get(pk=sheet.pk)


def deciding(client, sheet, action):
    said = {"text": "Presque."} if action == "return" else {"comment": "Bravo."}
    data = {"action": action, **said, "revision": sheet.latest_revision_id}
    return lambda: client.post(reverse("review-sheet", args=[sheet.pk]), data, follow=True)


@pytest.mark.parametrize(
    ("first", "second", "state", "event"),
    [
        ("approve", "return", SheetState.ONLINE, "approved"),
        ("return", "approve", SheetState.TO_CORRECT, "returned"),
        ("return", "return", SheetState.TO_CORRECT, "returned"),
    ],
)
def test_two_reviewers_who_disagree_make_one_decision(
    sheet, ana, boris, rita, remi, mails, signed_in, first, second, state, event
):
    mails()
    acts = [deciding(signed_in(rita), sheet, first), deciding(signed_in(remi), sheet, second)]
    one, other = at_once(*acts, holding=holding(sheet))
    assert (one.status_code, other.status_code < 500) == (200, True)
    assert state_of(sheet=now(sheet)) == state
    assert [row.author for row in Exchange.objects.filter(page=sheet, kind__in=DECIDED)] == [rita]
    assert mails() == [(event, ana.email), (event, boris.email)]
    assert TaskState.objects.get().finished_by == rita
    assert "n’est plus en relecture" in other.content.decode()


def test_two_reviewers_who_agree_publish_once(sheet, ana, boris, rita, remi, mails, signed_in):
    mails()
    acts = [deciding(signed_in(person), sheet, "approve") for person in (rita, remi)]
    answers = at_once(*acts, holding=holding(sheet))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert state_of(sheet=now(sheet)) == SheetState.ONLINE
    assert [row.author for row in Exchange.objects.filter(page=sheet, kind__in=DECIDED)] == [rita]
    assert mails() == [("approved", ana.email), ("approved", boris.email)]


@pytest.mark.parametrize("first", ["the partner", "the reviewer"])
def test_a_partner_takes_the_sheet_back_while_a_reviewer_approves(sheet, ana, rita, mails, signed_in, first):
    mails()
    client = signed_in(ana)
    taking_back = lambda: client.post(reverse("sheet-withdraw", args=[sheet.pk]), follow=True)  # noqa: E731
    acts = [taking_back, deciding(signed_in(rita), sheet, "approve")]
    answers = at_once(*(acts if first == "the partner" else reversed(acts)), holding=holding(sheet))
    assert all(answer.status_code < 500 for answer in answers)
    is_online = state_of(sheet=now(sheet)) == SheetState.ONLINE
    assert is_online == (first == "the reviewer")
    assert Exchange.objects.filter(page=sheet, kind__in=DECIDED).count() == 1
    assert mails() == ([("approved", ana.email)] if is_online else [])
    said = answers[1].content.decode()
    assert ("n’est plus en relecture" if first == "the partner" else "vient de répondre") in said


def test_two_members_who_send_one_sheet_at_once_send_it_once(sheet, ana, boris, rita, remi, mails, signed_in):
    client = signed_in(ana)
    client.post(reverse("sheet-withdraw", args=[sheet.pk]))
    mails()
    clients = [signed_in(person) for person in (ana, boris)]
    sending = [lambda one=one: one.post(reverse("sheet-submit", args=[sheet.pk]), {}, follow=True) for one in clients]
    answers = at_once(*sending, holding=holding(sheet))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert [to for event, to in mails() if event == "submitted"] == [remi.email, rita.email]
    assert Exchange.objects.filter(page=sheet, kind=ExchangeKind.SUBMITTED).count() == 2  # before, and now
