"""Signing in by a code or a link received by mail, or with a password."""

import re
from datetime import timedelta
from unittest import mock

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from hub.accounts.models import User
from hub.mail.models import OutgoingMail
from tests.accounts.signing_in import ask, code_of, is_signed_in, last_mail, link_of, type_code

pytestmark = pytest.mark.django_db

EMAIL = "anne@example.org"
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')


@pytest.fixture
def anne() -> User:
    user = User.objects.create_user(username="anne", email=EMAIL)
    EmailAddress.objects.create(user=user, email=EMAIL, verified=True, primary=True)
    return user


def text_of(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined, no-any-return]


class TestCode:
    def test_a_known_person_signs_in_with_the_code(self, client: Client, anne: User) -> None:
        assert ask(client, email=EMAIL)["Location"] == "/compte/connexion/code/"
        page = client.get("/compte/connexion/code/")
        assert EMAIL in text_of(page)
        assert "no-store" in page["Cache-Control"]
        response = type_code(client, code=code_of(last_mail(email=EMAIL)))
        assert response["Location"] == "/espace/"
        assert client.session["_auth_user_id"] == str(anne.pk)

    def test_an_unknown_address_gets_its_account_when_its_code_is_typed_and_not_before(self, client: Client) -> None:
        ask(client, email="Nouvelle@Example.org")
        assert not User.objects.exists()
        type_code(client, code=code_of(last_mail(email="nouvelle@example.org")))
        person = User.objects.get()
        assert (person.email, person.has_usable_password()) == ("nouvelle@example.org", False)
        assert EmailAddress.objects.get().verified
        assert is_signed_in(client)

    def test_the_answer_and_the_work_do_not_tell_whether_the_address_is_known(self, anne: User) -> None:
        seen = []
        for email in (EMAIL, "inconnue@example.org"):
            browser = Client()
            with CaptureQueriesContext(
                connection,
            ) as queries:
                response = ask(browser, email=email)
                page = browser.get("/compte/connexion/code/")
            body = CSRF.sub("", text_of(page)).replace(email, "")
            subject = last_mail(email=email).subject.partition(":")[2]
            shape = [re.sub(r"'[^']*'|\d+", "", query["sql"]) for query in queries]
            seen.append((response.status_code, response["Location"], page.status_code, body, subject, len(shape)))
            assert not any("accounts_user" in query or "emailaddress" in query for query in shape)
        assert seen[0] == seen[1]
        assert anne.pk

    def test_lower_case_spaces_and_no_dash_will_do(self, client: Client) -> None:
        ask(client, email=EMAIL)
        code = code_of(last_mail(email=EMAIL))
        type_code(client, code=f" {code.replace('-', '').lower()} ")
        assert is_signed_in(client)

    def test_a_wrong_code_is_said_beside_the_field_and_a_few_end_the_try(self, client: Client) -> None:
        ask(client, email=EMAIL)
        code = code_of(last_mail(email=EMAIL))
        for _ in range(4):
            page = type_code(client, code="AAAA-AAAA")
            assert page.status_code == 200
            assert "<title>Erreur : Un courriel vous attend" in text_of(page)
            assert "Ce code n’est pas celui du dernier courriel envoyé" in text_of(page)
        assert type_code(client, code="AAAA-AAAA")["Location"] == "/compte/connexion/"
        assert "ne sert plus" in text_of(client.get("/compte/connexion/"))
        type_code(client, code=code)
        assert not is_signed_in(client)

    @pytest.mark.parametrize("code", ["", "é" * 8, "A" * 5000, "\0", "١٢٣٤٥٦٧٨"])
    def test_any_text_is_answered_by_the_form(self, client: Client, code: str) -> None:
        ask(client, email=EMAIL)
        assert type_code(client, code=code).status_code == 200

    @pytest.mark.parametrize("email", ["", "anne", "anne@example.org\0", "a" * 300 + "@example.org", "x@y@z.fr"])
    def test_what_is_no_address_is_said_and_sends_nothing(self, client: Client, email: str) -> None:
        page = ask(client, email=email)
        assert page.status_code == 200
        assert "<title>Erreur : Connexion" in text_of(page)
        assert not OutgoingMail.objects.exists()

    def test_the_code_ends_with_its_ten_minutes_and_so_does_its_mail(self, client: Client) -> None:
        ask(client, email=EMAIL)
        mail = last_mail(email=EMAIL)
        assert mail.expires_at
        assert timedelta(minutes=9) < mail.expires_at - timezone.now() <= timedelta(minutes=10)
        with mock.patch("time.time", return_value=timezone.now().timestamp() + 601):
            response = type_code(client, code=code_of(mail))
            assert response["Location"] == "/compte/connexion/"
            assert "a expiré" in text_of(client.get("/compte/connexion/"))
        assert not is_signed_in(client)

    def test_a_new_code_makes_the_former_one_useless(self, client: Client) -> None:
        ask(client, email=EMAIL)
        former = last_mail(email=EMAIL)
        client.post("/compte/connexion/code/", {"action": "resend"})
        latest = last_mail(email=EMAIL)
        assert code_of(latest) != code_of(former)
        assert "Ce lien a été remplacé" in text_of(client.get(link_of(former)))
        type_code(client, code=code_of(former))
        assert not is_signed_in(client)
        type_code(client, code=code_of(latest))
        assert is_signed_in(client)

    def test_an_account_made_by_createsuperuser_opens_with_its_address(self, client: Client) -> None:
        call_command("createsuperuser", interactive=False, username="chef", email="Chef@Example.org")
        ask(client, email="chef@example.org")
        type_code(client, code=code_of(last_mail(email="chef@example.org")))
        assert client.session["_auth_user_id"] == str(User.objects.get(username="chef").pk)
        assert User.objects.count() == 1

    def test_a_closed_account_stays_closed(self, client: Client, anne: User) -> None:
        anne.is_active = False
        anne.save()
        ask(client, email=EMAIL)
        response = type_code(client, code=code_of(last_mail(email=EMAIL)))
        assert response["Location"] == "/compte/inactif/"
        assert "Compte fermé" in text_of(client.get("/compte/inactif/"))
        assert not is_signed_in(client)


