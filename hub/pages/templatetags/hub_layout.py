import re
from dataclasses import dataclass
from typing import Any

from django import template
from django.core.paginator import Page as PaginatedPage
from django.template import Context
from django.utils.safestring import SafeString, mark_safe
from wagtail.models import Page

from hub.pages.navigation import Navigation, navigation_at

register = template.Library()

# Pages named on each side of the current one.
PAGES_AROUND = 1
# A page of a list after the first.
PAGE_NUMBER = re.compile(r"[2-9]|[1-9][0-9]{1,4}")


@register.simple_tag(takes_context=True)
def main_navigation(context: Context) -> Navigation:
    return navigation_at(path=context["request"].path)


@register.simple_tag(takes_context=True)
def canonical_url(context: Context) -> str:
    request = context["request"]
    url = request.build_absolute_uri(request.path)
    number = request.GET.get("page", "")
    return f"{url}?page={number}" if PAGE_NUMBER.fullmatch(number) else url


@register.inclusion_tag("includes/breadcrumb.html")
def breadcrumb(current: str, *parents: str) -> dict[str, Any]:
    """Show the way to a page that is not in the tree: its title, then label and address of each page above it.

    ``{% breadcrumb "Ain" "Recherche" "/recherche/" %}``
    """
    return {"current": current, "parents": list(zip(parents[::2], parents[1::2], strict=True))}


@register.inclusion_tag("includes/breadcrumb.html", takes_context=True)
def page_breadcrumb(context: Context, page: Page) -> dict[str, Any]:
    """Show the way to a page of the tree, the home page aside."""
    ancestors = page.get_ancestors().filter(depth__gt=2) if page.depth else ()
    request = context["request"]
    return {"current": page.title, "parents": [(above.title, above.get_url(request)) for above in ancestors]}


@dataclass(frozen=True, slots=True)
class PageLink:
    """One number of a pagination; ``number`` is ``None`` for the pages left out."""

    number: int | None = None
    url: str = ""
    is_current: bool = False


@register.inclusion_tag("includes/pagination.html", takes_context=True)
def pagination(context: Context, entries: PaginatedPage) -> dict[str, Any]:
    """Show the pages of a list, keeping the other parameters of the address."""
    parameters = context["request"].GET.copy()

    def address(number: int) -> str:
        parameters["page"] = str(number)
        return f"?{parameters.urlencode()}"

    numbers = entries.paginator.get_elided_page_range(entries.number, on_each_side=PAGES_AROUND, on_ends=1)
    return {
        "previous_url": address(entries.previous_page_number()) if entries.has_previous() else "",
        "next_url": address(entries.next_page_number()) if entries.has_next() else "",
        "items": [
            PageLink(number, address(number), number == entries.number) if isinstance(number, int) else PageLink()
            for number in numbers
        ],
    }


@register.simple_block_tag
def capture(content: str) -> SafeString:
    """Keep what is rendered between ``{% capture as name %}`` and ``{% endcapture %}``, to show it more than once."""
    # Already escaped by the templates it was rendered from; only the white space of their layout is dropped.
    return mark_safe(" ".join(content.split()))  # noqa: S308
