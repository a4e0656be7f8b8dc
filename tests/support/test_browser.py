"""The absence of a browser is never silent in continuous integration."""

import pytest

from tests.support.browser import chromium_path


def test_without_a_browser_a_test_is_skipped_or_fails_when_one_is_required(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("REQUIRE_BROWSER", raising=False)
    with pytest.raises(pytest.skip.Exception):
        chromium_path()
    monkeypatch.setenv("REQUIRE_BROWSER", "1")
    with pytest.raises(pytest.fail.Exception):
        chromium_path()
