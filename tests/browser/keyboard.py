"""Somebody who has a keyboard and no mouse: Tab, Enter, Space, arrows, and what they type.

At each stop the focus must be where one sees it: in the window, under nothing, and drawn otherwise than without it.
"""

import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import ElementHandle, FilePayload, Locator, Page, expect

MOST_PRESSES = 400
SETTLES_WITHIN = 0.6  # seconds: a page takes some to scroll to the focus
SCRIPT = Path(__file__).with_suffix(".js").read_text()
STOP = "asked => window.keyboardStop?.(...asked)"
LEADS_TO = """target => {
    const address = document.activeElement.getAttribute("href") ?? "";
    return address.startsWith("#") && Boolean(document.getElementById(address.slice(1))?.contains(target));
}"""


@dataclass(slots=True)
class KeyboardHands:
    """A keyboard alone.

    ``judged`` selects the part of the page whose focus is ours to show, all of it by default; ``complaints`` is what
    was seen wrong, by page.
    """

    page: Page
    judged: str = ""
    stops: int = 0
    complaints: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Asked for once and for all: no window of the system opens, whenever a file is asked for.
        self.page.on("filechooser", lambda _chooser: None)

    def press(self, target: Locator) -> None:
        self.tab_to(target)
        self.page.keyboard.press("Enter")

    def write(self, target: Locator, text: str) -> None:
        self.tab_to(target)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.press("Delete")
        self.page.keyboard.type(text)

    def pick(self, target: Locator, option: str) -> None:
        self.tab_to(target)
        self.page.keyboard.type(option)
        expect(target.locator("option:checked")).to_have_text(option)

    def tick(self, target: Locator) -> None:
        self.tab_to(target)
        self.page.keyboard.press("Space")
        expect(target).to_be_checked()

    def choose(self, target: Locator, text: str) -> None:
        self.write(target, text)
        option = self.page.get_by_role("option", name=re.compile(re.escape(text))).first
        expect(option).to_be_visible()
        self.page.keyboard.press("ArrowDown")
        expect(option).to_have_attribute("aria-selected", "true")
        expect(option).to_be_in_viewport()
        self.page.keyboard.press("Enter")
        expect(option).to_be_hidden()

    def give(self, target: Locator, file: FilePayload) -> None:
        self.tab_to(target)
        with self.page.expect_file_chooser() as chooser:
            self.page.keyboard.press("Enter")
        chooser.value.set_files(file)

    def tab_to(self, target: Locator) -> None:
        """Press Tab, or Shift and Tab, until this element has the focus.

        Raises:
            AssertionError: when the focus does not move, or never gets there.
        """
        wanted = target.element_handle()
        stop = self._stop(wanted, is_first=True)
        if stop["isNowhere"]:
            stop = self._skip(wanted)
        key = "Shift+Tab" if stop["isPast"] else "Tab"
        for _press in range(MOST_PRESSES):
            if stop["isThere"]:
                return
            self.page.keyboard.press(key)
            # A field gives its place to its editor, once that is there.
            wanted = target.element_handle()
            stop = self._stop(wanted)
        raise AssertionError(f"{target} is out of the keyboard’s reach")

    def go_through(self) -> list[str]:
        """Go from the beginning of the page to its end, and return the names of the stops.

        Raises:
            AssertionError: when the focus does not leave the page in the end.
        """
        names: list[str] = []
        self._stop(None, is_first=True)
        for _press in range(MOST_PRESSES):
            self.page.keyboard.press("Tab")
            stop = self._stop(None)
            if stop["isNowhere"]:
                return names
            names.append(stop["name"])
        raise AssertionError(f"The keyboard does not leave {self.page.url}: {names[-3:]}")

    def go_back(self, *, count: int) -> list[str]:
        """Go back so many stops, and return their names."""
        names: list[str] = []
        for _press in range(count):
            self.page.keyboard.press("Shift+Tab")
            names.append(self._stop(None)["name"])
        return names

    def _skip(self, wanted: ElementHandle) -> dict[str, Any]:
        """Take the first link of the page when it leads to where one goes, as people do who know the site."""
        self.page.keyboard.press("Tab")
        stop = self._stop(wanted)
        if not stop["isThere"] and wanted.evaluate(LEADS_TO):
            self.page.keyboard.press("Enter")
            stop = self._stop(wanted, is_first=True)
        return stop

    def _stop(self, wanted: ElementHandle | None, *, is_first: bool = False) -> dict[str, Any]:
        """Say where the focus is, and note whether it is seen; it is compared to the stop before."""
        self.stops += 1
        asked = [wanted, self.judged, is_first]
        stop: dict[str, Any] | None = self.page.evaluate(STOP, asked)
        if stop is None:
            self.page.evaluate(SCRIPT)
            stop = self.page.evaluate(STOP, asked)
        assert stop is not None
        assert not stop["isStuck"], f"{stop['name']} keeps the focus"
        found = stop["complaints"]
        if not stop["isSeen"] and not self._is_seen_soon():
            found.append(f"out of sight: {stop['name']}")
        if found:
            self.complaints.setdefault(
                re.sub(r"\d+", "…", self.page.url.partition("?")[0].partition("//")[2]), []
            ).extend(found)
        return stop

    def _is_seen_soon(self) -> bool:
        limit = time.monotonic() + SETTLES_WITHIN
        while time.monotonic() < limit:
            if self.page.evaluate("window.keyboardIsSeen()"):
                return True
            time.sleep(0.05)
        return False
