"""What the hub holds on a person is handed over, and erased with the account."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import Group, Permission
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from hub.accounts.members import invite
from hub.accounts.models import AccessRequest, Invitation, Membership, MembershipRole, User
from hub.accounts.personal_data import delete_account, personal_data
from hub.mail.models import OutgoingMail
from hub.mail.queueing import queue_mail
from hub.refusals import Refused
from initiatives.drafts import create_draft
from initiatives.models import InitiativePage
from tests.accounts.signing_in import ask, code_of, last_mail, type_code
from tests.factories import AccessRequestFactory, MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora():
    return UserFactory(email="nora@adil01.example", first_name="Nora", last_name="Durand")


@pytest.fixture
def adil():
    return OrganisationFactory(name="ADIL de l’Ain")


def test_an_anonymous_visitor_gets_no_file_and_deletes_nothing(client):
    for path in ("/compte/export/", "/compte/suppression/"):
        assertRedirects(client.get(path), f"/compte/connexion/?next={path}", fetch_redirect_response=False)


def test_the_file_holds_all_that_is_mine(client, nora, adil):
    MembershipFactory(user=nora, organisation=adil, role=MembershipRole.OWNER)
    AccessRequestFactory(user=nora, organisation=None, new_name="Autre structure", message="Bonjour à vous")
    invite(by=nora, organisation=adil, email="ami@adil01.example", role=MembershipRole.EDITOR)
    host = MembershipFactory(role=MembershipRole.OWNER, organisation=OrganisationFactory(name="UDAF de l’Ain"))
    invite(by=host.user, organisation=host.organisation, email="Nora@adil01.example", role=MembershipRole.EDITOR)
    SocialAccount.objects.create(
        user=nora, provider="proconnect", uid="identite-1", extra_data={"usual_name": "Durand"}
    )
    client.force_login(nora)
    response = client.get("/compte/export/")
    assert response["Content-Disposition"] == 'attachment; filename="mes-donnees.json"'
    data = response.json()
    assert (data["compte"]["prenom"], data["compte"]["courriel"]) == ("Nora", nora.email)
    assert [row["email"] for row in data["adresses"]] == [nora.email]
    assert [(row["structure"], row["role"]) for row in data["structures"]] == [("ADIL de l’Ain", "Responsable")]
    assert data["demandes_d_acces"][0]["message"] == "Bonjour à vous"
    assert [row["structure"] for row in data["invitations_recues"]] == ["UDAF de l’Ain"]
    assert [row["courriel"] for row in data["invitations_envoyees"]] == ["ami@adil01.example"]
    assert len(data["courriels_envoyes_a_la_personne"]) == 1
    assert data["moyens_de_connexion"]["identites"][0]["identifiant"] == "identite-1"


def test_the_file_holds_nothing_of_somebody_else(client, nora, adil):
    MembershipFactory(user=nora, organisation=adil)
    colleague = UserFactory(email="autre@adil01.example", first_name="Xavière", last_name="Lemaître")
    MembershipFactory(user=colleague, organisation=adil, role=MembershipRole.OWNER)
    AccessRequestFactory(user=colleague, message="secret de Xavière")
    invite(by=colleague, organisation=adil, email="tiers@adil01.example", role=MembershipRole.EDITOR)
    client.force_login(nora)
    text = client.get("/compte/export/").content.decode()
    for word in ("autre@", "Xavière", "Lemaître", "tiers@"):
        assert word not in text


def test_the_file_tells_how_one_signs_in_without_the_secrets(client, nora):
    nora.set_password("un mot de passe tout à fait long")
    nora.save()
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(nora, secret)
    ask(Client(), email=nora.email)
    code = code_of(last_mail(email=nora.email))
    client.force_login(nora)
    response = client.get("/compte/export/")
    assert response.json()["moyens_de_connexion"]["mot_de_passe"] is True
    assert len(response.json()["moyens_de_connexion"]["seconde_etape"]) == 1
    for kept in (nora.password, secret, code):
        assert kept not in response.content.decode()


def test_a_deletion_asks_for_the_address(client, nora):
    client.force_login(nora)
    for wrong in ("", "autre@adil01.example", "a\x00b", "x" * 5000):
        assertContains(client.post("/compte/suppression/", {"email": wrong}), "<title>Erreur : ")
    client.get("/compte/suppression/", {"email": nora.email})
    assert User.objects.filter(pk=nora.pk).exists()


def test_a_deletion_that_is_refused_says_that_nothing_is_deleted(client, nora):
    client.force_login(nora)
    page = client.post("/compte/suppression/", {"email": "autre@adil01.example"})
    assertContains(page, "Rien n’est encore supprimé")
    assertNotContains(page, "Rien n’est encore envoyé")


def test_the_person_goes_and_the_sheets_stay(client, home, nora, adil):
    MembershipFactory(user=nora, organisation=adil)
    MembershipFactory(organisation=adil, role=MembershipRole.OWNER)
    sheet = create_draft(user=nora, organisation=adil, title="Colocation")
    AccessRequestFactory(user=nora)
    other_browser = Client()
    for browser in (client, other_browser):
        browser.force_login(nora)
    response = client.post("/compte/suppression/", {"email": " NORA@adil01.example "})
    assertRedirects(response, "/compte/suppression/faite/")
    sheet = InitiativePage.objects.get(pk=sheet.pk)
    assert sheet.owner is None
    assert sheet.latest_revision.user is None
    assert not User.objects.filter(email=nora.email).exists()
    assert not EmailAddress.objects.filter(email=nora.email).exists()
    assert not AccessRequest.objects.exists()
    assert Membership.objects.count() == 1
    for browser in (client, other_browser):
        assert browser.get("/espace/structures/").status_code == 302


def test_mails_that_wait_for_the_person_do_not_leave(nora, adil, delivered_mails):
    membership = MembershipFactory(user=nora, organisation=adil)
    host = MembershipFactory(role=MembershipRole.OWNER)
    invite(by=host.user, organisation=host.organisation, email=nora.email, role=MembershipRole.EDITOR)
    queue_mail(
        key="role", recipient="NORA@adil01.example", template="accounts/mail/membership_role",
        context={"membership": membership, "path": "/"},
    )  # fmt: skip
    delete_account(user=nora)
    assert not Invitation.objects.exists()
    (confirmation,) = delivered_mails()
    assert confirmation.to == [nora.email]
    assert "supprimé" in confirmation.subject


def test_the_last_owner_is_told_who_must_follow(client, nora, adil):
    MembershipFactory(user=nora, organisation=adil, role=MembershipRole.OWNER)
    colleague = MembershipFactory(organisation=adil)
    client.force_login(nora)
    page = client.get("/compte/suppression/")
    assertContains(page, "Donnez d’abord ce rôle à l’un d’eux")
    assertContains(page, f"/espace/structures/{adil.pk}/membres/")
    client.post("/compte/suppression/", {"email": nora.email})
    with pytest.raises(Refused, match="ADIL de l’Ain"):
        delete_account(user=nora)
    assert User.objects.filter(pk=nora.pk).exists()
    Membership.objects.filter(pk=colleague.pk).update(role=MembershipRole.OWNER)
    client.post("/compte/suppression/", {"email": nora.email})
    assert not User.objects.filter(pk=nora.pk).exists()


def test_an_account_of_the_administration_is_not_deleted_by_its_owner(client, nora):
    group = Group.objects.create(name="Rédaction")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    nora.groups.add(group)
    client.force_login(nora)
    assertContains(client.post("/compte/suppression/", {"email": nora.email}), "un administrateur doit d’abord")
    assert User.objects.filter(pk=nora.pk).exists()


def test_the_log_of_the_past_keeps_no_name(nora, adil):
    editor, homonym = UserFactory(), MembershipFactory(organisation=adil)
    membership = MembershipFactory(user=nora, organisation=adil)
    former = MembershipFactory(user=nora)
    for row in (nora, membership, former, homonym):
        log(instance=row, action="wagtail.create", user=editor)
    former.delete()
    delete_account(user=nora)
    labels = list(ModelLogEntry.objects.order_by("pk").values_list("label", flat=True))
    assert labels == [*["Ancien membre"] * 3, str(homonym)]


def test_the_same_address_may_come_back_as_somebody_new(client, nora, adil):
    MembershipFactory(user=nora, organisation=adil)
    before = nora.pk
    delete_account(user=nora)
    ask(client, email="nora@adil01.example")
    type_code(client, code=code_of(last_mail(email="nora@adil01.example")))
    again = User.objects.get(email="nora@adil01.example")
    assert again.pk != before
    assert again.first_name == ""
    data = personal_data(user=again)
    assert (data["structures"], data["demandes_d_acces"], data["invitations_recues"]) == ([], [], [])
    assertRedirects(client.get("/espace/"), "/espace/structures/rejoindre/")
    assert OutgoingMail.objects.filter(recipient=again.email).count() == 2
