"""A stranger comes by the home page and sends a sheet, writing before anybody answered: clicks are counted."""

import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.hands import field
from tests.browser.looks import violations
from tests.browser.mailbox import Mailbox
from tests.browser.partners import EDITOR, EDITOR_EMAIL, sign_in
from tests.browser.writing import AUDIENCE, CONTEXT, SUMMARY, TERRITORY

pytestmark = pytest.mark.browser

MOST_CLICKS = 14


class Stranger:
    """Somebody with an address, a mouse and a keyboard to write with."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0
        run = uuid.uuid4().hex[:8]
        self.email, self.structure = f"nadia-{run}@essais.example", f"Voisins solidaires {run}"
        self.title = f"Un café des voisins {run}"
        self.broken: dict[str, list[str]] = {}

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")

    def click(self, target: Locator) -> None:
        target.first.click()
        self.clicks += 1

    def link(self, name: str) -> None:
        self.click(self.main.get_by_role("link", name=name, exact=True))

    def button(self, name: str) -> None:
        self.click(self.main.get_by_role("button", name=name, exact=True))

    def write(self, label: str, text: str) -> None:
        field(self.page, label).fill(text)

    def arrive(self, title: str) -> None:
        """See where one is, and that nothing keeps anybody out."""
        expect(self.page).to_have_title(re.compile(f"^{re.escape(title)} – "))
        if found := violations(self.page):
            self.broken[title] = found


@pytest.mark.parametrize("width", [375, 1366])
def test_a_stranger_sends_a_sheet_in_few_clicks_and_writes_before_being_validated(
    visit: Callable, hub_url: str, mailbox: Mailbox, width: int
):
    def scenario(page: Page) -> None:
        nadia = Stranger(page)
        come_in(nadia, mailbox=mailbox)
        nadia.write("Votre structure", nadia.structure)
        page.get_by_label("Type de structure").select_option(label="Association")
        nadia.clicks += 1
        nadia.write("Votre prénom", "Nadia")
        nadia.write("Votre nom", "Perrin")
        nadia.button("Commencer la fiche")
        nadia.arrive("L’essentiel")
        nadia.write("Titre", nadia.title)
        nadia.write("Chapô", SUMMARY)
        nadia.button("Enregistrer et continuer")
        nadia.arrive("Le récit")
        nadia.write("Contexte", CONTEXT)
        nadia.link("Territoires et publics")
        nadia.arrive("Territoires et publics")
        nadia.write("Territoires", TERRITORY)
        nadia.click(page.get_by_role("option", name=re.compile(TERRITORY)))
        page.get_by_role("checkbox", name=re.compile(f"^{AUDIENCE}")).check(force=True)
        nadia.clicks += 1
        nadia.link("Documents et contact")
        nadia.write("Courriel du contact", "contact@essais.example")
        nadia.link("Vérifier et envoyer")
        nadia.arrive("Vérifier et envoyer")
        expect(nadia.main).to_contain_text("l’envoi attend votre structure")
        expect(nadia.main).to_contain_text("L’essentiel y est")
        expect(nadia.main.get_by_role("button", name="Envoyer en relecture")).to_have_count(0)
        page.goto("/espace/")
        nadia.arrive("Espace partenaire")
        expect(nadia.main).to_contain_text("Pas encore envoyée.")
        accept(nadia, mailbox=mailbox, hub_url=hub_url)
        answer = mailbox.wait_for(nadia.email, about=f"Vous pouvez écrire pour {nadia.structure}")
        page.goto(answer.link(beginning="/espace/"))
        nadia.clicks += 1  # on the link of the mail
        nadia.arrive("Vérifier et envoyer")
        nadia.button("Envoyer en relecture")
        nadia.arrive("Fiche envoyée")
        expect(nadia.main).to_contain_text("à l’équipe de relecture de la Dihal")
        mailbox.wait_for(EDITOR_EMAIL, about=f"Fiche à relire : {nadia.title}")
        assert nadia.broken == {}
        assert nadia.clicks <= MOST_CLICKS

    visit(scenario, width=width)


def come_in(stranger: Stranger, *, mailbox: Mailbox) -> None:
    """From the home page to the page that begins a sheet."""
    stranger.page.goto("/")
    stranger.link("Proposer une initiative")
    stranger.arrive("Proposer une initiative")
    stranger.link("Commencer une fiche")
    stranger.write("Adresse électronique", stranger.email)
    stranger.button("Recevoir un code de connexion")
    stranger.write("Code", mailbox.wait_for(stranger.email, about="votre code de connexion").code())
    stranger.button("Se connecter")
    stranger.arrive("Nouvelle fiche")


def accept(stranger: Stranger, *, mailbox: Mailbox, hub_url: str) -> None:
    """What Dihal does meanwhile, from the mail it receives."""
    browser = stranger.page.context.browser
    assert browser
    context = browser.new_context(base_url=hub_url, locale="fr-FR")
    page = context.new_page()
    sign_in(page, key=EDITOR, address=hub_url)
    mail = mailbox.wait_for(EDITOR_EMAIL, about=f"Demande d’accès : {stranger.structure}")
    page.goto(mail.link(beginning="/gestion/"))
    page.get_by_role("button", name="Ajouter la structure et accepter").click()
    expect(page.get_by_text(f"écrit désormais pour « {stranger.structure} »")).to_be_visible()
    context.close()
