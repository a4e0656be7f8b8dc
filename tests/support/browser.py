"""Where the browser of the tests is, and how it is started."""

import os
import shutil

import pytest
from playwright.sync_api import expect

# How long a page may take before a test gives up, in milliseconds: the machine has other tests to run meanwhile.
TIME_LIMIT = 15_000
expect.set_options(timeout=TIME_LIMIT)

# Nothing calls home, and no sandbox: continuous integration often runs as root, on pages of ours only.
CHROMIUM_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium_path() -> str:
    """Return the path of chromium. Without it the test is skipped, or fails if ``REQUIRE_BROWSER`` is set."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        message = "chromium n’est pas installé (Debian, Ubuntu : apt install chromium)"
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(message)
        pytest.skip(message)
    return found