class TestLink:
    def test_scanners_that_open_it_burn_nothing_and_the_button_signs_in(self, client: Client) -> None:
        ask(client, email=EMAIL)
        link = link_of(last_mail(email=EMAIL))
        scanner = Client()
        before = dict(client.session)
        for _ in range(3):
            assert scanner.get(link).status_code == 403
            assert scanner.head(link).status_code == 403
            assert client.get(link).status_code == 200
            assert client.head(link).status_code == 200
        assert dict(client.session) == before
        assert not is_signed_in(client)
        assert not User.objects.exists()
        assert "Me connecter" in text_of(client.get(link))
        assert client.post(link)["Location"] == "/espace/"
        assert is_signed_in(client)

    def test_it_needs_the_page_s_own_token(self) -> None:
        browser = Client(enforce_csrf_checks=True)
        page = browser.get("/compte/connexion/")
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', text_of(page))
        assert token
        ask(browser, email=EMAIL, csrfmiddlewaretoken=token[1])
        link = link_of(last_mail(email=EMAIL))
        assert browser.post(link).status_code == 403
        assert not is_signed_in(browser)
        page = browser.get(link)
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', text_of(page))
        assert token
        browser.post(link, {"csrfmiddlewaretoken": token[1]})
        assert is_signed_in(browser)

    def test_in_another_browser_it_says_where_to_go(self, client: Client) -> None:
        ask(client, email=EMAIL)
        link = link_of(last_mail(email=EMAIL))
        other = Client()
        for response in (other.get(link), other.post(link)):
            assert response.status_code == 403
            assert "dans un autre navigateur" in text_of(response)
            assert EMAIL not in text_of(response)
        assert not is_signed_in(other)
        client.post(link)
        assert is_signed_in(client)

    def test_a_second_use_is_said(self, client: Client) -> None:
        ask(client, email=EMAIL)
        mail = last_mail(email=EMAIL)
        client.post(link_of(mail))
        client.post("/compte/deconnexion/")
        for browser in (client, Client()):
            response = browser.post(link_of(mail))
            assert response.status_code == 410
            assert "Ce lien a déjà servi" in text_of(response)
            assert not is_signed_in(browser)

    def test_two_copies_of_one_browser_sign_in_once(self, client: Client) -> None:
        ask(client, email=EMAIL)
        mail = last_mail(email=EMAIL)
        copied = dict(client.session)
        client.post(link_of(mail))
        twin = Client()
        session = twin.session
        session.update(copied)
        session.save()
        twin.cookies["sessionid"] = session.session_key
        assert type_code(twin, code=code_of(mail))["Location"] == "/compte/connexion/"
        assert "a déjà servi" in text_of(twin.get("/compte/connexion/"))
        assert not is_signed_in(twin)

    def test_an_expired_link_says_so(self, client: Client) -> None:
        ask(client, email=EMAIL)
        link = link_of(last_mail(email=EMAIL))
        with mock.patch("time.time", return_value=timezone.now().timestamp() + 601):
            response = client.post(link)
        assert response.status_code == 410
        assert "Ce lien a expiré" in text_of(response)
        assert "Demander un nouveau code" in text_of(response)

    @pytest.mark.parametrize("token", ["x", "a:b:c", "%00", "é"])
    def test_a_mangled_link_says_so(self, client: Client, token: str) -> None:
        response = client.get(f"/compte/connexion/lien/{token}/")
        assert response.status_code == 404
        assert "Ce lien est incomplet" in text_of(response)


