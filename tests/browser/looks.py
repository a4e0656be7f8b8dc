"""Look at a page as everybody meets it: on a phone and on a screen, in light and in dark, with eyes and without.

``LOOKS_FOLDER=/folder`` keeps a picture of each look, to be judged by people.
"""

import os
from collections import Counter
from pathlib import Path

import html5lib
from axe_playwright_python.base import AXE_SCRIPT
from bs4 import BeautifulSoup
from playwright.sync_api import Page, Response

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast"]  # all that a theme changes
# Colours are measured once what fades in is there.
# One that is paused, or never ends, is not waited for.
STILL = """() => Promise.race([
    Promise.all(document.getAnimations().map((animation) => animation.finished)),
    new Promise((resolve) => setTimeout(resolve, 1000)),
])"""
THEME_IS = "theme => document.documentElement.dataset.frTheme === theme"
POLLING = 100  # milliseconds: a page that asks for a security key draws no frame meanwhile
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Each by its own: the widest things of the page, where there is nothing to see but that it is too wide.
WIDEST = """() => [...document.querySelectorAll("main *")]
    .filter((node) => node.getBoundingClientRect().right > document.documentElement.clientWidth)
    .slice(0, 3).map((node) => `${node.tagName} ${node.className} ${node.textContent.trim().slice(0, 40)}`)"""
REFERENCES = ("for", "aria-controls", "aria-describedby", "aria-labelledby")
# Put in the page when they are first needed (hub.js).
LATE = {"affichage-modale"}


def violations(page: Page, *, rules: list[str] = RULES, within: str = "html") -> list[str]:
    """Every rule of accessibility broken by what is within an element, with where."""
    page.mouse.move(0, 450)  # on nothing: the shades of what is hovered are the DSFR's
    page.evaluate(STILL)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    answer = page.evaluate("([within, options]) => axe.run(within, options)", [within, options])
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in answer["violations"]
        for node in violation["nodes"]
    ]


def html_faults(html: str) -> list[str]:
    """What a parser must forgive, what refers to nowhere, what is named twice or not at all."""
    parser = html5lib.HTMLParser()
    parser.parse(html)
    document = BeautifulSoup(html, "lxml")
    identifiers = Counter(node["id"] for node in document.find_all(id=True))
    named = {name for node in document.find_all() for key in REFERENCES for name in node.get(key, "").split()}
    anchors = {link["href"][1:] for link in document.find_all("a", href=True) if link["href"].startswith("#")}
    titles = len(document.find_all("h1"))
    return [
        *(f"{code} at {position}" for position, code, _details in parser.errors),
        *(f"#{name} is there twice" for name, count in identifiers.items() if count > 1),
        *(["an identifier is empty"] if "" in identifiers else []),
        *(f"nothing is named #{name}" for name in sorted((named | anchors) - set(identifiers) - LATE)),
        *(f"no alternative: {image}" for image in document.find_all("img") if "alt" not in image.attrs),
        *([f"{titles} main titles"] if titles != 1 else []),
    ]


class Looks:
    """What was wrong in the pages looked at during a visit, by page.

    ``within`` is what is judged when the rest of the page is not ours; such a page is only looked at in light.
    """

    def __init__(self, page: Page, *, within: str = "") -> None:
        self.page = page
        self.within = within
        self.faults: dict[str, list[str]] = {}
        self._answer: Response | None = None
        page.on("response", self._keep_document)
        # Pages that ask for a security key would wait for the one who looks.
        page.context.new_cdp_session(page).send("WebAuthn.enable")

    def at(self, name: str, address: str) -> None:
        """Open an address, and look."""
        self.page.goto(address)
        self.look(name)

    def look(self, name: str) -> None:
        """Look at the page as it stands."""
        assert name not in self.faults, name
        if not self.within:
            self.page.wait_for_function(THEME_IS, arg="light", polling=POLLING)
        found = [] if self.within or self._answer is None else html_faults(self._answer.text())
        for width in (375, 1280):
            self.page.set_viewport_size({"width": width, "height": 900})
            found += self._look_at_width(f"{name}-{width}")
        self.faults[name] = found

    @property
    def broken(self) -> dict[str, list[str]]:
        """The pages where something is wrong."""
        return {name: found for name, found in self.faults.items() if found}

    def _look_at_width(self, label: str) -> list[str]:
        if self.within:
            self._picture(label)
            return [f"{label}: {fault}" for fault in violations(self.page, within=self.within)]
        found = []
        if too_wide := self.page.evaluate(TOO_WIDE):
            found.append(f"{label} is {too_wide} pixels too wide: {self.page.evaluate(WIDEST)}")
        # Colours do not depend on the width: those of the dark are measured on a screen, and pictured everywhere.
        is_phone = label.endswith("-375") and not os.environ.get("LOOKS_FOLDER")
        for theme, rules in (("light", RULES), ("dark", COLOURS))[: 1 if is_phone else 2]:
            self.page.emulate_media(color_scheme=theme)
            self.page.wait_for_function(THEME_IS, arg=theme, polling=POLLING)
            self._picture(f"{label}-{theme}")
            found += [f"{label}, {theme}: {fault}" for fault in violations(self.page, rules=rules)]
        self.page.emulate_media(color_scheme="light")
        return found

    def _keep_document(self, response: Response) -> None:
        if response.request.is_navigation_request() and response.frame == self.page.main_frame:
            self._answer = response

    def _picture(self, label: str) -> None:
        if folder := os.environ.get("LOOKS_FOLDER"):
            name = label.replace("/", "").replace(" ", "-").replace("’", "-")
            self.page.screenshot(path=Path(folder) / f"looks-{name}.png", full_page=True)
