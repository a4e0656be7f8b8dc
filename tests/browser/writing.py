"""What a partner does to write a sheet, step by step, with whatever hands."""

import re
import uuid

from playwright.sync_api import Locator, Page, expect

from tests.browser.hands import Hands, field, written_in
from tests.browser.mailbox import Mailbox
from tests.browser.partners import STRUCTURE
from tests.files.samples import ACCEPTED, picture

SUMMARY = "Des jeunes sortant de l’ASE louent une chambre chez des aînés."
CONTEXT = "Des chambres vides, des jeunes sans garant."
AUDIENCE = "Jeunes sortant de l’ASE"
TERRITORY = "Bourg-en-Bresse"
ALTERNATIVE = "Deux personnes dans une cuisine"


class Writing:
    """Somebody before the form, for a structure and a sheet that no other test knows."""

    def __init__(self, *, page: Page, hands: Hands, mailbox: Mailbox) -> None:
        self.run = uuid.uuid4().hex[:8]
        self.email = f"camille-{self.run}@essais.example"
        self.structure = f"Toits partagés {self.run}"
        self.title = f"Colocation de deux âges {self.run}"
        self.mailbox = mailbox
        self.partner = page
        self.hands = hands

    def button(self, name: str) -> Locator:
        return self.partner.get_by_role("main").get_by_role("button", name=name, exact=True)

    def link(self, name: str) -> Locator:
        return self.partner.get_by_role("main").get_by_role("link", name=name, exact=True)

    def write(self, label: str, text: str) -> None:
        # The visual editor takes the place of the field once it is loaded: not under the hand that writes.
        self.partner.wait_for_load_state("networkidle")
        self.hands.write(field(self.partner, label), text)

    def expect_page(self, title: str) -> None:
        """See where one is."""
        expect(self.partner).to_have_title(re.compile(f"^{re.escape(title)} – "))

    def next_step(self, title: str) -> None:
        """Save, go on, and see where one is."""
        self.hands.press(self.button("Enregistrer et continuer"))
        self.expect_page(title)

    def save_and_stay(self) -> None:
        """Save, and be shown what answers it."""
        with self.partner.expect_navigation():
            self.hands.press(self.button("Enregistrer et rester ici"))

    def begin(self) -> None:
        """The first visit: the essential, and half of the story."""
        mail = self.mailbox.wait_for(self.email, about=f"Vous pouvez écrire pour {self.structure}")
        self.partner.goto(mail.link(beginning="/espace/"))
        self.hands.press(self.link("Écrire une nouvelle fiche"))
        self.expect_page("Nouvelle fiche")
        self.hands.press(self.button("Commencer la fiche"))
        self.expect_page("L’essentiel")
        self.write("Titre", self.title)
        self.write("Chapô", SUMMARY)
        self.write("Année de début", "2021")
        self.write("Mots-clés", "colocation, jeunes")
        self.next_step("Le récit")
        self.write("Contexte", CONTEXT)
        self.save_and_stay()

    def open_the_dashboard(self) -> None:
        """Go up, by the line that says where one is."""
        self.hands.press(self.partner.get_by_role("link", name="Espace partenaire").first)
        self.expect_page("Espace partenaire")

    def go_on(self) -> None:
        """From the dashboard, every other step, an image and a document."""
        page = self.partner
        row = page.get_by_role("listitem").filter(has_text=self.title)
        expect(row).to_contain_text("Brouillon")
        self.hands.press(self.link(self.title))
        self.expect_page(self.title)
        self.hands.press(self.link("Écrire"))
        self.expect_page("L’essentiel")
        expect(field(page, "Chapô")).to_have_value(SUMMARY)
        self.next_step("Le récit")
        assert written_in(field(page, "Contexte")) == CONTEXT
        self.write("Objectifs", "- un logement\n- un lien")
        self.write("Fonctionnement", "Une association fait les présentations.")
        self.next_step("Partenaires et rôles")
        self.name_partners()
        self.next_step("Territoires et publics")
        self.hands.choose(field(page, "Territoires"), TERRITORY)
        self.hands.tick(page.get_by_role("checkbox", name=re.compile(f"^{AUDIENCE}")))
        self.next_step("Résultats et moyens")
        self.write("Moyens et financement", "Un poste, financé par le Département.")
        self.count_what_was_done()
        self.next_step("Documents et contact")
        self.send_files()
        self.next_step("Vérifier et envoyer")

    def name_partners(self) -> None:
        """Say what one's own structure does; add a known one, and one that is taken away again."""
        page = self.partner
        first = self.row("Partenaire 1")
        self.hands.write(first.get_by_label("Ce qu’elle fait"), "Elle fait les présentations.")
        self.hands.press(self.button("Ajouter un partenaire"))
        second = self.row("Partenaire 2")
        self.hands.choose(second.get_by_label("Structure", exact=False).first, STRUCTURE)
        self.hands.pick(second.get_by_label("Rôle"), "Financeur")
        self.hands.press(self.button("Ajouter un partenaire"))
        third = self.row("Partenaire 3")
        self.hands.write(third.get_by_label("Ce qu’elle fait"), "Elle n’est pas venue.")
        self.hands.press(third.get_by_role("button", name=re.compile("^Retirer")))
        expect(page.get_by_role("group", name="Partenaire 3", exact=True)).to_have_count(0)
        expect(second.get_by_label("Structure", exact=False).first).to_have_value(STRUCTURE)

    def count_what_was_done(self) -> None:
        """Give two figures, and take the first one back."""
        self.hands.press(self.button("Ajouter un chiffre"))
        first = self.row("Chiffre 1")
        self.hands.write(first.get_by_label("Valeur"), "3")
        self.hands.write(first.get_by_label("Ce que le chiffre compte"), "chambres vides")
        self.hands.press(self.button("Ajouter un chiffre"))
        second = self.row("Chiffre 2")
        self.hands.write(second.get_by_label("Valeur"), "20")
        self.hands.write(second.get_by_label("Ce que le chiffre compte"), "jeunes logés")
        self.hands.press(first.get_by_role("button", name=re.compile("^Retirer")))
        expect(self.partner.get_by_role("group", name="Chiffre 2", exact=True)).to_have_count(0)
        expect(first.get_by_label("Valeur")).to_have_value("20")

    def row(self, name: str) -> Locator:
        """A row of a list, once it is there."""
        row = self.partner.get_by_role("group", name=name, exact=True)
        expect(row).to_be_visible()
        return row

    def send_files(self) -> None:
        """An image and what it shows, a document, a contact."""
        page = self.partner
        photograph = {"name": "chambre.jpg", "mimeType": "image/jpeg", "buffer": picture()}
        agreement = {"name": "convention.pdf", "mimeType": "application/pdf", "buffer": ACCEPTED["rapport.pdf"]}
        self.hands.give(page.get_by_label("Ajouter une image"), photograph)  # type: ignore[arg-type]
        self.write("Texte alternatif de l’image", ALTERNATIVE)
        self.hands.give(page.get_by_label("Ajouter des documents"), agreement)  # type: ignore[arg-type]
        self.write("Courriel du contact", "contact@essais.example")
        self.save_and_stay()
        expect(page.get_by_alt_text("Image actuelle de la fiche")).to_be_visible()
        expect(page.get_by_role("group", name=re.compile("^Document 1"))).to_contain_text("convention")

    def rewrite_the_summary(self, text: str) -> None:
        """Write another one, save, and go to the step that checks."""
        self.write("Chapô", text)
        self.next_step("Le récit")
        self.hands.press(self.partner.get_by_role("link", name="Vérifier et envoyer").first)
        self.expect_page("Vérifier et envoyer")

    def submit(self, *, words: str = "") -> None:
        """Send the sheet from the step that checks it, and read that it is sent, when, to whom, what comes next."""
        expect(self.partner.get_by_role("main")).to_contain_text("pas encore envoyée", ignore_case=True)
        if words:
            self.write("Message aux relecteurs", words)
        self.hands.press(self.button("Envoyer en relecture"))
        self.expect_page("Fiche envoyée")
        main = self.partner.get_by_role("main")
        for said in (
            "est en relecture",
            "à l’équipe de relecture de la Dihal",
            self.email,
            "Sa réponse est attendue pour le",
        ):
            expect(main).to_contain_text(said)
