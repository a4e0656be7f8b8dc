"""Who writes for a structure: seen by its members, changed by its owners, never without an owner."""

import threading

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from hub.accounts.members import change_role, leave, remove_member
from hub.accounts.models import Membership, MembershipRole
from hub.mail.models import OutgoingMail
from hub.refusals import Refused
from initiatives.drafts import create_draft
from initiatives.models import InitiativePage
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(owner):
    return MembershipFactory(organisation=owner.organisation)


def members_url(membership):
    return reverse("organisation-members", args=[membership.organisation_id])


def owner_actions(organisation_pk, membership_pk):
    return [
        (members_url(Membership(organisation_id=organisation_pk)), {"email": "x@y.example", "role": "owner"}),
        (reverse("member-role", args=[organisation_pk, membership_pk]), {"role": "owner"}),
        (reverse("member-remove", args=[organisation_pk, membership_pk]), {}),
    ]


def test_an_editor_sees_the_members_and_no_action(client, owner, editor):
    client.force_login(editor.user)
    page = client.get(members_url(owner))
    assertContains(page, owner.user.email)
    assertNotContains(page, "Rendre ")
    assertNotContains(page, "Inviter un collègue")


def test_an_editor_cannot_do_what_owners_do(client, owner, editor):
    client.force_login(editor.user)
    for url, data in owner_actions(owner.organisation_id, editor.pk):
        assert client.post(url, data).status_code == 403
    editor.refresh_from_db()
    assert editor.role == MembershipRole.EDITOR
    assert not OutgoingMail.objects.exists()


def test_another_structure_s_owner_finds_nothing(client, owner, editor):
    stranger = MembershipFactory(role=MembershipRole.OWNER)
    client.force_login(stranger.user)
    actions = owner_actions(owner.organisation_id, editor.pk)
    for url, data in [*actions, (reverse("organisation-leave", args=[owner.organisation_id]), {})]:
        response = client.post(url, data)
        assertNotContains(response, "ADIL de l’Ain", status_code=404)
    # Nor through the address of her own structure, with somebody else's key.
    client.post(reverse("member-role", args=[stranger.organisation_id, editor.pk]), {"role": "owner"})
    client.post(reverse("member-remove", args=[stranger.organisation_id, editor.pk]))
    assert client.get(reverse("member-remove", args=[stranger.organisation_id, editor.pk])).status_code == 404
    editor.refresh_from_db()
    assert editor.role == MembershipRole.EDITOR


def test_an_anonymous_visitor_signs_in_first(client, owner, editor):
    url = reverse("member-remove", args=[owner.organisation_id, editor.pk])
    assertRedirects(client.post(url), f"/compte/connexion/?next={url}", fetch_redirect_response=False)
    assert Membership.objects.count() == 2


def test_an_owner_gives_the_role_and_the_member_is_told_once(client, owner, editor):
    client.force_login(owner.user)
    url = reverse("member-role", args=[owner.organisation_id, editor.pk])
    assert client.get(url).status_code == 405
    for _twice in range(2):
        assertRedirects(client.post(url, {"role": "owner"}), members_url(owner))
    editor.refresh_from_db()
    assert editor.is_owner
    assert OutgoingMail.objects.get().recipient == editor.user.email


@pytest.mark.parametrize("role", ["", "admin", "\x00", "x" * 5000])
def test_an_unknown_role_changes_nothing(client, owner, editor, role):
    client.force_login(owner.user)
    url = reverse("member-role", args=[owner.organisation_id, editor.pk])
    assertContains(client.post(url, {"role": role}, follow=True), "Choisissez un rôle de la liste.")
    editor.refresh_from_db()
    assert editor.role == MembershipRole.EDITOR


