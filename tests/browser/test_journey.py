"""The whole way of a partner, by hand: from the first mail to a changed sheet online (journey.py)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.journey import CLEARER, LATER, Journey
from tests.browser.mailbox import Mailbox

pytestmark = pytest.mark.browser

WITHIN = 1.0  # seconds from the reviewer's yes to the results of the search


def test_a_new_partner_publishes_a_sheet_and_keeps_it_up_to_date(visit: Callable, hub_url: str, mailbox: Mailbox):
    def scenario(page: Page) -> None:
        journey = Journey(page=page, hub_url=hub_url, mailbox=mailbox)
        journey.ask_for_access()
        journey.accept_the_request()
        journey.begin()
        journey.sign_out()
        journey.come_back_by_the_link()
        journey.go_on()
        journey.submit(words="Notre première fiche.")
        assert not journey.is_found()
        journey.return_it()
        journey.correct()
        journey.submit()
        journey.approve(subject="Fiche à relire", count=2)
        journey.wait_to_be_found(within=WITHIN)
        journey.expect_online(CLEARER)
        journey.expect_files_online()
        journey.change()
        journey.expect_online(CLEARER)
        journey.submit()
        journey.expect_online(CLEARER)
        journey.approve(subject="Mise à jour à relire")
        journey.expect_online(LATER)
        mailbox.wait_for(journey.email, about=f"Mise à jour en ligne : {journey.title}")
        assert journey.is_found()

    visit(scenario)
