"""Drive chromium from a thread of its own, and measure what a page costs.

Playwright runs an event loop in the thread that starts it, where Django would refuse to touch the database: the tests
hand their scenarios to this thread, and get back what they return or raise.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.support.browser import CHROMIUM_OPTIONS, TIME_LIMIT

Result = TypeVar("Result")

COUNT_ELEMENTS = "[...document.querySelectorAll('*')].filter(node => !node.parentElement?.closest('svg')).length"


@dataclass(slots=True)
class Cost:
    """What loading a page took: addresses asked for, bytes on the wire, elements outside drawings."""

    requests: list[str] = field(default_factory=list)
    bytes_on_the_wire: int = 0
    elements: int = 0


class Chromium:
    """One browser, in its own thread."""

    def __init__(self, *, executable: str) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="chromium")
        self._playwright: Playwright
        self._browser: Browser
        self._thread.submit(self._start, executable).result()

    def visit(
        self,
        scenario: Callable[[Page], Result],
        *,
        base_url: str,
        width: int = 1280,
        dark: bool = False,
        javascript: bool = True,
        forgiven: tuple[str, ...] = (),
    ) -> Result:
        """Run a scenario in a fresh page; whatever the console complains of, beside ``forgiven``, fails it."""
        options: dict[str, Any] = {
            "base_url": base_url,
            "viewport": {"width": width, "height": 900},
            "color_scheme": "dark" if dark else "light",
            "java_script_enabled": javascript,
            "locale": "fr-FR",
        }
        return self._thread.submit(self._visit, scenario, options, forgiven).result()

    def close(self) -> None:
        self._thread.submit(self._stop).result()
        self._thread.shutdown()

    def _start(self, executable: str) -> None:
        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(executable_path=executable, args=list(CHROMIUM_OPTIONS))

    def _stop(self) -> None:
        self._browser.close()
        self._playwright.stop()

    def _visit(self, scenario: Callable[[Page], Result], options: dict[str, Any], forgiven: tuple[str, ...]) -> Result:
        context = self._browser.new_context(**options)
        complaints: list[str] = []
        try:
            page = context.new_page()
            page.set_default_timeout(TIME_LIMIT)
            page.on("console", lambda message: message.type in {"error", "warning"} and complaints.append(message.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            result = scenario(page)
        finally:
            context.close()
        unforgiven = [text for text in complaints if not any(excuse in text for excuse in forgiven)]
        if unforgiven:
            raise AssertionError("\n".join(["The console complains:", *unforgiven]))
        return result


@contextmanager
def metered(page: Page) -> Iterator[Cost]:
    """Measure what is loaded meanwhile, as the network saw it: compressed, headers included."""
    cost = Cost()
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def count_request(event: dict[str, Any]) -> None:
        if not event["request"]["url"].startswith("data:"):
            cost.requests.append(event["request"]["url"])

    def count_bytes(event: dict[str, Any]) -> None:
        cost.bytes_on_the_wire += event["encodedDataLength"]

    network.on("Network.requestWillBeSent", count_request)
    network.on("Network.loadingFinished", count_bytes)
    yield cost
    page.wait_for_load_state("networkidle")
    cost.elements = page.evaluate(COUNT_ELEMENTS)