def test_removing_asks_first_then_tells_and_keeps_the_sheets(client, home, owner, editor):
    sheet = create_draft(user=editor.user, organisation=owner.organisation, title="Colocation")
    client.force_login(owner.user)
    url = reverse("member-remove", args=[owner.organisation_id, editor.pk])
    assertContains(client.get(url), "Oui, retirer")
    assert Membership.objects.count() == 2
    client.post(url)
    assertContains(client.post(url, follow=True), "plus membre de la structure")
    assert list(Membership.objects.all()) == [owner]
    assert InitiativePage.objects.filter(pk=sheet.pk).exists()
    assert OutgoingMail.objects.get().recipient == editor.user.email
    removed = Client()
    removed.force_login(editor.user)
    assert removed.get(members_url(owner)).status_code == 404


def test_the_last_owner_names_who_follows_before_leaving(client, owner, editor):
    client.force_login(owner.user)
    url = reverse("organisation-leave", args=[owner.organisation_id])
    assertContains(client.get(url), "Donnez d’abord ce rôle à un autre membre")
    assertContains(client.post(url), "n’aurait plus de responsable")
    assertContains(client.get(members_url(owner)), "Seul responsable")
    role = reverse("member-role", args=[owner.organisation_id, owner.pk])
    assertContains(client.post(role, {"role": "editor"}, follow=True), "n’aurait plus de responsable")
    with pytest.raises(Refused, match="n’aurait plus de responsable"):
        remove_member(by=owner.user, organisation_pk=owner.organisation_id, membership_pk=owner.pk)
    client.post(reverse("member-role", args=[owner.organisation_id, editor.pk]), {"role": "owner"})
    client.post(url)
    assert Membership.objects.get().user == editor.user


def test_the_only_owner_who_may_not_leave_is_led_to_the_members(client, owner, editor):
    client.force_login(owner.user)
    url = reverse("organisation-leave", args=[owner.organisation_id])
    for page in (client.get(url), client.post(url)):
        assertContains(page, f'href="{reverse("organisation-members", args=[owner.organisation_id])}"')


def test_a_closed_account_does_not_count_as_an_owner(owner, editor):
    closed = MembershipFactory(
        role=MembershipRole.OWNER, organisation=owner.organisation, user=UserFactory(is_active=False)
    )
    with pytest.raises(Refused, match="n’aurait plus de responsable"):
        leave(user=owner.user, organisation_pk=owner.organisation_id)
    assert Membership.objects.filter(pk=closed.pk).exists()


def test_whoever_is_alone_may_leave_and_the_sheets_stay(client, home, owner):
    sheet = create_draft(user=owner.user, organisation=owner.organisation, title="Colocation")
    client.force_login(owner.user)
    url = reverse("organisation-leave", args=[owner.organisation_id])
    assertContains(client.get(url), "la Dihal s’en occupera")
    client.post(url)
    assert not Membership.objects.exists()
    assert InitiativePage.objects.get(pk=sheet.pk).dossier.steward == owner.organisation


def test_an_owner_who_is_one_no_more_decides_nothing(owner, editor):
    other = MembershipFactory(role=MembershipRole.OWNER, organisation=owner.organisation)
    place = {"organisation_pk": owner.organisation_id}
    change_role(by=other.user, **place, membership_pk=owner.pk, role=MembershipRole.EDITOR)
    with pytest.raises(Refused, match="Seuls les responsables"):
        remove_member(by=owner.user, **place, membership_pk=other.pk)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not connection.features.has_select_for_update, reason="SQLite has one writer at a time")
def test_two_owners_who_leave_at_once_do_not_leave_the_structure_without_one():
    organisation = OrganisationFactory()
    owners = [MembershipFactory(role=MembershipRole.OWNER, organisation=organisation).user for _number in range(2)]
    MembershipFactory(organisation=organisation)
    refused: list[Refused] = []
    start = threading.Barrier(2)

    def go(user):
        try:
            start.wait(timeout=10)
            leave(user=user, organisation_pk=organisation.pk)
        except Refused as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=[user]) for user in owners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert len(refused) == 1
    assert Membership.objects.owners().filter(organisation=organisation).count() == 1
