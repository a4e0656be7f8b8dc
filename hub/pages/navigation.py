"""The main menu. The addresses are promises of the site (docs/adresses.md), so the menu costs no query."""

from dataclasses import dataclass

SEARCH_URL = "/recherche/"
MENU: tuple[tuple[str, str], ...] = (
    ("Ateliers", "/ateliers/"),
    ("Initiatives", "/initiatives/"),
    ("Recherche", SEARCH_URL),
    ("Glossaire", "/glossaire/"),
    ("Proposer une initiative", "/proposer-une-initiative/"),
)


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One link of the menu. ``current`` is the value of ``aria-current``: "page", "true" for a page below it, or ""."""

    label: str
    url: str
    current: str


@dataclass(frozen=True, slots=True)
class Navigation:
    """What the header shows: its links, and a search field unless the page is made of one."""

    items: tuple[MenuItem, ...]
    has_search: bool


def navigation_at(*, path: str) -> Navigation:
    """Return the menu as seen from an address."""
    return Navigation(
        items=tuple(MenuItem(label, url, _current(url=url, path=path)) for label, url in MENU),
        has_search=path not in {"/", SEARCH_URL},
    )


def _current(*, url: str, path: str) -> str:
    if path == url:
        return "page"
    return "true" if path.startswith(url) else ""
