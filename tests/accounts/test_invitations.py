"""A colleague is invited by mail, and joins with the address that received it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertRedirects

from hub.accounts.members import accept_invitation, invitation_link, invite, resend
from hub.accounts.models import Invitation, Membership, MembershipRole, RequestState
from hub.mail.models import OutgoingMail
from hub.refusals import Refused
from tests.factories import AccessRequestFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora():
    return UserFactory(email="nora@adil01.example", first_name="Nora", last_name="Durand")


@pytest.fixture
def invitation(owner):
    return invite(
        by=owner.user, organisation=owner.organisation, email="Nora@adil01.example", role=MembershipRole.EDITOR
    )


def members_url(membership):
    return reverse("organisation-members", args=[membership.organisation_id])


def test_the_mail_leads_to_the_invitation_and_reading_it_accepts_nothing(client, owner, nora):
    client.force_login(owner.user)
    sent = client.post(members_url(owner), {"email": nora.email, "role": "editor"}, follow=True)
    assertContains(sent, f"Une invitation est envoyée à {nora.email}.")
    link = invitation_link(invitation=Invitation.objects.get())
    assert link in OutgoingMail.objects.get(recipient=nora.email).text
    browser = Client()
    for _scan in range(3):
        assertContains(browser.get(link), "Se connecter pour accepter")
        browser.head(link)
    assert Membership.objects.count() == 1
    browser.force_login(nora)
    assertRedirects(browser.post(link), "/espace/", fetch_redirect_response=False)
    assert Membership.objects.get(user=nora).role == MembershipRole.EDITOR


def test_the_sign_in_page_knows_the_address_that_was_invited(client, invitation):
    link = invitation_link(invitation=invitation)
    sign_in = client.get(link).context["sign_in"]
    assertContains(client.get(sign_in), 'value="nora@adil01.example"')
    assert "nora" not in client.get("/compte/connexion/?next=/espace/").content.decode().lower()


def test_whoever_gave_no_name_gives_it_with_the_answer(client, invitation, nora):
    nora.first_name = nora.last_name = ""
    nora.save()
    client.force_login(nora)
    link = invitation_link(invitation=invitation)
    assertContains(client.post(link), "Écrivez votre nom.")
    assert not Membership.objects.filter(user=nora).exists()
    client.post(link, {"first_name": "Nora", "last_name": "Durand"})
    assert str(Membership.objects.get(organisation=invitation.organisation, role="editor").user) == "Nora Durand"


def test_an_invitation_serves_once(client, invitation, nora):
    client.force_login(nora)
    link = invitation_link(invitation=invitation)
    client.post(link)
    Membership.objects.filter(user=nora).delete()
    assertContains(client.post(link), "a déjà été acceptée")
    assert not Membership.objects.filter(user=nora).exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"expires_at": timedelta(0)}, "n’est plus valable"),
        ({"revoked_at": timedelta(0)}, "a été annulée"),
    ],
    ids=["expired", "cancelled"],
)
def test_a_closed_invitation_says_why_and_how_to_ask(client, invitation, nora, changes, message):
    Invitation.objects.update(**{name: timezone.now() + delay for name, delay in changes.items()})
    client.force_login(nora)
    page = client.post(invitation_link(invitation=invitation))
    assertContains(page, message)
    assertContains(page, reverse("organisation-join"))
    assert not Membership.objects.filter(user=nora).exists()


def test_another_address_does_not_accept_it(client, invitation):
    other = UserFactory()
    client.force_login(other)
    assertContains(client.post(invitation_link(invitation=invitation)), "n’est pas pour ce compte")
    assert not Membership.objects.filter(user=other).exists()


def test_an_address_that_is_not_proven_does_not_accept_it(client, invitation, nora):
    nora.emailaddress_set.update(verified=False)
    client.force_login(nora)
    assertContains(client.post(invitation_link(invitation=invitation)), "n’est pas pour ce compte")
    assert not Membership.objects.filter(user=nora).exists()


@pytest.mark.parametrize("token", ["1", "1:forged", "x" * 500, "%00", "99999999999999999999:a"])
def test_a_forged_link_leads_nowhere(client, invitation, nora, token):
    client.force_login(nora)
    url = f"/espace/structures/invitation/{token}/"
    for answer in (client.get(url), client.post(url)):
        assert answer.status_code == 404
        assert "ADIL" not in answer.content.decode()


@pytest.mark.parametrize("email", ["", "pas une adresse", "a\x00@b.example", "x" * 5000 + "@b.example"])
def test_a_bad_address_is_explained(client, owner, email):
    client.force_login(owner.user)
    page = client.post(members_url(owner), {"email": email, "role": "editor"})
    assertContains(page, "<title>Erreur : ")
    assert not Invitation.objects.exists()


def test_a_member_is_not_invited_whatever_the_case_or_the_address_used(client, owner, nora):
    MembershipFactory(user=nora, organisation=owner.organisation)
    nora.emailaddress_set.create(email="n.durand@ain.example", verified=True)
    client.force_login(owner.user)
    for email in ("NORA@adil01.example", "n.durand@ain.example"):
        assertContains(client.post(members_url(owner), {"email": email, "role": "editor"}), "est déjà membre")
    assert not Invitation.objects.exists()


def test_inviting_again_sends_the_same_invitation_with_the_new_role(owner, invitation):
    again = invite(
        by=owner.user, organisation=owner.organisation, email="nora@ADIL01.example", role=MembershipRole.OWNER
    )
    assert again.pk == invitation.pk
    assert Invitation.objects.get().role == MembershipRole.OWNER
    assert OutgoingMail.objects.count() == 2


def test_sending_again_opens_an_expired_invitation(client, owner, invitation, nora):
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    client.force_login(owner.user)
    assertContains(client.get(members_url(owner)), "n’est plus valable depuis")
    client.post(reverse("invitation-resend", args=[owner.organisation_id, invitation.pk]))
    accept_invitation(user=nora, pk=invitation.pk)
    with pytest.raises(Refused, match="déjà été acceptée ou annulée"):
        resend(by=owner.user, organisation_pk=owner.organisation_id, pk=invitation.pk)


def test_only_the_owners_of_the_structure_send_again_or_cancel(client, owner, invitation):
    editor = MembershipFactory(organisation=owner.organisation)
    stranger = MembershipFactory(role=MembershipRole.OWNER)
    for name in ("invitation-resend", "invitation-revoke"):
        url = reverse(name, args=[owner.organisation_id, invitation.pk])
        client.force_login(editor.user)
        assert client.post(url).status_code == 403
        assert client.get(url).status_code == 405
        client.force_login(stranger.user)
        assert client.post(url).status_code == 404
        client.post(reverse(name, args=[stranger.organisation_id, invitation.pk]))
    invitation.refresh_from_db()
    assert invitation.revoked_at is None
    assert OutgoingMail.objects.count() == 1
    with pytest.raises(Refused, match="Seuls les responsables"):
        resend(by=editor.user, organisation_pk=owner.organisation_id, pk=invitation.pk)


def test_accepting_answers_what_was_asked_of_dihal(owner, invitation, nora):
    asked = AccessRequestFactory(user=nora, organisation=owner.organisation)
    accept_invitation(user=nora, pk=invitation.pk)
    asked.refresh_from_db()
    assert asked.state == RequestState.ACCEPTED
