"""The whole way of a partner where no browser runs a script: the partner's, the reviewer's, the reader's."""

from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Page

from tests.browser.hands import MouseHands
from tests.browser.journey import Journey
from tests.browser.mailbox import Mailbox

pytestmark = pytest.mark.browser

WITHIN = 5.0  # seconds


@pytest.mark.parametrize("width", [375, 1280])
def test_a_sheet_is_written_reviewed_and_found_without_a_script(
    visit: Callable, hub_url: str, mailbox: Mailbox, width: int
):
    def scenario(page: Page) -> None:
        hands = partial(MouseHands, has_script=False)
        journey = Journey(page=page, hub_url=hub_url, mailbox=mailbox, hands=hands, java_script_enabled=False)
        journey.ask_for_access()
        journey.accept_the_request()
        journey.begin()
        journey.write_while_the_session_ends()
        journey.go_on_until_online(within=WITHIN)

    visit(scenario, width=width, javascript=False)
