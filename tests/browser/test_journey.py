"""The whole way of a partner, from the first mail to the corrected sheet online, as each person sees it.

A new partner, a reviewer of Dihal and a reader, each in a browser of their own; nobody is told anything but by a page
or a mail.
"""

import re
import time
import uuid
from collections.abc import Callable
from functools import cached_property
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.mailbox import Mail, Mailbox
from tests.browser.partners import EDITOR, EDITOR_EMAIL, sign_in
from tests.browser.test_space import save_and_stay
from tests.browser.visits import TIME_LIMIT
from tests.files.samples import ACCEPTED, picture

pytestmark = pytest.mark.browser

SUMMARY = "Des jeunes sortant de l’ASE louent une chambre chez des aînés."
CLEARER = "Vingt jeunes sortant de l’ASE louent une chambre chez des aînés de l’agglomération."
LATER = "Trente jeunes sortant de l’ASE louent une chambre chez des aînés."
REMARK = "Dites combien de jeunes, et où."
AUDIENCE = "Jeunes sortant de l’ASE"
TERRITORY = "Bourg-en-Bresse"
WITHIN = 1.0  # seconds from the reviewer's yes to the results of the search


def field(page: Page, label: str) -> Locator:
    """The field one writes in, by the first words of its label: what helps to fill it follows them."""
    return page.get_by_role("textbox", name=re.compile(f"^{re.escape(label)}"))


