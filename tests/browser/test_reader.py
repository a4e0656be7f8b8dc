"""A reader with a phone in the hand, or paper: from a search to a call, and what leaves the printer."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import THEME_IS, violations
from tests.browser.site_pages import RECAP, SHEET

pytestmark = pytest.mark.browser

WATCHED = "/ateliers/100e-atelier-logement-d-abord/"
# The first results and the way to all that was found are on the first screen of a phone.
PHONE_SCREEN = 812
TOP = "node => node.getBoundingClientRect().top + scrollY"
HEIGHT = "document.documentElement.scrollHeight"
# Nothing can be called here: what would have been is kept.
KEEP_CALLS = """() => addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='tel:']");
    if (link) { event.preventDefault(); window.called = link.href; }
})"""
PAGES_OF_PDF = rb"/Type\s*/Page\b(?!s)"


def seen_in_both_themes(page: Page) -> list[str]:
    """What breaks a rule, in light and in dark."""
    found = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.wait_for_function(THEME_IS, arg=theme)
        found += violations(page)
    return found


def test_from_a_search_on_a_phone_to_a_call_in_three_taps(visit):
    def scenario(page: Page) -> list[str]:
        page.goto("/", wait_until="networkidle")
        page.get_by_role("searchbox", name="Que cherchez-vous").fill("plateforme unique AVDL ASLL")
        page.get_by_role("main").get_by_role("button", name="Rechercher").click()  # one
        first = page.get_by_role("main").get_by_role("listitem").get_by_role("heading", level=3).first
        expect(first).to_contain_text("une plateforme unique")
        assert first.evaluate(TOP) < PHONE_SCREEN
        broken = seen_in_both_themes(page)
        first.get_by_role("link").click()  # two
        page.wait_for_url(f"**{SHEET.path}")
        number = page.get_by_role("complementary", name="Repères").get_by_role("link", name="01 99 00 01 10")
        assert number.evaluate(TOP) < page.get_by_role("heading", name="Contexte").evaluate(TOP)
        assert number.bounding_box()["height"] >= 24
        page.evaluate(KEEP_CALLS)
        number.click()  # three
        assert page.evaluate("window.called") == "tel:0199000110"
        return broken

    assert visit(scenario, width=375) == []


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_a_search_is_folded_once_it_is_made_and_unfolds_as_it_was(visit, javascript: bool):
    def scenario(page: Page) -> list[str]:
        page.goto("/recherche/", wait_until="networkidle")
        form = page.get_by_role("search").filter(has=page.get_by_label("Portée"))
        expect(form).to_be_visible()
        page.get_by_label("Mots").fill("logement")
        territory = page.locator("#recherche-territoire")
        territory.fill("01000")
        territory.press("Enter")
        page.wait_for_url(re.compile("q=logement"))
        understood = page.get_by_role("main").get_by_text("Territoire compris")
        expect(understood).to_contain_text("Bourg-en-Bresse (01), la commune la plus peuplée")
        expect(understood.get_by_role("link", name="Saint-Denis-lès-Bourg (01)")).to_be_visible()
        expect(page.get_by_role("link", name="Retirer le filtre Bourg-en-Bresse")).to_be_visible()
        expect(page.get_by_text("pour un plus large qui le contient")).to_be_visible()
        expect(form).to_be_hidden()
        page.get_by_role("link", name="Modifier la recherche").click()
        expect(form).to_be_visible()
        expect(page.get_by_label("Mots")).to_have_value("logement")
        expect(territory).to_have_value("Bourg-en-Bresse (01)")
        return seen_in_both_themes(page) if javascript else []

    assert visit(scenario, width=375, javascript=javascript) == []


def test_a_wide_screen_keeps_the_form_beside_what_it_found(visit):
    def scenario(page: Page) -> None:
        page.goto("/recherche/?q=logement")
        expect(page.get_by_label("Portée")).to_be_visible()
        expect(page.get_by_role("link", name="Modifier la recherche")).to_be_hidden()

    visit(scenario, width=1366)


def test_the_replay_is_a_touch_away_from_the_top_of_a_recap(visit):
    def scenario(page: Page) -> None:
        page.goto(WATCHED, wait_until="networkidle")
        shown = page.get_by_role("link", name=re.compile("^Voir le replay"))
        assert shown.evaluate(TOP) < PHONE_SCREEN
        shown.click()
        expect(page.get_by_role("heading", name=re.compile("^Replay"))).to_be_in_viewport()

    visit(scenario, width=375)


def test_the_home_page_is_short_on_a_phone(visit):
    def scenario(page: Page) -> int:
        page.goto("/", wait_until="networkidle")
        expect(page.get_by_role("link", name="Proposer une initiative").last).to_be_visible()
        height: int = page.evaluate(HEIGHT)
        return height

    # It was 5,471 pixels high.
    assert visit(scenario, width=375) <= 5471 / 2


def test_paper_says_where_it_comes_from_and_no_page_of_it_is_nearly_empty(visit, hub_url):
    def scenario(page: Page) -> dict[str, int]:
        printed = {}
        for path in ("/", RECAP.path, SHEET.path, WATCHED):
            page.goto(path, wait_until="networkidle")
            printed[path] = len(re.findall(PAGES_OF_PDF, page.pdf(prefer_css_page_size=True)))
            page.emulate_media(media="print")
            expect(page.get_by_text(f"{hub_url}{path} – ")).to_be_visible()
            page.emulate_media(media="null")
            expect(page.get_by_text(f"{hub_url}{path} – ")).to_be_hidden()
        return printed

    # Facts kept in one piece, or put on a page of their own, made three of most of them.
    assert set(visit(scenario).values()) == {2}
