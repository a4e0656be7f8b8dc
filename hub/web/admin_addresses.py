"""Keys in the addresses of the administration, looked at before Wagtail's screens are asked.

Most of its screens look a row up by what the address says, and fail on what can be no key: a word, a number no database
holds, a null byte. Here is the one place all of them are reached through; an error of the screens themselves stays one.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

# As the addresses of the hub have it (hub/web/path_converters.py).
_MOST_DIGITS = 18
# Parameters that hold keys, one or several, and what may stand for all of them.
_KEY_PARAMETERS = frozenset({"id", "childOf"})
_EVERYTHING = "all"
# A form of Wagtail's that fails when its field is not sent at all.
_FIELDS = {"wagtailadmin_choose_page_external_link": "external-link-chooser-url"}


class AdminAddressesMiddleware(MiddlewareMixin):
    def process_view(
        self, request: HttpRequest, _view: Callable[..., HttpResponseBase], args: list[Any], kwargs: dict[str, Any]
    ) -> None:
        """Raises ``Http404`` for no key, or a null byte in the path; ``BadRequest`` for one after it, or no field."""
        if not request.path_info.startswith(f"/{settings.ADMIN_PATH}"):
            return
        for name, value in [*kwargs.items(), *(("", value) for value in args)]:
            is_named_key = name == "pk" or name.endswith(("id", "_pk"))
            is_no_key = (isinstance(value, int) or is_named_key) and not _may_be_key(str(value))
            if is_no_key or "\0" in str(value):  # an app, a model, a name: PostgreSQL refuses to look for a null byte
                raise Http404
        for name, values in request.GET.lists():
            if any("\0" in text for text in (name, *values)):
                raise BadRequest("a null byte in the address")
            if name in _KEY_PARAMETERS and not all(
                value in {"", _EVERYTHING} or _may_be_key(value) for value in values
            ):
                raise Http404
        match = request.resolver_match
        field = _FIELDS.get(match.url_name or "") if match is not None else None
        if field is not None and request.method == "POST" and field not in request.POST:
            raise BadRequest(f"the field {field} is not there")


def _may_be_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
