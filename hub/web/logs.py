"""What is written in the log, and never the secret of an address; the number of each request."""

import json
import logging
import re
import time
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from gunicorn.config import Config  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]

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
    return _current.get()


class RequestIdMiddleware:
    """Takes the proxy's ``X-Request-ID`` or makes one, and logs the request. To be the first: others log the id too."""

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
            duration = round((time.perf_counter() - began) * 1000, 1)
            path, status = hide_secrets(request.path, request=request), response.status_code
            fields = {"method": request.method, "path": path, "status": status, "duration_ms": duration}
            level = logging.DEBUG if path.startswith(_ROUTINE) and status < _FIRST_ERROR_STATUS else logging.INFO
            logger.log(level, "%(method)s %(path)s %(status)s %(duration_ms)s ms", fields, extra=fields)
            return response
        finally:
            _current.reset(reset)


def hide_secrets(text: str, *, request: HttpRequest) -> str:
    """Return the text without what, in the address of this request, would open a door to whoever reads it."""
    if request.resolver_match:
        for name in _SECRET_ARGUMENTS:
            if value := request.resolver_match.kwargs.get(name):
                text = text.replace(str(value), "…")
    return text


class RequestIdFilter(logging.Filter):
    """Writes on each record the id of the request it was made during, empty outside of any."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Django tells of an answer with an error status once every middleware is done, and attaches the request.
        record.request_id = current_request_id() or getattr(getattr(record, "request", None), ATTRIBUTE, "")
        return True


class QueryStringFilter(logging.Filter):
    """Cuts the parameters off the addresses in a message: gunicorn quotes them whole when a request fails."""

    _PARAMETERS = re.compile(r"\?[^\s'\"]*")

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = self._PARAMETERS.sub("?…", record.getMessage())
        record.args = None
        return True


class SecretsFilter(logging.Filter):
    """Hides what opens a door in the address Django quotes when it answers a request with an error."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest):
            record.msg = hide_secrets(record.getMessage(), request=request)
            record.args = None
        return True


class TooMuchSentFilter(logging.Filter):
    """A form with too many fields, or too large, is refused: a line says so, nothing is broken that needs a trace."""

    _NAMES = frozenset(
        f"django.security.{name}" for name in ("TooManyFieldsSent", "TooManyFilesSent", "RequestDataTooBig")
    )

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name in self._NAMES:
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info = record.exc_text = None
        return True


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, object] = {
            "timestamp": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": getattr(record, "request_id", ""),
        }
        asked = ("method", "path", "status", "duration_ms")  # of a line about a request
        fields |= {name: getattr(record, name) for name in asked if hasattr(record, name)}
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            fields["stack"] = self.formatStack(record.stack_info)
        return json.dumps(fields, ensure_ascii=False)


class LineFormatter(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} {short_id}{message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        request_id = getattr(record, "request_id", "")
        record.short_id = f"[{request_id[:8]}] " if request_id else ""
        return super().format(record)


class GunicornJsonLogger(Logger):
    formatter: type[logging.Formatter] = JsonFormatter

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(self.formatter())
            handler.addFilter(RequestIdFilter())
            handler.addFilter(QueryStringFilter())


class GunicornLineLogger(GunicornJsonLogger):
    formatter = LineFormatter
