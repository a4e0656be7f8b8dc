"""The furniture of a web page: menus, breadcrumb, share buttons, cookie banner, footer."""

import re
from dataclasses import dataclass

from bs4 import BeautifulSoup, NavigableString, PageElement, Tag

_ALWAYS = frozenset(["head", "nav", "button", "dialog", "select", "textarea"])
_PAGE_LEVEL = frozenset(["header", "footer", "aside", "form"])
_CONTENT = frozenset(["main", "article", "h1"])
_ROLES = frozenset("navigation banner contentinfo search dialog alertdialog menu menubar toolbar tooltip".split())
_NAMES = re.compile(
    r"(?:\A|[\s_-])(?:nav|navbar|navigation|menus?|breadcrumbs?|ariane|cookies?|tarteaucitron|consent|share|sharing|partage|"
    r"social|socials|addtoany|addthis|skiplinks?|skip|pager|pagination|toolbar|newsletter|search|recherche|back-to-top|"
    r"visually-hidden|sr-only|hidden|modal|print)(?=\Z|[\s_-])",
    re.IGNORECASE,
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# A class name alone is a weak sign: "share" may also name the whole body of a page. Furniture says little, in links.
_MAX_FURNITURE_TEXT = 300
_MIN_LINK_SHARE = 0.5


@dataclass(slots=True)
class _Measure:
    """What an element holds: characters, those in links, and whether it holds, or lies in, the content of the page."""

    characters: int = 0
    linked: int = 0
    holds_content: bool = False
    lies_in_content: bool = False


def chrome_elements(*, soup: BeautifulSoup) -> frozenset[int]:
    """Return the identities (``id``) of the elements of a page that are furniture, not content.

    An element that holds the title or the main part of the page is never furniture, whatever it is called: some sites
    put the whole page in a form, or call its body "menu-open".
    """
    measures = _measures(soup=soup)
    return frozenset(
        id(element)
        for element in soup.find_all(name=True)
        if element.name not in {"html", "body"} | _CONTENT
        and not measures[id(element)].holds_content
        and _is_furniture(element=element, measure=measures[id(element)])
    )


def _measures(*, soup: BeautifulSoup) -> dict[int, _Measure]:
    """Measure every element in two passes over the page, so that deep nesting costs no more than flat."""
    in_order: list[PageElement] = list(soup.descendants)
    measures = {id(element): _Measure() for element in (soup, *in_order)}
    for element in in_order:
        parent = element.parent
        if parent is not None:
            inside = measures[id(parent)].lies_in_content or parent.name in {"main", "article"}
            measures[id(element)].lies_in_content = inside
    for element in reversed(in_order):
        own = measures[id(element)]
        if isinstance(element, NavigableString):
            own.characters = len(element.strip())
        elif isinstance(element, Tag) and element.name == "a":
            own.linked = own.characters
        if element.parent is not None:
            outer = measures[id(element.parent)]
            outer.characters += own.characters
            outer.linked += own.linked
            is_content = isinstance(element, Tag) and element.name in _CONTENT
            outer.holds_content = outer.holds_content or own.holds_content or is_content
    return measures


def _is_furniture(*, element: Tag, measure: _Measure) -> bool:
    if element.name in _ALWAYS or element.has_attr("hidden") or _HIDDEN_STYLE.search(str(element.get("style") or "")):
        return True
    if element.name in _PAGE_LEVEL and not measure.lies_in_content:
        return True
    if str(element.get("role") or "").lower() in _ROLES:
        return True
    says_little = measure.characters <= _MAX_FURNITURE_TEXT or measure.linked >= _MIN_LINK_SHARE * measure.characters
    names = " ".join([*classes_of(element), str(element.get("id") or "")])
    return says_little and _NAMES.search(names) is not None


def classes_of(element: Tag) -> list[str]:
    """Return the classes of an element, however its parser gives them."""
    classes: str | list[str] = element.get("class") or []
    return classes.split() if isinstance(classes, str) else [str(name) for name in classes]
