"""The second step of a sign-in, and the account page."""

import re
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client
from pytest_django import Settings

from hub.accounts.models import MembershipRole, User
from tests.accounts.signing_in import ask, code_of, is_signed_in, last_mail, type_code
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "une longue phrase secrète"
EMAIL = "editrice@example.org"


def application_code(secret: str) -> str:
    """What the application of a phone shows now."""
    counter = int(time.time()) // 30
    return format_hotp_value(hotp_value(secret, counter))


@pytest.fixture
def editor() -> User:
    """Somebody of the Dihal, who edits the site."""
    user = User.objects.create_superuser(username="editrice", email=EMAIL, password=PASSWORD)
    EmailAddress.objects.create(user=user, email=EMAIL, verified=True, primary=True)
    return user


@pytest.fixture
def secret(editor: User) -> str:
    """The key of the application on the editor's phone."""
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    TOTP.activate(editor, secret)
    return secret


def without_password() -> User:
    """Somebody who signs in by codes, and has nothing else to prove again."""
    person: User = UserFactory(email="anne@example.org")
    person.set_unusable_password()
    person.save()
    return person


def by_password(client: Client, **data: str) -> str:
    response = client.post("/compte/connexion/mot-de-passe/", {"login": EMAIL, "password": PASSWORD, **data})
    return str(response["Location"])


def by_mail(client: Client, **data: str) -> str:
    ask(client, email=EMAIL, **data)
    return str(type_code(client, code=code_of(last_mail(email=EMAIL)))["Location"])


@pytest.mark.parametrize("first_step", [by_password, by_mail])
def test_neither_a_mail_nor_a_password_is_enough(client: Client, secret: str, first_step: object) -> None:
    assert first_step(client, next="/gestion/pages/") == "/compte/connexion/seconde-etape/"  # type: ignore[operator]
    assert not is_signed_in(client)
    assert client.get("/gestion/")["Location"].startswith("/compte/connexion/")
    page = client.get("/compte/connexion/seconde-etape/")
    assert "Seconde étape" in page.content.decode()
    wrong = client.post("/compte/connexion/seconde-etape/", {"code": "000000"})
    assert "Erreur : Seconde étape" in wrong.content.decode()
    assert not is_signed_in(client)
    response = client.post("/compte/connexion/seconde-etape/", {"code": application_code(secret)})
    assert response["Location"] == "/gestion/pages/"
    assert is_signed_in(client)


@pytest.mark.parametrize("address", ["/gestion/login/", "/_util/login/"])
def test_wagtail_s_own_sign_in_pages_are_no_way_around(client: Client, secret: str, address: str) -> None:
    response = client.post(address, {"username": "editrice", "password": PASSWORD})
    assert response["Location"].startswith("/compte/connexion/")
    assert not is_signed_in(client)
    assert (
        client.get(address, {"next": "/gestion/pages/"})["Location"] == "/compte/connexion/?next=%2Fgestion%2Fpages%2F"
    )
    assert client.get(address, {"next": "https://evil.example/"})["Location"].count("evil") == 0
    assert secret


def test_gestion_changes_neither_password_nor_address(client: Client, editor: User) -> None:
    client.force_login(editor)
    assert client.get("/gestion/password_reset/").status_code == 404
    page = client.get("/gestion/account/").content.decode()
    assert 'name="password-' not in page
    assert 'name="name_email-email"' not in page
    client.post("/gestion/logout/")
    assert not is_signed_in(client)


def test_an_application_is_added_with_its_recovery_codes_which_open_the_account_once(
    client: Client, editor: User
) -> None:
    client.force_login(editor)
    page = client.get("/compte/securite/application/", follow=True)
    assert page.redirect_chain[-1][0].startswith("/compte/confirmer-identite/")
    page = client.post(
        page.redirect_chain[-1][0], {"password": PASSWORD, "next": "/compte/securite/application/"}, follow=True
    )
    key = re.search(r"<code>([A-Z2-7]{32})</code>", page.content.decode())
    assert key
    wrong = client.post("/compte/securite/application/", {"code": "12"})
    assert "Erreur : Activer une application" in wrong.content.decode()
    page = client.post("/compte/securite/application/", {"code": application_code(key[1])}, follow=True)
    assert page.redirect_chain[-1][0] == "/compte/securite/codes/"
    codes = re.findall(r"<li><code>(\d+)</code></li>", page.content.decode())
    assert len(codes) == 10
    assert client.get("/compte/securite/codes/telecharger/").content.decode().count("\n") >= 10

    for status, code in ((302, codes[0]), (200, codes[0])):
        browser = Client()
        by_mail(browser)
        assert browser.post("/compte/connexion/seconde-etape/", {"code": code}).status_code == status
        assert is_signed_in(browser) == (status == 302)


@pytest.mark.django_db(transaction=True)  # allauth tells that a factor was added once it is committed
def test_who_has_no_password_sees_the_recovery_codes_as_soon_as_the_application_is_added(client: Client) -> None:
    person = without_password()
    ask(client, email=person.email)
    type_code(client, code=code_of(last_mail(email=person.email)))
    page = client.get("/compte/securite/application/").content.decode()
    key = re.search(r"<code>([A-Z2-7]{32})</code>", page)
    assert key
    page = client.post("/compte/securite/application/", {"code": application_code(key[1])}, follow=True)
    assert page.redirect_chain == [("/compte/securite/codes/", 302)]
    assert "L’application est activée." in page.content.decode()


