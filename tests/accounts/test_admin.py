"""Requests of membership, answered by Dihal in ``/gestion/``; structures merged there keep their people."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from hub.accounts.members import accept_invitation, invite
from hub.accounts.models import AccessRequest, Invitation, Membership, MembershipRole, RequestState
from hub.mail.models import OutgoingMail
from hub.vocabulary.merging import merge_proposed
from hub.vocabulary.models import Organisation
from initiatives.drafts import create_draft
from initiatives.models import InitiativePage
from tests.factories import (
    AccessRequestFactory,
    MembershipFactory,
    OrganisationFactory,
    OrganisationKindFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer(client):
    user = UserFactory(email="relecture@dihal.example")
    user.groups.add(Group.objects.get(name="Relecture Dihal"))
    client.force_login(user)
    return user


def answer_url(asked):
    return reverse("access-requests-answer", args=[asked.pk])


def mails_to(user):
    return OutgoingMail.objects.filter(recipient=user.email)


def test_the_queue_shows_what_waits_then_what_was_answered(client, reviewer):
    assertContains(client.get(reverse("access-requests")), "Aucune demande n’attend de réponse.")
    asked = AccessRequestFactory()
    assertContains(client.get(reverse("access-requests")), asked.user.email)
    client.post(answer_url(asked), {"action": "refuse", "reason": "Inconnue"})
    assertContains(client.get(reverse("access-requests"), {"etat": "traitees"}), "Refusée")
    assertContains(client.get(answer_url(asked)), "Inconnue")


@pytest.mark.parametrize(
    ("name", "words"), [("memberships:index", "Ajouter un membre"), ("sheet_dossiers:index", "Ajouter un dossier")]
)
def test_the_buttons_of_the_lists_are_in_plain_french(client, name, words):
    client.force_login(UserFactory(is_superuser=True))
    page = client.get(reverse(name))
    assertContains(page, words)
    assertNotContains(page, "Ajouter un(e)")


def test_accepting_makes_a_member_and_tells_once(client, reviewer):
    asked = AccessRequestFactory()
    for _editor in range(2):
        assertRedirects(client.post(answer_url(asked), {"action": "accept"}), reverse("access-requests"))
    assertContains(client.post(answer_url(asked), {"action": "refuse", "reason": "Non"}, follow=True), "déjà reçu une")
    assert Membership.objects.get().user == asked.user
    assert mails_to(asked.user).count() == 1


def test_a_refusal_needs_a_reason_which_is_sent(client, reviewer):
    asked = AccessRequestFactory()
    assertContains(client.post(answer_url(asked), {"action": "refuse", "reason": " "}), "Donnez une raison")
    client.post(answer_url(asked), {"action": "refuse", "reason": "Écrivez à l’ADIL."})
    assert "Écrivez à l’ADIL." in mails_to(asked.user).get().text
    assert not Membership.objects.exists()


def test_a_described_structure_is_corrected_and_created(client, reviewer):
    kind = OrganisationKindFactory()
    asked = AccessRequestFactory(organisation=None, new_name="maison gex", new_kind=kind)
    fields = {"create-name": "Maison de Gex", "create-kind": kind.pk, "create-website": "", "create-territory": ""}
    client.post(answer_url(asked), {"action": "create", **fields})
    membership = Membership.objects.get()
    assert (membership.organisation.name, membership.role) == ("Maison de Gex", MembershipRole.OWNER)
    assert mails_to(asked.user).count() == 1


def test_a_name_that_exists_is_said_and_nothing_is_created(client, reviewer):
    known = OrganisationFactory(name="Maison de Gex")
    asked = AccessRequestFactory(organisation=None, new_name=known.name, new_kind=known.kind)
    fields = {"create-name": known.name, "create-kind": known.kind_id, "create-website": "", "create-territory": ""}
    page = client.post(answer_url(asked), {"action": "create", **fields})
    assertContains(page, "porte déjà le nom")
    assert AccessRequest.objects.get().state == RequestState.PENDING


def test_a_described_structure_is_attached_to_one_of_the_list(client, reviewer):
    known = MembershipFactory(role=MembershipRole.OWNER).organisation
    asked = AccessRequestFactory(organisation=None, new_name="Presque pareil", new_kind=known.kind)
    client.post(answer_url(asked), {"action": "attach", "attach-organisation": known.pk})
    assert Membership.objects.get(user=asked.user).role == MembershipRole.EDITOR
    assert Organisation.objects.count() == 1
    assert mails_to(asked.user).count() == 1


@pytest.mark.parametrize("action", ["", "accept", "delete", "\x00"])
def test_an_unknown_action_does_nothing(client, reviewer, action):
    asked = AccessRequestFactory(organisation=None, new_name="Nouvelle", new_kind=OrganisationKindFactory())
    assertContains(client.post(answer_url(asked), {"action": action}, follow=True), "Rien n’a été fait")
    assert not Membership.objects.exists()


def test_forged_keys_are_not_found(client, reviewer):
    assert client.get("/gestion/demandes-acces/99999999999999999999/").status_code == 404
    assert client.post("/gestion/demandes-acces/0/", {"action": "accept"}).status_code == 404


def test_nobody_else_reads_or_answers(client):
    asked = AccessRequestFactory()
    editor = UserFactory()
    editor.groups.add(Group.objects.get(name="Editors"))
    partner = MembershipFactory(role=MembershipRole.OWNER, organisation=asked.organisation).user
    for user in (None, partner, editor):
        client.logout()
        if user:
            client.force_login(user)
        for url in (reverse("access-requests"), answer_url(asked)):
            assert client.get(url).status_code in (302, 403, 404)
        assert client.post(answer_url(asked), {"action": "accept"}).status_code in (302, 403, 404)
    assert AccessRequest.objects.get().state == RequestState.PENDING


def test_merged_structures_lose_nobody(home, reviewer):
    source, target = OrganisationFactory(name="Adil 01", is_proposed=True), OrganisationFactory(name="ADIL de l’Ain")
    both, only = UserFactory(), UserFactory()
    for organisation, role in ((source, MembershipRole.OWNER), (target, MembershipRole.EDITOR)):
        MembershipFactory(user=both, organisation=organisation, role=role)
    MembershipFactory(user=only, organisation=source)
    sheet = create_draft(user=only, organisation=source, title="Colocation")
    asked = AccessRequestFactory(organisation=source)
    twice = AccessRequestFactory(organisation=source)
    AccessRequestFactory(organisation=target, user=twice.user)
    invited = UserFactory(email="nora@adil01.example")
    invitation = invite(by=both, organisation=source, email=invited.email, role=MembershipRole.EDITOR)
    merge_proposed(source=source, target=target, by=reviewer)
    roles = dict(Membership.objects.filter(organisation=target).values_list("user", "role"))
    assert roles == {both.pk: MembershipRole.OWNER, only.pk: MembershipRole.EDITOR}
    assert InitiativePage.objects.get(pk=sheet.pk).dossier.steward == target
    pending = AccessRequest.objects.pending().filter(organisation=target)
    assert sorted(pending.values_list("user", flat=True)) == sorted([asked.user_id, twice.user_id])
    assert Invitation.objects.get().organisation == target
    assert accept_invitation(user=invited, pk=invitation.pk).organisation == target
