"""An id for each request: on the answer, and on every log record made on the way to it."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

HEADER = "X-Request-ID"
ATTRIBUTE = "request_id"  # of the request

# What proxies make: a UUID with or without dashes, or a short token. Anything else is replaced, not repaired.
_SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")

# Arguments of an address that open a door to whoever reads the log: links to sign in, to choose a password, to confirm.
_SECRET_ARGUMENTS = ("token", "key")

# Asked for by every page or every few seconds: worth a line only when they go wrong.
_ROUTINE = ("/static/", "/sante/")
_FIRST_ERROR_STATUS = 400

logger = logging.getLogger("hub.requests")

_current: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """Return the id of the request being answered, empty outside of any."""
    return _current.get()


class RequestIdMiddleware:
    """Takes the proxy's ``X-Request-ID``, or makes one; writes a line for each request when the settings ask for it.

    To be the first: what the others log carries the id too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        given = request.headers.get(HEADER, "")
        request_id = given if _SANE.fullmatch(given) else uuid.uuid4().hex
        setattr(request, ATTRIBUTE, request_id)
        reset = _current.set(request_id)
        try:
            response = self.get_response(request)
            response.headers[HEADER] = request_id
            _log(request, status=response.status_code, milliseconds=(time.perf_counter() - began) * 1000)
            return response
        finally:
            _current.reset(reset)


def _log(request: HttpRequest, *, status: int, milliseconds: float) -> None:
    path = hide_secrets(request.path, request=request)
    routine = path.startswith(_ROUTINE) and status < _FIRST_ERROR_STATUS
    fields = {"method": request.method, "path": path, "status": status, "duration_ms": round(milliseconds, 1)}
    level = logging.DEBUG if routine else logging.INFO
    logger.log(level, "%(method)s %(path)s %(status)s %(duration_ms)s ms", fields, extra=fields)


def hide_secrets(text: str, *, request: HttpRequest) -> str:
    """Return the text without what, in the address of this request, would open a door to whoever reads it."""
    if request.resolver_match:
        for name in _SECRET_ARGUMENTS:
            if value := request.resolver_match.kwargs.get(name):
                text = text.replace(str(value), "…")
    return text
