"""Who is signed in, and the members of a structure, on a phone; the reviewer's screen makes no noise."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.partners import AWA, EDITOR, STRUCTURE, sign_in

pytestmark = pytest.mark.browser

IS_WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def test_on_a_phone_the_members_and_what_may_be_done_hold_in_the_screen(partner):
    def scenario(page: Page) -> None:
        page.goto("/espace/structures/")
        page.get_by_role("link", name=f"Membres de {STRUCTURE}").click()
        page.wait_for_url("**/membres/")
        assert not page.evaluate(IS_WIDER)
        main = page.get_by_role("main")
        for control in (
            main.get_by_role("button", name="Rendre responsable"),
            main.get_by_role("link", name="Retirer"),
        ):
            box = control.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 375
        mine = page.get_by_role("navigation", name="Mon espace")
        for name in ("Mes fiches", "Mes structures", "Mon compte"):
            expect(mine.get_by_role("link", name=name)).to_be_in_viewport()
        expect(mine.get_by_role("button", name="Se déconnecter")).to_be_in_viewport()

    partner(scenario, width=375)


def test_no_error_is_shown_beside_a_passkey_before_there_is_one(visit):
    def scenario(page: Page) -> None:
        page.goto("/compte/connexion/")
        expect(page.get_by_role("button", name="Se connecter avec une clé d’accès")).to_be_visible()
        expect(page.locator("#erreur-cle")).to_be_hidden()

    visit(scenario)


def test_the_reviewer_sees_the_sheet_at_once_and_the_browser_complains_of_nothing(visit, hub_url):
    def scenario(page: Page) -> None:
        # A sheet of its own: the list shows the last ones written, and other tests write many.
        sign_in(page, key=AWA, address=hub_url)
        page.goto("/espace/fiches/nouvelle/")
        page.get_by_role("button", name="Commencer la fiche").click()
        page.wait_for_url("**/essentiel/")
        number = page.url.split("/")[5]
        title = f"Une fiche à lire {number}"
        page.locator("[name=title]").fill(title)
        with page.expect_navigation():
            page.get_by_role("button", name="Enregistrer et rester ici").click()
        page.context.clear_cookies()
        sign_in(page, key=EDITOR, address=hub_url)
        page.goto(f"/gestion/relectures/{number}/", wait_until="networkidle")
        frame = page.frame_locator("iframe")
        expect(frame.get_by_role("heading", name=title)).to_be_in_viewport()
        expect(frame.locator(".fr-header")).to_be_hidden()

    visit(scenario)
