"""Wagtail's page screens load, save, publish in several steps: for one page they are one, and one at a time.

Wagtail's editor loads the page, then writes *the whole row* of a page that is not online. While the automatic save of a
draft is under way, somebody publishes it, moves it, or moves what contains it: the save then puts the former row back,
and the page is said to be published without being online (Wagtail 8.0.1, ``wagtail.admin.views.pages.edit``,
``form.save(commit=not self.page.live)``). Here the page is held before it is loaded: who comes second loads what the
first has made of it, and Wagtail's own check of revisions refuses a save that is out of date.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from wagtail.models import Page

_PAGE_SCREENS = "wagtailadmin_pages"
_BULK_ACTION = "wagtail_bulk_action"


class WholeEditMiddleware:
    """Runs what an editor posts from Wagtail's page screens in one transaction, holding the page it is about.

    Killed in the middle, or when two people act at once, an act is before or after, never between.
    Must be the last of the middleware: it calls the view itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Call the view here when it may change pages; let Django call it otherwise."""
        match = request.resolver_match
        if request.method != "POST" or match is None:
            return None
        if match.url_name == _BULK_ACTION or (match.namespace, match.url_name) == (_PAGE_SCREENS, "add"):
            with transaction.atomic():
                return view(request, *args, **kwargs)
        page_id = kwargs.get("page_id", args[0] if args else None)
        if match.namespace != _PAGE_SCREENS or not isinstance(page_id, int):
            return None
        with transaction.atomic():
            _hold(page_id=page_id)
            return view(request, *args, **kwargs)


def _hold(*, page_id: int) -> None:
    """Hold the rows of a page until the end of the transaction: those of its type first, as every act of ours does."""
    page = Page.objects.filter(pk=page_id).only("content_type").first()
    if page and (model := page.specific_class):
        rows = ("self",) if model is Page else ("self", "page_ptr")
        model._default_manager.select_for_update(of=rows).filter(pk=page_id).first()
