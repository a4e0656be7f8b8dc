"""What an editor types in a date, an hour or a number of the administration is still there when the field is left."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.partners import EDITOR, sign_in

pytestmark = pytest.mark.browser

DAYS = ("15/01/2027", "15 janvier 2027", "1er mars 2027", "2027-01-15", "bientôt", "31/02/2027")
HOURS = ("9h30", "09:30", "14 h", "vers midi")


def test_nothing_typed_is_replaced(visit: Callable, hub_url: str) -> None:
    def scenario(page: Page) -> None:
        sign_in(page, key=EDITOR, address=hub_url)
        page.goto("/gestion/")
        page.goto(f"/gestion/pages/add/events/workshoppage/{_list_of_workshops(page)}/")
        for name, typed in (("starts_on", DAYS), ("starts_at", HOURS)):
            field = page.locator(f"[name={name}]")
            for value in typed:
                field.fill(value)
                field.press("Tab")
                page.locator("[name=subject]").click()
                expect(field).to_have_value(value)

    visit(scenario)


def test_what_is_chosen_in_the_picker_is_written_the_french_way(visit: Callable, hub_url: str) -> None:
    def scenario(page: Page) -> None:
        sign_in(page, key=EDITOR, address=hub_url)
        page.goto(f"/gestion/pages/add/events/workshoppage/{_list_of_workshops(page)}/")
        field = page.locator("[name=starts_on]")
        field.fill("15/01/2027")
        field.click()
        page.locator(".xdsoft_datetimepicker:visible td[data-date='20'][data-month='0'][data-year='2027']").click()
        expect(field).to_have_value("20/01/2027")

    visit(scenario)


def _list_of_workshops(page: Page) -> str:
    """The key of the list of workshops, as the administration itself gives it."""
    page.goto("/gestion/pages/")
    answer = page.request.get("/gestion/api/main/pages/?type=events.WorkshopIndexPage&fields=_,id")
    return str(answer.json()["items"][0]["id"])
