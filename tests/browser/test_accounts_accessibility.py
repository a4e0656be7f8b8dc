"""No page of an account breaks a rule, is invalid or too wide, in any state and whatever is typed in it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.looks import Looks
from tests.browser.mailbox import Mailbox
from tests.browser.scenes import INES, PASSWORD, SAMI
from tests.browser.test_space_accessibility import send

pytestmark = pytest.mark.browser

EMAIL = "connexion@regards.example"
PAGES_OF_AN_ACCOUNT = (
    "",
    "courriels/",
    "mot-de-passe/changer/",
    "securite/",
    "securite/application/desactiver/",
    "securite/codes/",
    "securite/codes/nouveaux/",
    "securite/cles/",
    "securite/cles/ajouter/",
    "confirmer-identite/",
    "confirmer-identite/code/",
    "confirmer-identite/cle/",
    "deconnexion/",
    "suppression/",
)
PAGES_OF_NOBODY = (
    "connexion/",
    "connexion/mot-de-passe/",
    "connexion/lien/rien/",
    "mot-de-passe/oublie/",
    "mot-de-passe/oublie/envoye/",
    "mot-de-passe/nouveau/1-rien/",
    "inactif/",
    "suppression/faite/",
    "connexion/abandonnee/",
)


def test_signing_in(broken: Callable, mailbox: Mailbox):
    def scenario(looks: Looks) -> None:
        for path in PAGES_OF_NOBODY:
            looks.at(f"nobody {path}", f"/compte/{path}")
        send(looks, "wrong address", "/compte/connexion/", button="Recevoir un code de connexion", email="a@b")
        send(looks, "code", "/compte/connexion/", button="Recevoir un code de connexion", email=EMAIL)
        send(looks, "wrong code", looks.page.url, button="Se connecter", code="AAAA-AAAA")
        link = mailbox.of(EMAIL)[-1].link(beginning="/compte/connexion/lien/")
        looks.at("link", re.sub(r"^https?://[^/]+", "", link))
        looks.page.context.clear_cookies()
        looks.at("link elsewhere", re.sub(r"^https?://[^/]+", "", link))

    assert broken(scenario) == {}


def test_a_password_and_the_second_step(broken: Callable):
    def scenario(looks: Looks) -> None:
        address = "/compte/connexion/mot-de-passe/"
        send(looks, "wrong password", address, button="Se connecter", login="ines@regards.example", password="non")
        send(looks, "second step", address, button="Se connecter", login="ines@regards.example", password=PASSWORD)
        send(looks, "wrong second step", looks.page.url, button="Se connecter", code="000000")

    assert broken(scenario) == {}


def test_an_account_with_everything(broken: Callable, addresses: dict[str, str]):
    def scenario(looks: Looks) -> None:
        for path in PAGES_OF_AN_ACCOUNT:
            looks.at(f"account {path}", f"/compte/{path}")
        for name in ("key to rename", "key to remove"):
            looks.at(name, addresses[name])
        send(looks, "address refused", "/compte/courriels/", button="Ajouter", email="personne@ici")
        send(
            looks,
            "password refused",
            "/compte/mot-de-passe/changer/",
            button="Changer",
            oldpassword="non",
            password1="a",
            password2="b",
        )
        send(looks, "deletion refused", "/compte/suppression/", button="Supprimer définitivement mon compte")

    assert broken(scenario, key=INES) == {}


def test_an_account_with_nothing_until_it_asks_too_often(broken: Callable):
    def scenario(looks: Looks) -> None:
        looks.at("account", "/compte/")
        looks.at("password to choose", "/compte/mot-de-passe/choisir/")
        looks.at("security", "/compte/securite/")
        looks.at("no key", "/compte/securite/cles/")
        looks.at("application", "/compte/securite/application/")
        send(looks, "application refused", "/compte/securite/application/", button="Activer", code="000000")
        send(
            looks,
            "password refused",
            "/compte/mot-de-passe/choisir/",
            button="Enregistrer",
            password1="a",
            password2="b",
        )
        too_often(looks.page)
        send(looks, "too often", "/compte/", button="Enregistrer")

    assert broken(scenario, key=SAMI) == {}


def too_often(page: Page) -> None:
    """Send the form of the account as many times as anybody may in a minute."""
    page.goto("/compte/")
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    for _try in range(16):
        answer = page.context.request.post(
            "/compte/", form={"csrfmiddlewaretoken": token, "first_name": "Sami", "last_name": "Roux"}, max_redirects=0
        )
    assert answer.status == 429
