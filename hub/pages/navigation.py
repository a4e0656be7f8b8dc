from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site_identity(request: HttpRequest) -> dict[str, Any]:
    del request
    return {"site_name": settings.WAGTAIL_SITE_NAME, "demo_notice": settings.HUB_DEMO_NOTICE}


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
    return Navigation(
        items=tuple(MenuItem(label, url, _current(url=url, path=path)) for label, url in MENU),
        has_search=path not in {"/", SEARCH_URL},
    )


def _current(*, url: str, path: str) -> str:
    if path == url:
        return "page"
    return "true" if path.startswith(url) else ""
