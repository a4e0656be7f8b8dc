"""No automatic rule of accessibility is broken, on a phone and on a screen, in light and in dark."""

import pytest
from playwright.sync_api import Page

from tests.browser.looks import COLOURS, RULES, THEME_IS, violations
from tests.browser.site_pages import FULL_RECAP, SITE_PAGES, SitePage
from tests.browser.test_budgets import NOT_FOUND

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("site_page", SITE_PAGES, ids=lambda site_page: site_page.name)
@pytest.mark.parametrize("width", [375, 1280])
def test_a_page_breaks_no_rule_in_light_and_in_dark(visit, site_page: SitePage, width: int):
    def scenario(page: Page) -> dict[str, list[str]]:
        page.goto(site_page.path, wait_until="networkidle")
        found = {}
        for theme, rules in (("light", RULES), ("dark", COLOURS)):
            page.emulate_media(color_scheme=theme)
            page.wait_for_function(THEME_IS, arg=theme)
            found[theme] = violations(page, rules=rules)
        return found

    forgiven = (NOT_FOUND,) if site_page.status == 404 else ()
    assert visit(scenario, width=width, forgiven=forgiven) == {"light": [], "dark": []}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_what_opens_breaks_no_rule_either(visit, dark: bool):
    def scenario(page: Page) -> list[str]:
        page.goto(FULL_RECAP.path, wait_until="networkidle")
        found = []
        page.get_by_role("button", name="Menu").click()
        page.get_by_role("dialog").wait_for()
        found += violations(page)
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Rechercher", exact=True).first.click()
        found += violations(page)
        page.keyboard.press("Escape")
        page.get_by_text("Transcription", exact=True).click()
        found += violations(page)
        page.get_by_role("button", name="Paramètres d’affichage").click()
        page.get_by_role("dialog", name="Paramètres d’affichage").wait_for()
        found += violations(page)
        return found

    assert visit(scenario, width=375, dark=dark) == []
