"""The browser of the tests is a real one, and its absence is never silent in continuous integration."""

import pytest

from hub.pages.models import HomePage
from tests.support.browser import chromium_path


@pytest.mark.django_db(transaction=True)
def test_a_page_of_the_hub_opens_in_a_browser_while_the_test_talks_to_the_database(chromium, live_server, home):
    page = chromium.new_page()
    page.goto(f"{live_server.url}/")
    assert page.locator("h1").inner_text()
    assert HomePage.objects.count() == 1
    page.close()


def test_without_a_browser_a_test_is_skipped_or_fails_when_one_is_required(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("REQUIRE_BROWSER", raising=False)
    with pytest.raises(pytest.skip.Exception):
        chromium_path()
    monkeypatch.setenv("REQUIRE_BROWSER", "1")
    with pytest.raises(pytest.fail.Exception):
        chromium_path()