class TestWhereItLeads:
    @pytest.mark.parametrize("target", ["/espace/fiches/nouvelle/", "/recherche/?q=a&public=b"])
    def test_back_to_the_page_that_was_asked(self, client: Client, target: str) -> None:
        ask(client, email=EMAIL, next=target)
        assert type_code(client, code=code_of(last_mail(email=EMAIL)))["Location"] == target

    @pytest.mark.parametrize(
        "target",
        [
            "https://evil.example/",
            "//evil.example/",
            "/\\evil.example",
            "javascript:alert(1)",
            "http:evil",
            "\t//evil",
            "https://testserver/x",
        ],
    )
    def test_never_out_of_the_hub(self, client: Client, anne: User, target: str) -> None:
        ask(client, email=EMAIL, next=target)
        assert client.post(link_of(last_mail(email=EMAIL)))["Location"] == "/espace/"
        signed_in = client.get("/compte/connexion/", {"next": target})
        assert signed_in["Location"] == "/espace/"
        assert client.post("/compte/deconnexion/", {"next": target})["Location"] == "/"
        anne.set_password("une longue phrase secrète")
        anne.save()
        form = {"login": EMAIL, "password": "une longue phrase secrète", "next": target}
        assert client.post("/compte/connexion/mot-de-passe/", form)["Location"] == "/espace/"

    def test_a_partner_who_opens_the_admin_is_told_and_not_sent_round(self, client: Client, anne: User) -> None:
        client.force_login(anne)
        response = client.get("/gestion/", follow=True)
        assert response.status_code == 403
        assert "Réservé à la Dihal" in text_of(response)


