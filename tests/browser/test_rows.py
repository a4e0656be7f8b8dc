"""Partners, key figures, documents: rows are added, moved and taken away, and one stays where one was."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.partners import STRUCTURE
from tests.browser.test_space import BROKEN, KEPT, begin_sheet, line, save_and_stay

pytestmark = pytest.mark.browser


def open_partners(page: Page) -> str:
    address = begin_sheet(page).replace("/essentiel/", "/partenaires/")
    page.goto(address)
    return address


def partner_row(page: Page, number: int) -> Locator:
    return page.get_by_role("group", name=f"Partenaire {number}", exact=True)


def press(page: Page, button: Locator) -> None:
    with page.expect_navigation():
        button.click()


def add(page: Page) -> None:
    press(page, page.get_by_role("button", name="Ajouter un partenaire"))


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without"])
def test_the_page_opens_on_the_row_that_was_added_moved_or_left(partner, javascript: bool):
    def scenario(page: Page) -> None:
        open_partners(page)
        add(page)
        expect(
            partner_row(page, 2).get_by_role("textbox").or_(partner_row(page, 2).get_by_role("combobox")).first
        ).to_be_focused()
        expect(partner_row(page, 2)).not_to_contain_text("Indiquez la structure.")
        page.keyboard.type("Une structure à venir")
        press(page, partner_row(page, 2).get_by_role("button", name=re.compile("^Monter")))
        expect(partner_row(page, 1)).to_be_focused()
        expect(partner_row(page, 1)).to_be_in_viewport()
        press(page, partner_row(page, 1).get_by_role("button", name=re.compile("^Retirer")))
        expect(partner_row(page, 1)).to_be_focused()
        press(page, partner_row(page, 1).get_by_role("button", name=re.compile("^Retirer")))
        expect(page.get_by_role("group", name=re.compile("^Partenaires et rôles"))).to_be_focused()
        expect(page.get_by_role("button", name="Ajouter un partenaire")).to_be_in_viewport()

    partner(scenario, javascript=javascript, width=375, forgiven=BROKEN)


def test_a_wrong_row_that_is_taken_away_does_not_come_back(partner):
    def scenario(page: Page) -> None:
        address = open_partners(page)
        add(page)
        partner_row(page, 2).get_by_label("Ce qu’elle fait").fill("Sans son nom.")
        expect(line(page)).to_contain_text("sauf ce qui reste à vérifier")
        press(page, partner_row(page, 2).get_by_role("button", name=re.compile("^Retirer")))
        assert page.evaluate(KEPT) == []
        page.goto(address)
        expect(partner_row(page, 1)).to_be_visible()
        expect(partner_row(page, 2)).to_have_count(0)

    partner(scenario, forgiven=BROKEN)


def test_a_structure_that_the_button_proposed_is_not_asked_about_again(partner):
    def scenario(page: Page) -> None:
        address = open_partners(page)
        name = f"Association des essais {uuid4().hex[:8]}"
        add(page)
        partner_row(page, 2).get_by_role("combobox", name=re.compile("^Structure")).fill(name)
        partner_row(page, 2).get_by_label("Type de structure").select_option(label="Association")
        expect(line(page)).to_contain_text("sauf ce qui reste à vérifier")
        save_and_stay(page)
        page.goto(address)
        expect(partner_row(page, 2).get_by_role("combobox", name=re.compile("^Structure"))).to_have_value(name)
        expect(page.get_by_role("button", name="Reprendre mon texte")).to_have_count(0)
        assert page.evaluate(KEPT) == []

    partner(scenario, forgiven=BROKEN)


def test_a_wrong_text_is_kept_when_the_button_s_answer_never_comes(partner):
    def scenario(page: Page) -> None:
        address = open_partners(page)
        add(page)
        partner_row(page, 2).get_by_label("Ce qu’elle fait").fill("Sans son nom.")
        expect(line(page)).to_contain_text("sauf ce qui reste à vérifier")
        page.route(
            "**/partenaires/", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
        )
        page.get_by_role("button", name="Enregistrer et rester ici").click()
        page.wait_for_url("chrome-error://**")
        page.unroute_all()
        page.goto(address)
        expect(partner_row(page, 2).get_by_label("Ce qu’elle fait")).to_have_value("Sans son nom.")

    partner(scenario, forgiven=BROKEN)


def test_a_wrong_row_is_shown_again_once_with_what_is_wrong(partner):
    def scenario(page: Page) -> None:
        address = open_partners(page)
        add(page)
        partner_row(page, 2).get_by_label("Ce qu’elle fait").fill("Sans son nom.")
        expect(line(page)).to_contain_text("sauf ce qui reste à vérifier")
        page.goto("/espace/")
        page.goto(address)
        expect(page.locator("#erreurs")).to_contain_text("Indiquez la structure.")
        expect(partner_row(page, 2).get_by_label("Ce qu’elle fait")).to_have_value("Sans son nom.")
        opened: list[str] = []
        page.on("framenavigated", lambda frame: opened.append(frame.url))
        page.wait_for_timeout(1500)
        assert opened == []

    partner(scenario, forgiven=BROKEN)


def test_a_page_that_is_only_read_sends_nothing(partner):
    def scenario(page: Page) -> None:
        address = open_partners(page)
        sent: list[str] = []
        page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
        page.goto(address)
        expect(partner_row(page, 1).get_by_role("combobox", name=re.compile("^Structure"))).to_have_value(STRUCTURE)
        page.goto("/espace/")
        assert [url for url in sent if "/partenaires/" in url] == []

    partner(scenario)


def test_a_page_with_errors_opens_on_them(partner):
    def scenario(page: Page) -> None:
        begin_sheet(page)
        page.locator("[name=start_year]").fill("2023")
        page.locator("[name=end_year]").fill("1999")
        save_and_stay(page)
        expect(page.locator("#erreurs")).to_be_focused()

    partner(scenario, forgiven=BROKEN)
