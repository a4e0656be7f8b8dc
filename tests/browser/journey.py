"""The whole way of a partner, from the first mail to the sheet online, as each person sees it.

A new partner, a reviewer of Dihal and a reader, each in a browser of their own; nobody is told anything but by a page
or a mail.
"""

import re
import time
from collections.abc import Callable
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.hands import Hands, MouseHands, field
from tests.browser.mailbox import Mail, Mailbox
from tests.browser.partners import EDITOR, EDITOR_EMAIL, session_expires, sign_in
from tests.browser.writing import ALTERNATIVE, AUDIENCE, SUMMARY, TERRITORY, Writing
from tests.files.samples import ACCEPTED
from tests.support.browser import TIME_LIMIT

CLEARER = "Vingt jeunes sortant de l’ASE louent une chambre chez des aînés de l’agglomération."
LATER = "Trente jeunes sortant de l’ASE louent une chambre chez des aînés."
DESK: ViewportSize = {"width": 1280, "height": 900}
REMARK = "Dites combien de jeunes, et où."


class Journey(Writing):
    """Three people before their screens.

    Args:
        page: the partner's; the two others' are like it.
        hub_url: the site.
        mailbox: what they receive.
        hands: makes the hands of whoever sits before a page.
        options: what a browser of Playwright is opened with.
    """

    def __init__(
        self,
        *,
        page: Page,
        hub_url: str,
        mailbox: Mailbox,
        hands: Callable[[Page], Hands] = MouseHands,
        **options: object,
    ) -> None:
        super().__init__(page=page, hands=hands(page), mailbox=mailbox)
        self.hub_url = hub_url
        self.options = options
        # Without scripts, Wagtail's pages need a desk; and the way to ours, their menu, is not there.
        self.has_menu = bool(options.get("java_script_enabled", True))
        self.reviewer = self._another_browser(viewport=DESK)
        self.reviewer_hands = hands(self.reviewer)
        sign_in(self.reviewer, key=EDITOR, address=hub_url)
        self.reader = self._another_browser(viewport=page.viewport_size)
        self.reader_hands = hands(self.reader)

    def _another_browser(self, *, viewport: ViewportSize | None) -> Page:
        assert self.partner.context.browser
        options: dict[str, Any] = {"base_url": self.hub_url, "locale": "fr-FR", "viewport": viewport, **self.options}
        context = self.partner.context.browser.new_context(**options)
        page = context.new_page()
        page.set_default_timeout(TIME_LIMIT)
        return page

    def go_on_until_online(self, *, within: float) -> None:
        """From a sheet just begun to the sheet found by a reader, sent back and corrected on its way."""
        self.open_the_dashboard()
        self.go_on()
        self.submit(words="Notre première fiche.")
        self.return_it()
        self.correct()
        self.submit()
        self.approve(subject="Fiche à relire", count=2)
        self.wait_to_be_found(within=within)
        self.expect_online(CLEARER)
        self.expect_files_online()

    # --- people ----------------------------------------------------------------------------------------------------

    def ask_for_access(self) -> None:
        """Come by the foot of the home page, sign in with the code, describe one's structure."""
        page = self.partner
        page.goto("/")
        self.hands.press(page.get_by_role("contentinfo").get_by_role("link", name="Espace partenaire"))
        self.expect_page("Connexion")
        self.type_the_code()
        self.expect_page("Rejoindre une structure")
        self.write("Nom de la structure", self.structure)
        self.hands.press(self.button("Continuer"))
        expect(page.get_by_role("main")).to_contain_text("Aucune structure de la liste")
        self.hands.press(self.link("Décrire une nouvelle structure"))
        self.expect_page("Décrire une nouvelle structure")
        expect(page.get_by_label("Nom de la structure")).to_have_value(self.structure)
        self.hands.pick(page.get_by_label("Type de structure"), "Association")
        self.write("Votre prénom", "Nadia")
        self.write("Votre nom", "Perrin")
        self.hands.press(self.button("Envoyer à la Dihal"))
        expect(page.get_by_role("main")).to_contain_text("en attente")

    def ask_for_a_mail(self, *, count: int = 1) -> Mail:
        """Fill the page of the sign-in, and get its mail, the one of this rank."""
        self.write("Adresse électronique", self.email)
        self.hands.press(self.button("Recevoir un code de connexion"))
        expect(self.partner.get_by_role("heading", level=1)).to_have_text("Un courriel vous attend")
        return self.mailbox.wait_for(self.email, about="votre code de connexion", count=count)

    def type_the_code(self, *, count: int = 1) -> None:
        """Sign in by the code of a mail."""
        self.write("Code", self.ask_for_a_mail(count=count).code())
        self.hands.press(self.button("Se connecter"))

    def accept_the_request(self) -> None:
        """Open the request from the mail, and accept it."""
        page = self.reviewer
        mail = self.mailbox.wait_for(EDITOR_EMAIL, about=f"Demande d’accès : {self.structure}")
        page.goto(mail.link(beginning="/gestion/"))
        expect(page.get_by_role("main")).to_contain_text(self.email)
        self.reviewer_hands.press(page.get_by_role("button", name="Ajouter la structure et accepter"))
        expect(page.get_by_text(f"écrit désormais pour « {self.structure} »")).to_be_visible()

    def sign_out(self) -> None:
        """Leave for good, by the site's own button."""
        self.partner.goto("/compte/deconnexion/")
        self.hands.press(self.button("Se déconnecter"))
        self.partner.wait_for_url(lambda url: "deconnexion" not in url)
        self.partner.goto("/espace/")
        self.expect_page("Connexion")

    def come_back_by_the_link(self) -> None:
        """Sign in again, by the link of the mail this time."""
        self.partner.goto(self.ask_for_a_mail(count=2).link(beginning="/compte/connexion/lien/"))
        self.hands.press(self.button("Me connecter"))
        expect(self.partner.get_by_role("heading", level=1)).to_have_text("Espace partenaire")

    def write_while_the_session_ends(self) -> None:
        """Send a step too late: sign in again by a new code, be shown the text, which is not saved, and save it."""
        page = self.partner
        self.write("Objectifs", "Écrit trop tard.")
        session_expires(page)
        self.hands.press(self.button("Enregistrer et rester ici"))
        self.expect_page("Connexion")
        self.type_the_code(count=2)
        self.expect_page("Le récit")
        expect(page.get_by_role("main")).to_contain_text("Il n’est pas encore enregistré.")
        expect(field(page, "Objectifs")).to_have_value("Écrit trop tard.")
        self.save_and_stay()
        expect(page.get_by_role("main")).not_to_contain_text("Il n’est pas encore enregistré.")
        expect(field(page, "Objectifs")).to_have_value("Écrit trop tard.")

    # --- review ----------------------------------------------------------------------------------------------------

    def return_it(self) -> None:
        """Read the sheet from the queue, and return it with a remark on one field."""
        page = self.reviewer
        mail = self.mailbox.wait_for(EDITOR_EMAIL, about=f"Fiche à relire : {self.title}")
        assert "Notre première fiche." in mail.text
        page.goto("/gestion/" if self.has_menu else "/gestion/relectures/")
        if self.has_menu:
            self.reviewer_hands.press(page.get_by_role("link", name=re.compile("^Relectures")).first)
        self.reviewer_hands.press(page.get_by_role("link", name=self.title))
        expect(page).to_have_url(mail.link(beginning="/gestion/"))
        expect(page.get_by_role("main")).to_contain_text(SUMMARY)
        self.reviewer_hands.press(page.get_by_role("link", name="Répondre"))
        self.reviewer_hands.press(page.get_by_text("Remarques : L’essentiel"))
        self.reviewer_hands.write(field(page, "Chapô"), REMARK)
        self.reviewer_hands.press(page.get_by_role("button", name="Renvoyer au partenaire"))
        expect(page.get_by_text("La fiche est renvoyée au partenaire").first).to_be_visible()

    def approve(self, *, subject: str, count: int = 1) -> None:
        """Open the sheet from the mail, and say yes."""
        page = self.reviewer
        mail = self.mailbox.wait_for(EDITOR_EMAIL, about=f"{subject} : {self.title}", count=count)
        page.goto(mail.link(beginning="/gestion/"))
        self.reviewer_hands.press(page.get_by_role("link", name="Répondre"))
        self.reviewer_hands.press(page.get_by_role("button", name="Approuver", exact=True))
        expect(page.get_by_text("La fiche est approuvée").first).to_be_visible()

    def correct(self) -> None:
        """Follow the link of the mail to the field, read the remark beside it, correct."""
        mail = self.mailbox.wait_for(self.email, about=f"À corriger : {self.title}")
        assert REMARK in mail.text
        self.partner.goto(mail.link(beginning="/espace/"))
        expect(self.partner.locator("#champ-summary")).to_contain_text(REMARK)
        self.rewrite_the_summary(CLEARER)

    def change(self) -> None:
        """Change the sheet that is online, from the mail that says it is."""
        mail = self.mailbox.wait_for(self.email, about=f"En ligne : {self.title}")
        self.partner.goto(mail.link(beginning="/espace/"))
        self.hands.press(self.link("Modifier"))
        self.expect_page("L’essentiel")
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
        expect(page.get_by_alt_text(ALTERNATIVE)).to_be_visible()
        address = page.get_by_role("main").get_by_role("link", name=re.compile("convention")).get_attribute("href")
        assert page.context.request.get(address or "").body() == ACCEPTED["rapport.pdf"]

    @cached_property
    def search_address(self) -> str:
        """The results for the public and the territory, chosen in the page as a practitioner does: no word is typed."""
        page = self.reader
        page.goto("/recherche/")
        every_public = page.get_by_role("link", name="Tout voir : public")
        if every_public.count():
            self.reader_hands.press(every_public)
            expect(page).to_have_url(re.compile("#filtres$"))
        self.reader_hands.press(page.get_by_role("link", name=f"{AUDIENCE} ("))
        page.wait_for_url(lambda url: "public=" in url)
        # On a phone the form of a search that was made is folded.
        folded = page.get_by_role("link", name="Modifier la recherche")
        if folded.is_visible():
            self.reader_hands.press(folded)
        self.reader_hands.choose(field(page, "Territoire"), TERRITORY)
        self.reader_hands.press(page.get_by_role("main").get_by_role("button", name="Rechercher", exact=True))
        page.wait_for_url(lambda url: "territoire=" in url)
        return page.url

    def is_found(self) -> bool:
        """Whether these results show the sheet."""
        self.reader.goto(self.search_address)
        return self.reader.get_by_role("link", name=self.title).count() == 1

    def wait_to_be_found(self, *, within: float) -> None:
        """Look at the results again and again, for so many seconds."""
        limit = time.monotonic() + within
        while not self.is_found():
            assert time.monotonic() < limit