class TestPassword:
    @pytest.mark.parametrize("login", ["chef", "chef@example.org", "CHEF@example.org"])
    def test_an_account_with_a_password_signs_in_by_name_or_address(self, client: Client, login: str) -> None:
        User.objects.create_superuser(username="chef", email="chef@example.org", password="une longue phrase")
        response = client.post("/compte/connexion/mot-de-passe/", {"login": login, "password": "une longue phrase"})
        assert response["Location"] == "/espace/"
        assert is_signed_in(client)

    def test_a_superuser_without_an_address_too(self, client: Client) -> None:
        User.objects.create_superuser(username="chef", password="une longue phrase")
        client.post("/compte/connexion/mot-de-passe/", {"login": "chef", "password": "une longue phrase"})
        assert is_signed_in(client)

    def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(self, client: Client) -> None:
        User.objects.create_superuser(username="chef", email="chef@example.org", password="une longue phrase")
        answers = []
        for login in ("chef", "zoe", "chef@example.org", "zoe@example.org"):
            page = client.post("/compte/connexion/mot-de-passe/", {"login": login, "password": "faux"})
            assert "L’identifiant ou le mot de passe n’est pas le bon." in text_of(page)
            answers.append(CSRF.sub("", text_of(page)).replace(login, ""))
        assert len(set(answers)) == 1

    def test_a_forgotten_password_is_chosen_again_by_a_link(self, client: Client, anne: User) -> None:
        client.post("/compte/mot-de-passe/oublie/", {"email": EMAIL})
        link = re.search(r"https?://[^/\s]+(/compte/mot-de-passe/nouveau/\S+)", last_mail(email=EMAIL).text)
        assert link
        page = client.get(link[1], follow=True)
        form = {"password1": "une longue phrase neuve", "password2": "une longue phrase neuve"}
        response = client.post(page.redirect_chain[-1][0], form)
        assert response["Location"] == "/compte/mot-de-passe/nouveau/enregistre/"
        assert client.get(response["Location"]).status_code == 200
        anne.refresh_from_db()
        assert anne.check_password("une longue phrase neuve")
        assert "Ce lien ne sert plus" in text_of(Client().get(link[1]))

    def test_nobody_learns_who_has_an_account_by_forgetting_a_password(self, client: Client, anne: User) -> None:
        answers = [client.post("/compte/mot-de-passe/oublie/", {"email": mail}) for mail in (EMAIL, "zoe@example.org")]
        assert len({(answer.status_code, answer["Location"]) for answer in answers}) == 1
        assert OutgoingMail.objects.count() == 2
        assert "Aucun compte" in last_mail(email="zoe@example.org").subject
        assert client.get("/compte/mot-de-passe/oublie/envoye/").status_code == 200
        assert anne.pk


class TestTooMany:
    @pytest.mark.parametrize(
        ("address", "data"),
        [
            ("/compte/connexion/", {"email": EMAIL}),
            ("/compte/connexion/", {"email": "pas une adresse"}),
            ("/compte/connexion/code/", {"code": "AAAA-AAAA"}),
            ("/compte/connexion/lien/abc/", {}),
            ("/compte/connexion/mot-de-passe/", {"login": "chef", "password": "faux"}),
            ("/compte/connexion/cle/", {"credential": "{}"}),
            ("/compte/connexion/seconde-etape/", {"code": "000000"}),
            ("/compte/mot-de-passe/oublie/", {"email": EMAIL}),
        ],
    )
    def test_twenty_tries_of_a_form_are_too_many(self, client: Client, address: str, data: dict[str, str]) -> None:
        responses = [client.post(address, data) for _ in range(20)]
        assert responses[-1].status_code == 429
        assert int(responses[-1]["Retry-After"]) > 0
        assert "Trop de tentatives" in text_of(responses[-1])
        assert client.get("/compte/connexion/").status_code == 200

    def test_one_address_of_mail_is_not_flooded_from_many_networks(self) -> None:
        statuses = [
            Client(REMOTE_ADDR=f"198.51.100.{number}").post("/compte/connexion/", {"email": EMAIL}).status_code
            for number in range(8)
        ]
        assert statuses == [302] * 5 + [429] * 3
        assert OutgoingMail.objects.count() == 5


class TestPages:
    def test_the_home_page_offers_the_space_and_sets_no_cookie(self, client: Client, home: object) -> None:
        page = client.get("/")
        assert 'href="/espace/"' in text_of(page)
        assert not page.cookies
        assert "Cookie" not in page.get("Vary", "")
        assert home

    def test_no_page_has_an_inline_script(self, client: Client, settings: Settings) -> None:
        for address in ("/compte/connexion/", "/compte/connexion/mot-de-passe/", "/compte/mot-de-passe/oublie/"):
            page = client.get(address)
            assert page.status_code == 200
            # The header gives its directives in any order.
            assert "script-src 'self'" in page["Content-Security-Policy"].split("; ")
            scripts = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", text_of(page))
            assert all('type="application/json"' in script for script in scripts)
        assert settings.LOGIN_URL == "account_login"

    def test_signing_out_takes_a_post(self, client: Client, anne: User) -> None:
        client.force_login(anne)
        assert "Se déconnecter" in text_of(client.get("/compte/deconnexion/"))
        assert is_signed_in(client)
        assert client.post("/compte/deconnexion/")["Location"] == "/"
        assert not is_signed_in(client)
