"""The main menu. The addresses are promises of the site (docs/adresses.md), so the menu costs no query."""

from dataclasses import dataclass

SEARCH_URL = "/recherche/"
MENU: tuple[tuple[str, str], ...] = (
    ("Ateliers", "/ateliers/"),
    ("Initiatives", "/initiatives/"),
    ("Recherche", SEARCH_URL),
    ("Glossaire", "/glossaire/"),
)
# Where who signed in goes from one's sheets, one's structures and one's account to the others.
OWN_MENU: tuple[tuple[str, str], ...] = (
    ("Mes fiches", "/espace/"),
    ("Mes structures", "/espace/structures/"),
    ("Mon compte", "/compte/"),
    ("Se déconnecter", "/compte/deconnexion/"),
)
OWN_PAGES = ("/espace/", "/compte/")


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One link of the menu. ``current`` is the value of ``aria-current``: "page", "true" for a page below it, or ""."""

    label: str
    url: str
    current: str


@dataclass(frozen=True, slots=True)
class Navigation:
    """What the header shows: its links, one's own where one is signed in, and a search field unless the page is one."""

    items: tuple[MenuItem, ...]
    has_search: bool
    own_items: tuple[MenuItem, ...] = ()


def navigation_at(*, path: str, is_own: bool = False) -> Navigation:
    """Return the menu as seen from an address; ``is_own`` when it is a page of the person who is signed in."""
    nearest = max((url for _label, url in OWN_MENU if path.startswith(url)), key=len, default="")
    return Navigation(
        items=tuple(MenuItem(label, url, _current(url=url, path=path)) for label, url in MENU),
        has_search=path not in {"/", SEARCH_URL},
        own_items=tuple(
            MenuItem(label, url, _current(url=url, path=path) if url == nearest else "") for label, url in OWN_MENU
        )
        if is_own
        else (),
    )


def _current(*, url: str, path: str) -> str:
    if path == url:
        return "page"
    return "true" if path.startswith(url) else ""
