"""Wagtail's screens save, start, stop and publish in several transactions: for a sheet they are one."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from initiatives.models import InitiativePage

_PAGE_SCREENS = "wagtailadmin_pages"
_BULK_ACTION = "wagtail_bulk_action"


class WholeReviewMiddleware:
    """Runs what an editor posts from Wagtail's page screens in one transaction, holding the sheet it is about.

    Killed in the middle, or when two editors answer at once, a review is before or after, never between.
    Must be the last of the middleware: it calls the view itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Call the view here when it may change sheets; let Django call it otherwise."""
        match = request.resolver_match
        if request.method != "POST" or match is None:
            return None
        if match.url_name == _BULK_ACTION or (match.namespace, match.url_name) == (_PAGE_SCREENS, "add"):
            with transaction.atomic():
                return view(request, *args, **kwargs)
        page_id = kwargs.get("page_id", args[0] if args else None)
        if match.namespace != _PAGE_SCREENS or not isinstance(page_id, int):
            return None
        if not InitiativePage.objects.filter(pk=page_id).exists():
            return None
        with transaction.atomic():
            InitiativePage.objects.select_for_update(of=("self",)).filter(pk=page_id).first()
            return view(request, *args, **kwargs)
