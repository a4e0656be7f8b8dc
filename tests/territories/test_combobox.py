"""The combobox in a real browser: with the keyboard, the mouse, and no JavaScript at all."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from tests.support.browser import CHROMIUM_OPTIONS, TIME_LIMIT, chromium_path

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("tests.territories.combobox_page"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def browser(sample_territories, live_server):
    """Asked for after the database: it must be gone before the database is emptied."""
    path = chromium_path()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_OPTIONS))
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser, live_server):
    page = browser.new_page()
    problems = []
    page.on("console", lambda message: "Security Policy" in message.text and problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.set_default_timeout(TIME_LIMIT)
    page.goto(live_server.url)
    yield page
    assert problems == []


def field(page):
    return page.get_by_role("combobox", name="Territoire Commune, code postal")


def sent(page):
    return page.locator("#sent").inner_text().strip()


def test_a_territory_is_chosen_with_the_keyboard(page):
    field(page).press_sequentially("bourg en b")
    options = page.get_by_role("listbox").get_by_role("option")
    expect(options).to_have_count(2)
    expect(field(page)).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("status").first).to_contain_text("2 suggestions")
    field(page).press("ArrowDown")
    field(page).press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(field(page)).to_have_attribute("aria-activedescendant", options.nth(1).get_attribute("id"))
    field(page).press("Enter")
    expect(field(page)).to_have_value("Bourg-en-Bresse (01)")
    expect(field(page)).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("status").first).to_have_text("Bourg-en-Bresse (01) choisi.")
    field(page).press("Enter")
    expect(page.locator("#sent")).to_have_text("territoire=commune-01053 ")


def test_a_list_that_comes_late_keeps_the_option_that_was_pointed_at(page):
    field(page).press_sequentially("bourg en")
    options = page.get_by_role("option")
    expect(options).to_have_count(2)
    late = []
    page.route(re.compile("suggestions"), lambda route: late.append(route))  # noqa: PLW0108 — playwright marks what it is given
    with page.expect_request(re.compile("suggestions")):
        field(page).press_sequentially(" b")
    field(page).press("ArrowDown")
    field(page).press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    with page.expect_response(re.compile("suggestions")):
        late[0].continue_()
    page.evaluate("() => new Promise(requestAnimationFrame)")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    field(page).press("Enter")
    expect(field(page)).to_have_value("Bourg-en-Bresse (01)")


def test_arrows_go_round_through_the_text_and_home_comes_back_to_it(page):
    field(page).fill("seyss")
    options = page.get_by_role("option")
    expect(options).to_have_count(2)
    field(page).press("ArrowUp")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    field(page).press("ArrowDown")
    assert field(page).get_attribute("aria-activedescendant") is None
    field(page).press("ArrowDown")
    field(page).press("Home")
    assert field(page).get_attribute("aria-activedescendant") is None
    assert field(page).evaluate("input => input.selectionStart") == 0


def test_escape_closes_the_list_then_empties_the_field(page):
    field(page).fill("ain")
    expect(page.get_by_role("listbox")).to_be_visible()
    field(page).press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(field(page)).to_have_value("ain")
    field(page).press("Escape")
    expect(field(page)).to_have_value("")


def test_a_territory_is_chosen_with_the_mouse_and_taken_back(page):
    field(page).fill("01500")
    page.get_by_role("option", name="Ambérieu-en-Bugey (01)").click()
    expect(field(page)).to_have_value("Ambérieu-en-Bugey (01)")
    page.get_by_role("button", name="Effacer : Territoire", exact=True).click()
    expect(field(page)).to_be_focused()
    page.get_by_role("button", name="Rechercher").click()
    expect(page.locator("#sent")).to_have_text("territoire= ")


def test_what_is_typed_and_not_chosen_is_sent_as_it_is(page):
    field(page).fill("Bourg-en-Bresse")
    field(page).press("Enter")
    expect(page.locator("#sent")).to_have_text("territoire=Bourg-en-Bresse ")


def test_nothing_found_is_said_and_shown(page):
    field(page).fill("zzzz")
    expect(page.get_by_text("Aucun territoire trouvé.")).to_be_visible()
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_a_server_that_does_not_answer_is_said_and_does_not_stop_anything(page):
    page.route("**/territoires/suggestions*", lambda route: route.fulfill(status=503))
    field(page).fill("Lyon")
    expect(page.get_by_text("Les suggestions ne répondent pas")).to_be_visible()
    page.get_by_role("button", name="Rechercher").click()
    expect(page.locator("#sent")).to_have_text("territoire=Lyon ")


def test_the_selected_territory_is_kept_when_the_form_is_sent_again(page, live_server):
    page.goto(f"{live_server.url}/?territoire=departement-01")
    expect(field(page)).to_have_value("Ain (département)")
    page.get_by_role("button", name="Rechercher").click()
    expect(page.locator("#sent")).to_have_text("territoire=departement-01 ")


def test_a_name_changed_after_a_choice_is_no_longer_that_choice(page):
    field(page).fill("01500")
    page.get_by_role("option").first.click()
    field(page).fill("Lyon")
    field(page).press("Enter")
    expect(page.locator("#sent")).to_have_text("territoire=Lyon ")


def test_several_territories_are_chosen_one_after_the_other(page):
    several = page.get_by_role("combobox", name="Territoires")
    for typed in ("ain", "lyon"):
        several.fill(typed)
        several.press("Enter")
        expect(page.get_by_role("listbox")).to_be_visible()
        several.press("Enter")
        expect(several).to_have_value("")
    expect(page.get_by_role("checkbox", name="Lyon (69)")).to_be_checked()
    page.get_by_role("checkbox", name="Ain (département)").uncheck()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#sent")).to_have_text("territories=commune-69123| ")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_open_list_has_no_accessibility_fault(page, scheme):
    page.emulate_media(color_scheme=scheme)
    field(page).fill("paris")
    field(page).press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_without_javascript_a_wide_scale_is_in_a_list_and_anything_else_is_written(browser, live_server):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(live_server.url)
    text, choice = page.locator("#territoire"), page.locator("#one select")
    assert page.get_by_role("combobox", name=re.compile("régions")).count() == 1
    assert page.locator("#one option").count() == 1 + 1 + 18 + 101 + 8
    choice.select_option("departement-01")
    page.get_by_role("button", name="Rechercher").click()
    assert sent(page) == "territoire=departement-01|"
    assert (choice.input_value(), text.input_value()) == ("departement-01", "")
    choice.select_option("")
    text.fill("Lyon")
    page.get_by_role("button", name="Rechercher").click()
    assert sent(page) == "territoire=|Lyon"
    page.goto(f"{live_server.url}/?territoire=commune-01004")
    assert (choice.input_value(), text.input_value()) == ("", "Ambérieu-en-Bugey (01)")
