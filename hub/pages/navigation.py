from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest


def site_identity(_request: HttpRequest) -> dict[str, Any]:
    return {"site_name": settings.WAGTAIL_SITE_NAME, "demo_notice": settings.HUB_DEMO_NOTICE}


SEARCH_URL = "/recherche/"
MENU: tuple[tuple[str, str], ...] = (
    ("Ateliers", "/ateliers/"),
    ("Initiatives", "/initiatives/"),
    ("Recherche", SEARCH_URL),
    ("Glossaire", "/glossaire/"),
    ("Proposer une initiative", "/proposer-une-initiative/"),
)


class MenuItem(NamedTuple):
    """One link of the menu. ``current`` is the value of ``aria-current``: "page", "true" for a page below it, or ""."""

    label: str
    url: str
    current: str


class Navigation(NamedTuple):
    """What the header shows: its links, and a search field unless the page is made of one."""

    items: tuple[MenuItem, ...]
    has_search: bool


def navigation_at(*, path: str) -> Navigation:
    return Navigation(
        items=tuple(
            MenuItem(label, url, "page" if path == url else "true" if path.startswith(url) else "")
            for label, url in MENU
        ),
        has_search=path not in {"/", SEARCH_URL},
    )
