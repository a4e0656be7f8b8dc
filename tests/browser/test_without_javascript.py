"""What a partner writes is kept, corrected, chosen and deleted in a browser that runs no script."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.partners import AWA, LEA, session_expires, sign_in
from tests.browser.test_space import BROKEN, begin_sheet, save_and_stay, summary

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("width", [375, 1280])]


def test_a_step_is_saved_by_its_button_and_a_session_that_ended_leads_to_the_sign_in(partner, width: int):
    def scenario(page: Page) -> None:
        address = begin_sheet(page)
        summary(page).fill("Un chapô.")
        save_and_stay(page)
        page.goto(address)
        expect(summary(page)).to_have_value("Un chapô.")
        summary(page).fill("Un chapô plus long.")
        session_expires(page)
        save_and_stay(page)
        page.wait_for_url("**/compte/connexion/**")
        expect(page.get_by_role("heading", level=1)).to_be_visible()

    partner(scenario, javascript=False, width=width, forgiven=BROKEN)


def test_an_error_is_summed_up_with_a_link_to_its_field_and_corrected(partner, width: int):
    def scenario(page: Page) -> None:
        address = begin_sheet(page)
        summary(page).fill("Gardé malgré l’erreur.")
        page.locator("[name=start_year]").fill("2023")
        page.locator("[name=end_year]").fill("1999")
        save_and_stay(page)
        expect(page).to_have_title(re.compile("^Erreur"))
        link = page.locator("#erreurs").get_by_role("link").first
        link.click()
        target = page.url.partition("#")[2]
        expect(page.locator(f"[id='{target}']")).to_be_in_viewport()
        expect(summary(page)).to_have_value("Gardé malgré l’erreur.")
        page.locator("[name=end_year]").fill("2024")
        save_and_stay(page)
        expect(page.locator("#erreurs")).to_have_count(0)
        page.goto(address)
        expect(page.locator("[name=end_year]")).to_have_value("2024")

    partner(scenario, javascript=False, width=width, forgiven=BROKEN)


@pytest.mark.parametrize(("choice", "kept"), [("mien", "Par Awa."), ("enregistré", "Par Léa.")], ids=["mine", "theirs"])
def test_two_texts_are_both_shown_and_one_is_chosen(partner, hub_url, width: int, choice: str, kept: str):
    def scenario(page: Page) -> None:
        address = begin_sheet(page)
        sign_in(page, key=LEA, address=hub_url)
        colleague = page.context.new_page()
        colleague.goto(address)
        summary(colleague).fill("Par Léa.")
        save_and_stay(colleague)
        sign_in(page, key=AWA, address=hub_url)
        summary(page).fill("Par Awa.")
        save_and_stay(page)
        main = page.get_by_role("main")
        expect(main.locator(".hub-space-both")).to_contain_text("Par Awa.")
        expect(main.locator(".hub-space-both")).to_contain_text("Par Léa.")
        page.locator("label", has_text=re.compile(f"^Garder le .*{choice}")).first.click()
        save_and_stay(page)
        expect(page.locator(".hub-space-both")).to_have_count(0)
        page.goto(address)
        expect(summary(page)).to_have_value(kept)

    partner(scenario, javascript=False, width=width, forgiven=BROKEN)


def test_a_draft_is_deleted_once_confirmed(partner, width: int):
    def scenario(page: Page) -> None:
        title = f"À supprimer {uuid4().hex}"
        address = begin_sheet(page)
        page.locator("[name=title]").fill(title)
        save_and_stay(page)
        page.goto(f"{address.removesuffix('essentiel/')}supprimer/")
        expect(page.get_by_role("main")).to_contain_text(title)
        page.get_by_role("button", name="Supprimer définitivement").click()
        page.wait_for_url(lambda url: "/supprimer/" not in url)
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 404

    partner(scenario, javascript=False, width=width, forgiven=BROKEN)
