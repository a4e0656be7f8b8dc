"""Security keys, passkeys and the application of a phone, in a browser that has them."""

import re
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.accounts.test_second_factor import application_code
from tests.browser.hands import field
from tests.browser.hub_process import run_in
from tests.browser.mailbox import Mailbox

pytestmark = pytest.mark.browser

OWNER = "the owner"
# A key that is there, and a finger that is its owner's.
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def add_key(page: Page) -> Callable[[str], object]:
    """Give the browser a key; what is returned says whose « finger » is on it from then on."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    key = session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})["authenticatorId"]

    def touched_by(finger: str) -> None:
        session.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": finger == OWNER})

    return touched_by


def main_button(page: Page, name: str):
    return page.get_by_role("main").get_by_role("button", name=name, exact=True)


def sign_in_by_mail(page: Page, *, mailbox: Mailbox, email: str, address: str, count: int = 1) -> None:
    page.goto(address)
    field(page, "Adresse électronique").fill(email)
    main_button(page, "Recevoir un code de connexion").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Un courriel vous attend")
    field(page, "Code").fill(mailbox.wait_for(email, about="votre code de connexion", count=count).code())
    main_button(page, "Se connecter").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Un courriel vous attend")


def sign_out(page: Page) -> None:
    page.goto("/compte/deconnexion/")
    main_button(page, "Se déconnecter").click()
    page.wait_for_url(lambda url: "deconnexion" not in url)


def go_to_security(page: Page) -> None:
    page.goto("/compte/")
    page.get_by_role("link", name="Seconde étape et clés d’accès").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sécurité")


def add_passkey(page: Page, *, name: str, is_passkey: bool) -> None:
    """From the account page: add a key, which opens the account alone or not."""
    go_to_security(page)
    page.get_by_role("link", name="Ajouter une clé").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ajouter une clé")
    expect(page.locator("#erreur-cle")).to_be_hidden()
    field(page, "Nom de la clé").fill(name)
    if is_passkey:
        page.get_by_role("checkbox", name="En faire une clé d’accès").check(force=True)
    main_button(page, "Ajouter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Codes de secours")


@pytest.fixture
def address(hub_url: str) -> str:
    """The site under a name, which a key remembers: an address of the network has none."""
    return hub_url.replace("127.0.0.1", "localhost")


@pytest.fixture
def email() -> str:
    return f"cle-{uuid.uuid4().hex[:8]}@essais.example"


def test_a_passkey_is_added_then_opens_the_account_alone(visit: Callable, address: str, mailbox: Mailbox, email: str):
    def scenario(page: Page) -> None:
        touched_by = add_key(page)
        sign_in_by_mail(page, mailbox=mailbox, email=email, address="/compte/connexion/?next=/compte/")
        add_passkey(page, name="Mon ordinateur", is_passkey=True)
        page.goto("/compte/securite/cles/")
        expect(page.get_by_role("main")).to_contain_text("Clé d’accès (ouvre le compte à elle seule)")
        sign_out(page)
        page.goto("/compte/connexion/?next=/compte/")
        touched_by("somebody else")
        main_button(page, "Se connecter avec une clé d’accès").click()
        expect(page.get_by_role("alert")).to_contain_text("La clé n’a pas été reconnue, ou vous avez renoncé.")
        touched_by(OWNER)
        main_button(page, "Se connecter avec une clé d’accès").click()
        page.wait_for_url("**/compte/")
        expect(page.get_by_role("main")).to_contain_text(email)
        # It is renamed and taken away, once one has shown again that one has it.
        page.goto("/compte/securite/cles/")
        page.get_by_role("link", name="Renommer Mon ordinateur").click()
        page.get_by_role("link", name="Avec votre clé").click()
        main_button(page, "Utiliser ma clé").click()
        field(page, "Nom de la clé").fill("Mon téléphone")
        main_button(page, "Enregistrer").click()
        page.get_by_role("link", name="Retirer Mon téléphone").click()
        main_button(page, "Retirer").click()
        expect(page.get_by_role("main")).to_contain_text("Aucune clé.")

    visit(scenario, base_url=address)


def test_an_editor_enters_gestion_with_a_key_as_second_step(
    visit: Callable, address: str, mailbox: Mailbox, email: str, hub_folder: Path
):
    run_in(folder=hub_folder, code=f"from tests.browser.partners import add_editor; add_editor(email='{email}')")

    def scenario(page: Page) -> None:
        add_key(page)
        sign_in = partial(sign_in_by_mail, page, mailbox=mailbox, email=email, address="/gestion/")
        sign_in()
        page.wait_for_url("**/gestion/")
        page.goto("/compte/")
        expect(page.get_by_role("main")).to_contain_text("Protégez votre accès")
        add_passkey(page, name="Ma clé USB", is_passkey=False)
        page.goto("/compte/")
        expect(page.get_by_role("main")).not_to_contain_text("Protégez votre accès")
        sign_out(page)
        sign_in(count=2)
        expect(page.get_by_role("heading", level=1)).to_have_text("Seconde étape")
        expect(page.locator("#erreur-cle")).to_be_hidden()
        main_button(page, "Utiliser ma clé").click()
        page.wait_for_url("**/gestion/")

    visit(scenario, base_url=address)


def test_an_editor_enters_gestion_with_the_application_of_a_phone_as_second_step(
    visit: Callable, address: str, mailbox: Mailbox, email: str, hub_folder: Path
):
    run_in(folder=hub_folder, code=f"from tests.browser.partners import add_editor; add_editor(email='{email}')")

    def scenario(page: Page) -> None:
        sign_in = partial(sign_in_by_mail, page, mailbox=mailbox, email=email, address="/gestion/")
        sign_in()
        page.wait_for_url("**/gestion/")
        go_to_security(page)
        page.get_by_role("link", name="Activer une application").click()
        expect(page.get_by_alt_text(re.compile("^Code à photographier"))).to_be_visible()
        secret = page.get_by_role("main").locator("code").inner_text()
        field(page, "Code").fill("000000")
        main_button(page, "Activer").click()
        expect(page).to_have_title(re.compile("^Erreur"))
        field(page, "Code").fill(application_code(secret))
        main_button(page, "Activer").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Codes de secours")
        rescue = page.get_by_role("main").locator("li code").first.inner_text()
        sign_out(page)
        sign_in(count=2)
        expect(page.get_by_role("heading", level=1)).to_have_text("Seconde étape")
        field(page, "Code").fill(rescue)
        main_button(page, "Se connecter").click()
        page.wait_for_url("**/gestion/")

    visit(scenario, base_url=address)
