"""Two windows, two people: the same account, request or invitation at the same moment."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from hub.accounts.members import invitation_link, invite
from hub.accounts.models import AccessRequest, Invitation, Membership, MembershipRole, RequestState, User
from hub.mail.models import OutgoingMail
from tests.factories import AccessRequestFactory, MembershipFactory, OrganisationFactory, UserFactory
from tests.support.at_once import at_once, need_postgresql


@pytest.fixture
def adil(transactional_db):
    need_postgresql()
    return OrganisationFactory(name="ADIL de l’Ain")


@pytest.fixture
def owner(adil):
    return MembershipFactory(user=UserFactory(email="a@x.example"), organisation=adil, role=MembershipRole.OWNER).user


@pytest.fixture
def nora(adil):
    return UserFactory(email="nora@x.example", first_name="Nora", last_name="Blanc")


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def posting(user, address, **data):
    client = signed_in(user)
    return lambda: client.post(address, data)


def locking(user):
    return lambda: User.objects.select_for_update().get(pk=user.pk)


def statuses(answers):
    return [getattr(answer, "status_code", answer) for answer in answers]


def deleting(user):
    return posting(user, reverse("account-delete"), email=user.email)


@pytest.mark.parametrize("first", ["the end of the account", "the invitation"])
def test_an_account_ends_in_one_window_while_an_invitation_is_accepted_in_another(adil, owner, nora, first):
    invitation = invite(by=owner, organisation=adil, email=nora.email, role=MembershipRole.EDITOR)
    accepting = posting(nora, invitation_link(invitation=invitation))
    acts = [deleting(nora), accepting]
    answers = at_once(*(acts if first == "the end of the account" else reversed(acts)), holding=locking(nora))
    assert statuses(answers) == [302, 302]
    assert reverse("account-deleted") in {answer["Location"] for answer in answers}
    assert not User.objects.filter(pk=nora.pk).exists()
    assert not Membership.objects.filter(organisation=adil).exclude(user=owner).exists()
    assert not Invitation.objects.filter(email=nora.email).exists()


@pytest.mark.parametrize("what", ["a request to join", "a structure described", "the account again"])
def test_an_account_ends_while_another_window_asks_for_something(adil, nora, what):
    acts = {
        "a request to join": posting(nora, reverse("organisation-join"), organisation=adil.pk, message="Bonjour"),
        "a structure described": posting(
            nora, reverse("organisation-describe"), name="Maison de Gex", kind=adil.kind_id, message="Bonjour"
        ),
        "the account again": deleting(nora),
    }
    answers = at_once(deleting(nora), acts[what], holding=locking(nora))
    assert [answer["Location"] for answer in answers] == [reverse("account-deleted")] * 2
    assert not AccessRequest.objects.exists()
    assert OutgoingMail.objects.filter(recipient=nora.email).count() == 1


@pytest.mark.parametrize(("one", "other"), [("accept", "accept"), ("accept", "refuse"), ("refuse", "accept")])
def test_two_people_who_answer_a_request_at_once_make_one_decision_and_one_mail(adil, owner, nora, one, other):
    second = MembershipFactory(user=UserFactory(email="b@x.example"), organisation=adil, role=MembershipRole.OWNER).user
    asked = AccessRequestFactory(user=nora, organisation=adil)
    address = reverse("access-request", args=[asked.pk])
    clients = [signed_in(owner), signed_in(second)]
    decisions = [{"decision": decision, "reason": "Pas ici."} for decision in (one, other)]
    answers = at_once(
        lambda: clients[0].post(address, decisions[0]),
        lambda: clients[1].post(address, decisions[1]),
        holding=locking(nora),
    )
    assert statuses(answers) == [302, 302]
    asked.refresh_from_db()
    assert asked.state == (RequestState.ACCEPTED if one == "accept" else RequestState.REFUSED)
    assert asked.decided_by == owner
    assert Membership.objects.filter(user=nora).count() == (1 if one == "accept" else 0)
    assert OutgoingMail.objects.filter(recipient=nora.email).count() == 1
    assert "a déjà reçu une réponse" in clients[1].get(answers[1]["Location"]).content.decode()


def test_an_owner_and_dihal_who_answer_at_once_make_one_decision(adil, owner, nora):
    dihal = UserFactory(email="relecture@dihal.example")
    dihal.groups.add(Group.objects.get(name="Relecture Dihal"))
    asked = AccessRequestFactory(user=nora, organisation=adil)
    clients = [signed_in(owner), signed_in(dihal)]
    answers = at_once(
        lambda: clients[0].post(reverse("access-request", args=[asked.pk]), {"decision": "accept"}),
        lambda: clients[1].post(
            reverse("access-requests-answer", args=[asked.pk]), {"action": "refuse", "reason": "Inconnue."}
        ),
        holding=locking(nora),
    )
    assert statuses(answers) == [302, 302]
    asked.refresh_from_db()
    assert (asked.state, asked.decided_by) == (RequestState.ACCEPTED, owner)
    assert OutgoingMail.objects.filter(recipient=nora.email).count() == 1
    assert "a déjà reçu une réponse" in clients[1].get(answers[1]["Location"]).content.decode()


def test_two_windows_that_accept_one_invitation_make_one_member(adil, owner, nora):
    invitation = invite(by=owner, organisation=adil, email=nora.email, role=MembershipRole.EDITOR)
    accepting = posting(nora, invitation_link(invitation=invitation))
    answers = at_once(accepting, posting(nora, invitation_link(invitation=invitation)), holding=locking(nora))
    assert statuses(answers) == [302, 200]
    assert "Vous écrivez déjà pour cette structure" in answers[1].content.decode()
    assert Membership.objects.filter(user=nora, organisation=adil).count() == 1
