"""With the keyboard, on a phone, without JavaScript, on paper: the pages do what they say."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.site_pages import BLOCKS, FULL_RECAP, RECAP, SHEET

pytestmark = pytest.mark.browser

REPLAY_URL = "https://www.youtube.com/watch?v=abcdefghijk"


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id")


def test_the_first_key_offers_the_content(visit):
    def scenario(page: Page) -> None:
        page.goto(RECAP.path)
        page.keyboard.press("Tab")
        assert focused(page) == "Contenu"
        expect(page.get_by_role("link", name="Contenu")).to_be_in_viewport()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "contenu"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")

    visit(scenario)


def test_on_a_phone_the_menu_opens_and_closes_with_the_keyboard(visit):
    def scenario(page: Page) -> None:
        page.goto(SHEET.path, wait_until="networkidle")
        glossary = page.get_by_role("navigation", name="Menu principal").get_by_role("link", name="Glossaire")
        expect(glossary).to_be_hidden()
        menu = page.get_by_role("button", name="Menu")
        menu.focus()
        page.keyboard.press("Enter")
        expect(glossary).to_be_visible()
        page.keyboard.press("Escape")
        expect(glossary).to_be_hidden()
        expect(menu).to_be_focused()
        page.keyboard.press("Enter")
        glossary.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Glossaire")

    visit(scenario, width=375)


def test_on_a_phone_the_search_of_the_header_is_one_button_away(visit):
    def scenario(page: Page) -> None:
        page.goto(SHEET.path, wait_until="networkidle")
        page.get_by_role("button", name="Rechercher", exact=True).first.click()
        field = page.get_by_role("searchbox", name="Rechercher")
        field.fill("avdl")
        field.press("Enter")
        page.wait_for_url("**/recherche/?q=avdl")

    visit(scenario, width=375)


def test_a_theme_is_chosen_once_and_kept_without_a_cookie(visit):
    def scenario(page: Page) -> None:
        page.goto(RECAP.path, wait_until="networkidle")
        button = page.get_by_role("button", name="Paramètres d’affichage")
        button.focus()
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog", name="Paramètres d’affichage")
        expect(dialog).to_be_visible()
        dialog.get_by_role("radio", name="Thème sombre").check(force=True)
        expect(page.locator("html")).to_have_attribute("data-fr-theme", "dark")
        dialog.get_by_role("button", name="Fermer").press("Enter")
        expect(dialog).to_be_hidden()
        expect(button).to_be_focused()
        button.click()
        expect(dialog).to_be_visible()
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        page.goto(SHEET.path, wait_until="commit")
        expect(page.locator("html")).to_have_attribute("data-fr-theme", "dark")
        assert page.context.cookies() == []

    visit(scenario)


def test_the_theme_is_there_before_the_first_paint(visit):
    def scenario(page: Page) -> None:
        # Even if the DSFR's script never comes.
        page.route("**/dsfr.module.min*", lambda route: route.abort())
        page.goto(RECAP.path)
        expect(page.locator("html")).to_have_attribute("data-fr-theme", "dark")

    visit(scenario, dark=True, forgiven=("Failed to load resource",))


def test_the_player_of_another_site_loads_after_a_click_only(visit, hub_url):
    def scenario(page: Page) -> None:
        asked = []
        page.context.route(
            lambda url: not url.startswith(hub_url),
            lambda route: (asked.append(route.request.url), route.fulfill(body="lecteur", content_type="text/html")),
        )
        page.goto(FULL_RECAP.path, wait_until="networkidle")
        assert asked == []
        assert page.locator("iframe").count() == 0
        page.get_by_role("button", name="Lire la vidéo ici").click()
        frame = page.locator("iframe")
        expect(frame).to_have_attribute("title", re.compile("^Replay\\s: Atelier complet"))
        expect(frame.content_frame.locator("body")).to_have_text("lecteur")
        assert asked == ["https://www.youtube-nocookie.com/embed/abcdefghijk?autoplay=1"]

    visit(scenario)


def test_the_address_is_copied(visit, hub_url):
    def scenario(page: Page) -> None:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto(SHEET.path)
        page.get_by_role("button", name="Copier l’adresse").click()
        expect(page.get_by_role("status").filter(has_text="Adresse copiée.")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == f"{hub_url}{SHEET.path}"

    visit(scenario)


def test_a_wide_table_scrolls_with_the_keyboard(visit):
    def scenario(page: Page) -> None:
        page.goto(BLOCKS.path)
        table = page.get_by_role("region", name="Un tableau plus large qu’un téléphone")
        table.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("document.activeElement.scrollLeft > 0")

    visit(scenario, width=375)


def test_a_screen_reader_hears_the_filters_and_not_the_boxes_drawn_before_them(visit):
    def scenario(page: Page) -> None:
        page.goto("/recherche/?public=familles")
        chosen = page.get_by_role("link", name=re.compile(r"^Familles \("))
        expect(chosen).to_have_attribute("aria-current", "true")
        drawn = chosen.evaluate("node => getComputedStyle(node, '::before').content")
        assert "☑" in drawn
        heard = page.get_by_role("main").aria_snapshot()
        assert "☐" not in heard
        assert "☑" not in heard

    visit(scenario)


@pytest.mark.parametrize("width", [375, 1280])
def test_without_javascript_everything_is_within_reach(visit, width: int):
    def scenario(page: Page) -> None:
        page.goto("/")
        menu = page.get_by_role("navigation", name="Menu principal")
        expect(menu.get_by_role("link", name="Ateliers")).to_be_visible()
        page.get_by_role("searchbox", name="Que cherchez-vous").fill("avdl")
        page.get_by_role("main").get_by_role("button", name="Rechercher").click()
        assert "q=avdl" in page.url
        page.goto(FULL_RECAP.path)
        expect(page.get_by_role("searchbox", name="Rechercher")).to_be_visible()
        expect(page.get_by_role("link", name=re.compile("^Replay"))).to_have_attribute("href", REPLAY_URL)
        expect(page.get_by_role("button", name="Lire la vidéo ici")).to_be_hidden()
        expect(page.get_by_role("button", name="Paramètres d’affichage")).to_be_hidden()
        expect(page.get_by_role("button", name="Copier l’adresse")).to_be_hidden()
        page.get_by_text("Transcription", exact=True).click()
        expect(page.get_by_role("link", name="Début du replay")).to_be_visible()
        expect(
            page.get_by_role("navigation", name="Vous êtes ici").get_by_role("link", name="Ateliers")
        ).to_be_visible()
        menu.get_by_role("link", name="Glossaire").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Glossaire")

    visit(scenario, width=width, javascript=False)


def test_paper_has_the_content_and_nothing_to_click(visit):
    def scenario(page: Page) -> None:
        page.goto(SHEET.path, wait_until="networkidle")
        page.emulate_media(media="print", color_scheme="dark")
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        expect(page.locator("html")).to_have_attribute("data-fr-theme", "light")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        for role in ("navigation", "contentinfo", "search"):
            assert page.get_by_role(role).count() == 0, role
        assert page.get_by_role("button").count() == 0
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        expect(page.locator("html")).to_have_attribute("data-fr-theme", "dark")

    visit(scenario, dark=True)


def test_a_sheet_is_printed_on_two_pages(visit):
    def scenario(page: Page) -> bytes:
        page.goto(SHEET.path, wait_until="networkidle")
        return page.pdf(prefer_css_page_size=True)

    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", visit(scenario))) == 2
