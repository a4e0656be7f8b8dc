"""A real browser on a real hub."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.hub_process import prepared_folder, served
from tests.browser.looks import Looks
from tests.browser.mailbox import Mailbox
from tests.browser.partners import AWA, sign_in
from tests.browser.scenes import addresses_in
from tests.browser.visits import Chromium
from tests.support.browser import chromium_path


@pytest.fixture(scope="session")
def hub_folder(request: pytest.FixtureRequest, chromium: Chromium) -> Path:
    """Where a demonstration keeps what it has, ready to be served. Not prepared where no browser would see it."""
    return prepared_folder(cache=request.config.cache.mkdir("browser-hub"))


@pytest.fixture(scope="session")
def hub_url(hub_folder: Path) -> Iterator[str]:
    """The address of a demonstration, served as in production."""
    with served(folder=hub_folder) as address:
        yield address


@pytest.fixture
def mailbox(hub_folder: Path) -> Mailbox:
    """What people receive from the hub."""
    return Mailbox(folder=hub_folder)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """The browser; without one the tests are skipped, or fail where it is required."""
    browser = Chromium(executable=chromium_path())
    yield browser
    browser.close()


@pytest.fixture
def visit(chromium: Chromium, hub_url: str) -> Callable:
    """Run a scenario in a fresh page of the hub: ``visit(scenario, width=375, dark=True, javascript=False)``."""
    return partial(chromium.visit, base_url=hub_url)


@pytest.fixture
def partner(visit: Callable, hub_url: str) -> Callable:
    """Run a scenario as a partner: ``partner(scenario, key=LEA, width=375)``."""

    def run(scenario: Callable, *, key: str = AWA, **options):
        def signed_in(page: Page):
            sign_in(page, key=key, address=hub_url)
            return scenario(page)

        return visit(signed_in, **options)

    return run


@pytest.fixture
def addresses(hub_folder: Path) -> dict[str, str]:
    """Where the scenes are (scenes.py)."""
    return addresses_in(folder=hub_folder)


@pytest.fixture
def broken(visit: Callable, hub_url: str) -> Callable:
    """What is wrong in the pages a scenario looks at: ``broken(scenario, key=ODILE)``; ``within`` as for ``Looks``."""

    def run(scenario: Callable[[Looks], None], *, key: str = "", within: str = "") -> dict[str, list[str]]:
        def look(page: Page) -> dict[str, list[str]]:
            if key:
                sign_in(page, key=key, address=hub_url)
            looks = Looks(page, within=within)
            scenario(looks)
            return looks.broken

        # What the browser says of an answer that is an error, and of a preview whose frame runs no script, on purpose.
        found: dict[str, list[str]] = visit(look, forgiven=("Failed to load resource", "Blocked script execution"))
        return found

    return run
