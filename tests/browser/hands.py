"""The ways people handle a page: with a mouse, without JavaScript, with the keyboard alone (keyboard.py)."""

import re
from dataclasses import dataclass
from typing import Protocol

from playwright.sync_api import FilePayload, Locator, Page


class Hands(Protocol):
    """What a journey asks of whoever sits before the screen."""

    def press(self, target: Locator) -> None:
        """Follow a link, press a button, unfold."""

    def write(self, target: Locator, text: str) -> None:
        """Replace what a field holds."""

    def pick(self, target: Locator, option: str) -> None:
        """Choose one of a list."""

    def tick(self, target: Locator) -> None:
        """Tick a box."""

    def choose(self, target: Locator, text: str) -> None:
        """Write the name of a place or of a structure, and take the first suggestion if there are any."""

    def give(self, target: Locator, file: FilePayload) -> None:
        """Choose a file of one's computer."""


def field(page: Page, label: str) -> Locator:
    """The field one writes in, by the first words of its label: what helps to fill it follows them."""
    words = re.compile(f"^{re.escape(label)}")
    # A script makes comboboxes of some of them; without it, the list of a territory has their name too.
    fields = page.get_by_role("textbox", name=words).or_(page.get_by_role("combobox", name=words))
    return fields.and_(page.locator("input, textarea, [contenteditable=true]"))


def written_in(target: Locator) -> str:
    """What a field holds, a visual editor included."""
    words: str = target.evaluate("(node) => node.isContentEditable ? node.innerText : node.value")
    return words


@dataclass(frozen=True, slots=True)
class MouseHands:
    """A mouse, and a keyboard to write with. ``has_script``: whether the browser runs JavaScript."""

    page: Page
    has_script: bool = True

    def press(self, target: Locator) -> None:
        target.click()

    def write(self, target: Locator, text: str) -> None:
        target.fill(text)

    def pick(self, target: Locator, option: str) -> None:
        target.select_option(label=option)

    def tick(self, target: Locator) -> None:
        target.check(force=True)  # its label is drawn over it

    def choose(self, target: Locator, text: str) -> None:
        target.fill(text)
        if self.has_script:
            self.page.get_by_role("option", name=re.compile(re.escape(text))).first.click()

    def give(self, target: Locator, file: FilePayload) -> None:
        target.set_input_files(file)
