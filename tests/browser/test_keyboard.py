"""The whole way of a partner by keyboard alone: no mouse, and the focus in sight at each stop (keyboard.py)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from initiatives.fields import STEPS
from tests.browser.journey import Journey
from tests.browser.keyboard import KeyboardHands
from tests.browser.mailbox import Mailbox
from tests.browser.test_space import begin_sheet

pytestmark = pytest.mark.browser

WITHIN = 5.0  # seconds
OURS_IN_GESTION = "main section, main form"  # Wagtail draws the focus around them
PAGE_WITH_FAULTS = """
<style>.ours { position: fixed; inset: 0 0 auto; height: 80px; background: white } .quiet { outline: none }</style>
<a href="/">Sous le bandeau</a> <p style="margin-top: 200px"><button class="quiet">Sans contour</button></p>
<input style="position: absolute; left: -900px"> <a href="/">Bon</a> <div class="ours">Un bandeau</div>
"""
TRAP = """
<button>Avant</button> <textarea onkeydown="event.key === 'Tab' && event.preventDefault()"></textarea> <button></button>
"""


def test_a_sheet_is_written_reviewed_and_found_by_keyboard_alone(visit: Callable, hub_url: str, mailbox: Mailbox):
    everybody: list[KeyboardHands] = []

    def hands(page: Page) -> KeyboardHands:
        is_reviewer = len(everybody) == 1
        everybody.append(KeyboardHands(page=page, judged=OURS_IN_GESTION if is_reviewer else ""))
        return everybody[-1]

    def scenario(page: Page) -> dict[str, list[str]]:
        journey = Journey(page=page, hub_url=hub_url, mailbox=mailbox, hands=hands)
        journey.ask_for_access()
        journey.accept_the_request()
        journey.begin()
        journey.go_on_until_online(within=WITHIN)
        return {address: found for hands in everybody for address, found in hands.complaints.items()}

    assert visit(scenario) == {}


@pytest.mark.parametrize("width", [375, 1280])
def test_on_every_page_of_the_space_the_keyboard_goes_through_and_back_in_sight(partner: Callable, width: int):
    def scenario(page: Page) -> dict[str, list[str]]:
        keyboard = KeyboardHands(page=page)
        sheet = begin_sheet(page).removesuffix("essentiel/")
        page.goto(f"{sheet}partenaires/")
        page.get_by_role("button", name="Ajouter un partenaire").click()
        steps = [f"{sheet}{step.slug}/" for step in STEPS]
        for address in ("/espace/", "/espace/structures/", "/compte/", sheet, *steps, f"{sheet}envoyer/"):
            page.goto(address, wait_until="networkidle")
            names = keyboard.go_through()
            assert names[0] == "<a> « Contenu »"
            assert keyboard.go_back(count=len(names)) == names[::-1]
        return keyboard.complaints

    assert partner(scenario, width=width) == {}


def test_the_keyboard_of_the_tests_sees_what_is_wrong(visit: Callable):
    def scenario(page: Page) -> list[str]:
        page.set_content(PAGE_WITH_FAULTS)
        keyboard = KeyboardHands(page=page)
        keyboard.go_through()
        page.set_content(TRAP)
        with pytest.raises(AssertionError, match="keeps the focus"):
            KeyboardHands(page=page).go_through()
        [found] = keyboard.complaints.values()
        return found

    assert visit(scenario) == [
        "out of sight: <a> « Sous le bandeau »",
        "without an outline: <button> « Sans contour »",
        "nothing tells that it has the focus: <button> « Sans contour »",
        "out of sight: <input> «  »",
    ]