def test_the_form_of_a_key_speaks_french(client: Client) -> None:
    client.force_login(without_password())
    page = client.get("/compte/securite/cles/ajouter/").content.decode()
    assert "Nom de la clé (facultatif)" in page
    assert "En faire une clé d’accès" in page
    assert "d'" not in re.sub(r"<script.*?</script>|<head>.*?</head>", "", page, flags=re.DOTALL)


def test_removing_the_application_waits_for_a_fresh_proof(client: Client, editor: User, secret: str) -> None:
    client.force_login(editor)
    assert client.post("/compte/securite/application/desactiver/").status_code == 302
    assert Authenticator.objects.filter(user=editor).exists()
    where = "/compte/securite/application/desactiver/"
    client.post("/compte/confirmer-identite/code/", {"code": application_code(secret), "next": where})
    assert not Authenticator.objects.filter(user=editor).exists()


def test_wrong_codes_end_after_a_few(client: Client, secret: str) -> None:
    by_mail(client)
    for _ in range(5):
        client.post("/compte/connexion/seconde-etape/", {"code": "000000"})
    page = client.post("/compte/connexion/seconde-etape/", {"code": application_code(secret)})
    assert "Trop d’essais manqués" in page.content.decode()
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "address",
    [
        "/compte/", "/compte/courriels/", "/compte/mot-de-passe/changer/", "/compte/securite/",
        "/compte/securite/cles/", "/compte/confirmer-identite/", "/compte/confirmer-identite/code/",
    ],
)  # fmt: skip
def test_every_page_of_the_account_opens_for_its_owner_and_for_nobody_else(
    client: Client, editor: User, secret: str, address: str
) -> None:
    assert client.get(address)["Location"].startswith("/compte/connexion/")
    client.force_login(editor)
    page = client.get(address)
    assert page.status_code == 200, page.get("Location")
    assert secret


@pytest.mark.parametrize("address", ["/compte/securite/cles/ajouter/", "/compte/securite/codes/nouveaux/"])
def test_settings_open_after_a_fresh_proof(client: Client, editor: User, secret: str, address: str) -> None:
    client.force_login(editor)
    page = client.post(
        "/compte/confirmer-identite/code/", {"code": application_code(secret), "next": address}, follow=True
    )
    assert page.redirect_chain[-1][0] == address
    assert page.status_code == 200
    text = page.content.decode()
    assert all("src=" in tag or "application/json" in tag for tag in re.findall(r"<script[^>]*>", text))


def test_an_editor_is_told_to_add_a_second_step_and_others_are_not(client: Client, editor: User) -> None:
    client.force_login(editor)
    assert "Protégez votre accès" in client.get("/compte/").content.decode()
    TOTP.activate(editor, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    assert "Protégez votre accès" not in client.get("/compte/").content.decode()
    client.force_login(UserFactory())
    assert "Protégez votre accès" not in client.get("/compte/").content.decode()


def test_the_admin_may_be_closed_to_who_has_no_second_step(client: Client, editor: User, settings: Settings) -> None:
    client.force_login(editor)
    assert client.get("/gestion/").status_code == 200
    settings.REQUIRE_SECOND_FACTOR_FOR_EDITORS = True
    for address in ("/gestion/", "/gestion/pages/"):
        response = client.get(address)
        assert response.status_code == 403
        assert "Seconde étape nécessaire" in response.content.decode()
    assert client.get("/compte/securite/").status_code == 200
    TOTP.activate(editor, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    assert client.get("/gestion/").status_code == 200


def test_the_account_page_shows_what_is_mine_and_changes_my_name(client: Client) -> None:
    person = UserFactory(email="anne@example.org")
    adil = OrganisationFactory(name="ADIL de l’Ain")
    MembershipFactory(user=person, organisation=adil, role=MembershipRole.OWNER)
    client.force_login(person)
    page = client.get("/compte/")
    assert "ADIL de l’Ain" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert client.post("/compte/", {"first_name": "Anne", "last_name": "Martin"})["Location"] == "/compte/"
    person.refresh_from_db()
    assert person.get_full_name() == "Anne Martin"
    refused = client.post("/compte/", {"first_name": "A" * 500, "last_name": "\0", "is_superuser": "1"})
    assert "Erreur : Mon compte" in refused.content.decode()
    person.refresh_from_db()
    assert (person.get_full_name(), person.is_superuser) == ("Anne Martin", False)


def test_another_address_is_added_once_it_is_proved(client: Client) -> None:
    person = without_password()
    client.force_login(person)
    client.post("/compte/courriels/", {"email": "anne@ailleurs.example", "action_add": ""})
    assert EmailAddress.objects.filter(user=person).count() == 1
    assert client.get("/compte/courriels/code/").status_code == 200
    found = re.search(r"^ {4}(\S+)$", last_mail(email="anne@ailleurs.example").text, re.MULTILINE)
    assert found
    client.post("/compte/courriels/code/", {"code": found[1]})
    assert EmailAddress.objects.filter(user=person, email="anne@ailleurs.example", verified=True).exists()
    browser = Client()
    ask(browser, email="anne@ailleurs.example")
    type_code(browser, code=code_of(last_mail(email="anne@ailleurs.example")))
    assert browser.session["_auth_user_id"] == str(person.pk)


def test_the_address_of_somebody_else_cannot_be_added(client: Client) -> None:
    UserFactory(email="bob@example.org")
    person = without_password()
    client.force_login(person)
    client.post("/compte/courriels/", {"email": "bob@example.org", "action_add": ""}, follow=True)
    found = re.search(r"^ {4}(\S+)$", last_mail(email="bob@example.org").text, re.MULTILINE)
    assert found
    client.post("/compte/courriels/code/", {"code": found[1]})
    assert not EmailAddress.objects.filter(user=person, email="bob@example.org").exists()
