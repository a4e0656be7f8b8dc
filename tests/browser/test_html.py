"""The HTML sent is HTML as it is specified: no error a parser must forgive, no reference to nowhere, no name twice."""

import pytest

from tests.browser.hub_process import answer
from tests.browser.looks import html_faults
from tests.browser.site_pages import SITE_PAGES, SitePage

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("site_page", SITE_PAGES, ids=lambda site_page: site_page.name)
def test_a_page_is_valid(hub_url: str, site_page: SitePage):
    assert html_faults(answer(hub_url + site_page.path)) == []