class Journey:
    """Three people before their screens."""

    def __init__(self, *, page: Page, hub_url: str, mailbox: Mailbox) -> None:
        self.run = uuid.uuid4().hex[:8]
        self.email = f"camille-{self.run}@essais.example"
        self.structure = f"Toits partagés {self.run}"
        self.title = f"Colocation de deux âges {self.run}"
        self.mailbox = mailbox
        self.hub_url = hub_url
        self.partner = page
        self.reviewer = self._another_browser()
        sign_in(self.reviewer, key=EDITOR, address=hub_url)
        self.reader = self._another_browser()

    def _another_browser(self) -> Page:
        assert self.partner.context.browser
        page = self.partner.context.browser.new_context(base_url=self.hub_url, locale="fr-FR").new_page()
        page.set_default_timeout(TIME_LIMIT)
        return page

    # --- people ----------------------------------------------------------------------------------------------------

    def ask_for_access(self) -> None:
        """Come by the foot of the home page, sign in with the code, describe one's structure."""
        page = self.partner
        page.goto("/")
        page.get_by_role("contentinfo").get_by_role("link", name="Espace partenaire").click()
        field(page, "Code").fill(self.ask_for_a_mail().code())
        page.get_by_role("button", name="Se connecter").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Rejoindre une structure")
        page.get_by_role("combobox", name="Nom de la structure").fill(self.structure)
        page.get_by_role("button", name="Chercher", exact=True).click()
        page.get_by_role("link", name="Décrire une nouvelle structure").click()
        expect(page.get_by_label("Nom de la structure")).to_have_value(self.structure)
        page.get_by_label("Type de structure").select_option(label="Association")
        page.get_by_role("button", name="Envoyer à la Dihal").click()
        expect(page.get_by_role("main")).to_contain_text("en attente")

    def ask_for_a_mail(self, *, count: int = 1) -> Mail:
        """Fill the page of the sign-in, and get its mail, the one of this rank."""
        page = self.partner
        field(page, "Adresse électronique").fill(self.email)
        page.get_by_role("button", name="Recevoir un code de connexion").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Un courriel vous attend")
        return self.mailbox.wait_for(self.email, about="votre code de connexion", count=count)

    def accept_the_request(self) -> None:
        """Open the request from the mail, and accept it."""
        page = self.reviewer
        mail = self.mailbox.wait_for(EDITOR_EMAIL, about=f"Demande d’accès : {self.structure}")
        page.goto(mail.link(beginning="/gestion/"))
        expect(page.get_by_role("main")).to_contain_text(self.email)
        page.get_by_role("button", name="Ajouter la structure et accepter").click()
        expect(page.get_by_text(f"écrit désormais pour « {self.structure} »")).to_be_visible()

    def sign_out(self) -> None:
        """Leave for good, by the site's own button."""
        self.partner.goto("/compte/deconnexion/")
        self.partner.get_by_role("main").get_by_role("button", name="Se déconnecter").click()
        self.partner.wait_for_url(lambda url: "deconnexion" not in url)
        self.partner.goto("/espace/")
        expect(self.partner.get_by_role("heading", level=1)).to_have_text("Connexion")

    def come_back_by_the_link(self) -> None:
        """Sign in again, by the link of the mail this time."""
        page = self.partner
        page.goto(self.ask_for_a_mail(count=2).link(beginning="/compte/connexion/lien/"))
        page.get_by_role("button", name="Me connecter").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Espace partenaire")

    # --- writing ---------------------------------------------------------------------------------------------------

    def next_step(self, title: str) -> None:
        """Save, go on, and see where one is."""
        self.partner.get_by_role("button", name="Enregistrer et continuer").click()
        expect(self.partner).to_have_title(re.compile(f"^{re.escape(title)} – "))

    def write_the_beginning(self) -> None:
        """The first visit: the essential, and half of the story."""
        mail = self.mailbox.wait_for(self.email, about=f"Vous pouvez écrire pour {self.structure}")
        page = self.partner
        page.goto(mail.link(beginning="/espace/"))
        page.get_by_role("link", name="Écrire une nouvelle fiche").click()
        page.get_by_role("button", name="Commencer la fiche").click()
        field(page, "Titre").fill(self.title)
        field(page, "Chapô").fill(SUMMARY)
        field(page, "Année de début").fill("2021")
        page.get_by_role("combobox", name="Mots-clés").fill("colocation, jeunes")
        self.next_step("Le récit")
        field(page, "Contexte").fill("Des chambres vides, des jeunes sans garant.")
        save_and_stay(page)

    def write_the_rest(self) -> None:
        """The second visit, by the dashboard: every other step, an image and a document."""
        page = self.partner
        row = page.get_by_role("listitem").filter(has_text=self.title)
        expect(row).to_contain_text("Brouillon")
        page.get_by_role("link", name=self.title).click()
        page.get_by_role("link", name="Écrire", exact=True).click()
        expect(field(page, "Chapô")).to_have_value(SUMMARY)
        self.next_step("Le récit")
        expect(field(page, "Contexte")).to_have_value("Des chambres vides, des jeunes sans garant.")
        field(page, "Objectifs").fill("- un logement\n- un lien")
        field(page, "Fonctionnement").fill("Une association fait les présentations, et reste joignable.")
        self.next_step("Partenaires et rôles")
        field(page, "Ce qu’elle fait").first.fill("Elle fait les présentations.")
        self.next_step("Territoires et publics")
        page.get_by_role("combobox", name=re.compile("^Territoires")).fill(TERRITORY)
        page.get_by_role("option", name=re.compile(TERRITORY)).first.click()
        page.get_by_role("checkbox", name=re.compile(f"^{AUDIENCE}")).check(force=True)  # its label is drawn over it
        self.next_step("Résultats et moyens")
        field(page, "Moyens et financement").fill("Un poste, financé par le Département.")
        page.get_by_role("button", name="Ajouter un chiffre").click()
        field(page, "Valeur").fill("20")
        field(page, "Ce que le chiffre compte").fill("jeunes logés")
        self.next_step("Documents et contact")
        page.get_by_label("Ajouter une image").set_input_files(
            {"name": "chambre.jpg", "mimeType": "image/jpeg", "buffer": picture()}
        )
        field(page, "Texte alternatif de l’image").fill("Deux personnes dans une cuisine")
        page.get_by_label("Ajouter des documents").set_input_files(
            {"name": "convention.pdf", "mimeType": "application/pdf", "buffer": ACCEPTED["rapport.pdf"]}
        )
        field(page, "Courriel du contact").fill("contact@essais.example")
        save_and_stay(page)
        expect(page.get_by_alt_text("Image actuelle de la fiche")).to_be_visible()
        expect(page.get_by_role("group", name=re.compile("^Document 1"))).to_contain_text("convention")
        self.next_step("Vérifier et envoyer")

    def rewrite_the_summary(self, text: str) -> None:
        """Write another one, save, and go to the step that checks."""
        field(self.partner, "Chapô").fill(text)
        self.next_step("Le récit")
        self.partner.get_by_role("link", name="Vérifier et envoyer").first.click()

    def submit(self, *, words: str = "") -> None:
        """Send the sheet from the step that checks it."""
        page = self.partner
        page.get_by_role("link", name="Envoyer en relecture", exact=True).click()
        field(page, "Message aux relecteurs").fill(words)
        page.get_by_role("button", name="Envoyer en relecture").click()
        expect(page.get_by_role("main")).to_contain_text("réponse attendue le")

    # --- review ----------------------------------------------------------------------------------------------------

    def return_it(self) -> None:
        """Read the sheet from the mail, and return it with a remark on one field."""
        page = self.reviewer
        mail = self.mailbox.wait_for(EDITOR_EMAIL, about=f"Fiche à relire : {self.title}")
        assert "Notre première fiche." in mail.text
        page.goto("/gestion/")
        page.get_by_role("link", name=re.compile("^Relectures")).first.click()
        page.get_by_role("link", name=self.title).click()
        expect(page).to_have_url(mail.link(beginning="/gestion/"))
        expect(page.get_by_role("main")).to_contain_text(SUMMARY)
        page.get_by_text("Remarques : L’essentiel").click()
        field(page, "Chapô").fill(REMARK)
        page.get_by_role("button", name="Renvoyer au partenaire").click()
        expect(page.get_by_text("La fiche est renvoyée au partenaire").first).to_be_visible()

    def approve(self, *, subject: str, count: int = 1) -> None:
        """Open the sheet from the mail, and say yes."""
        page = self.reviewer
        mail = self.mailbox.wait_for(EDITOR_EMAIL, about=f"{subject} : {self.title}", count=count)
        page.goto(mail.link(beginning="/gestion/"))
        page.get_by_role("button", name="Approuver", exact=True).click()
        expect(page.get_by_text("La fiche est approuvée").first).to_be_visible()

    def correct(self) -> None:
        """Follow the link of the mail to the field, read the remark beside it, correct."""
        page = self.partner
        mail = self.mailbox.wait_for(self.email, about=f"À corriger : {self.title}")
        assert REMARK in mail.text
        page.goto(mail.link(beginning="/espace/"))
        expect(page.locator("#champ-summary")).to_contain_text(REMARK)
        self.rewrite_the_summary(CLEARER)

    def change(self) -> None:
        """Change the sheet that is online, from the mail that says it is."""
        page = self.partner
        mail = self.mailbox.wait_for(self.email, about=f"En ligne : {self.title}")
        page.goto(mail.link(beginning="/espace/"))
        page.get_by_role("link", name="Modifier", exact=True).click()
        self.rewrite_the_summary(LATER)

    # --- reading ---------------------------------------------------------------------------------------------------

    def expect_online(self, text: str) -> None:
        """Open the sheet by the address of the mail, and read this text and no other."""
        page = self.reader
        mail = self.mailbox.wait_for(self.email, about=f"En ligne : {self.title}")
        # The hub was prepared for another port than the one it is served on: the path alone is followed.
        page.goto(urlsplit(mail.link(beginning="/initiatives/")).path)
        expect(page.get_by_role("heading", level=1)).to_contain_text(self.title)
        main = page.get_by_role("main")
        expect(main).to_contain_text(text)
        for other in {SUMMARY, CLEARER, LATER} - {text}:
            expect(main).not_to_contain_text(other)

    def expect_files_online(self) -> None:
        """See the image, and get the document."""
        page = self.reader
        expect(page.get_by_alt_text("Deux personnes dans une cuisine")).to_be_visible()
        address = page.get_by_role("main").get_by_role("link", name=re.compile("convention")).get_attribute("href")
        assert page.context.request.get(address or "").body() == ACCEPTED["rapport.pdf"]

    @cached_property
    def search_address(self) -> str:
        """The results for the public and the territory, chosen in the page as a practitioner does: no word is typed."""
        page = self.reader
        page.goto("/recherche/")
        every_public = page.get_by_role("link", name="Tout voir : public")
        if every_public.count():
            every_public.click()
        page.get_by_role("link", name=f"{AUDIENCE} (").click()
        page.get_by_role("combobox", name=re.compile("^Territoire")).fill(TERRITORY)
        page.get_by_role("option", name=re.compile(TERRITORY)).first.click()
        page.get_by_role("main").get_by_role("button", name="Rechercher", exact=True).click()
        page.wait_for_url(lambda url: "territoire=" in url)
        return page.url

    def is_found(self) -> bool:
        """Whether these results show the sheet."""
        self.reader.goto(self.search_address)
        return self.reader.get_by_role("link", name=self.title).count() == 1


def test_a_new_partner_publishes_a_sheet_and_keeps_it_up_to_date(visit: Callable, hub_url: str, mailbox: Mailbox):
    def scenario(page: Page) -> None:
        journey = Journey(page=page, hub_url=hub_url, mailbox=mailbox)
        journey.ask_for_access()
        journey.accept_the_request()
        journey.write_the_beginning()
        journey.sign_out()
        journey.come_back_by_the_link()
        journey.write_the_rest()
        journey.submit(words="Notre première fiche.")
        assert not journey.is_found()
        journey.return_it()
        journey.correct()
        journey.submit()
        journey.approve(subject="Fiche à relire", count=2)
        approved = time.monotonic()
        while not journey.is_found():
            assert time.monotonic() < approved + WITHIN
        journey.expect_online(CLEARER)
        journey.expect_files_online()
        journey.change()
        journey.expect_online(CLEARER)
        journey.submit()
        journey.expect_online(CLEARER)
        journey.approve(subject="Mise à jour à relire")
        journey.expect_online(LATER)
        mailbox.wait_for(journey.email, about=f"Mise à jour en ligne : {journey.title}")
        assert journey.is_found()

    visit(scenario)
