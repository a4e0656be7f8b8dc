"""What a visit costs: elements, requests, bytes; nothing from elsewhere, no cookie, nothing wider than the screen."""

import re

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Page

from tests.browser.hub_process import answer
from tests.browser.site_pages import SITE_PAGES, SitePage
from tests.browser.visits import Cost, metered

pytestmark = pytest.mark.browser

MOST_ELEMENTS = 300
MOST_REQUESTS = 10
MOST_BYTES = 300_000
# Chromium reports any answer of 400 or more as an error of the page that asked for it.
NOT_FOUND = "the server responded with a status of 404"

every_page = pytest.mark.parametrize("site_page", SITE_PAGES, ids=lambda site_page: site_page.name)


@every_page
def test_a_page_is_light_and_keeps_to_itself(visit, hub_url, site_page: SitePage):
    def scenario(page: Page) -> Cost:
        with metered(page) as cost:
            response = page.goto(site_page.path)
            assert response.status == site_page.status
        assert [cookie["name"] for cookie in page.context.cookies()] == (["csrftoken"] if site_page.has_form else [])
        assert page.evaluate("document.documentElement.dataset.frTheme") == "light"
        return cost

    cost = visit(scenario, forgiven=(NOT_FOUND,) if site_page.status == 404 else ())
    assert [url for url in cost.requests if not url.startswith(f"{hub_url}/")] == []
    if site_page.is_light:
        assert cost.elements <= MOST_ELEMENTS
    assert len(cost.requests) <= MOST_REQUESTS, cost.requests
    assert cost.bytes_on_the_wire <= MOST_BYTES


def test_no_entry_of_the_demonstration_is_heavier(hub_url):
    addresses = re.findall(
        r"<loc>https?://[^/]+(/(?:ateliers|initiatives)/[^<]+)</loc>", answer(f"{hub_url}/sitemap.xml")
    )
    assert len(addresses) > 20
    elements = {}
    for address in addresses:
        document = BeautifulSoup(answer(hub_url + address), "lxml")
        for inert in document.find_all("template"):
            inert.clear()
        elements[address] = len(document.find_all())
    assert {address: count for address, count in elements.items() if count > MOST_ELEMENTS} == {}


@every_page
@pytest.mark.parametrize("width", [320, 375])
def test_nothing_is_wider_than_a_phone(visit, site_page: SitePage, width: int):
    def scenario(page: Page) -> int:
        page.goto(site_page.path)
        return page.evaluate("document.documentElement.scrollWidth")

    assert visit(scenario, width=width, forgiven=(NOT_FOUND,) if site_page.status == 404 else ()) == width
