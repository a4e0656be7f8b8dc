"""The form of a log record.

Only the fields named here are written. What libraries attach to a record stays out: Django attaches the request, whose
address holds what a visitor searched for.
"""

import json
import logging
import re
from datetime import UTC, datetime

from django.http import HttpRequest

from hub.request_ids import ATTRIBUTE, current_request_id, hide_secrets

# What a record of the "hub.requests" logger carries (hub/request_ids.py).
REQUEST_FIELDS = ("method", "path", "status", "duration_ms")


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
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, object] = {
            "timestamp": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": getattr(record, "request_id", ""),
        }
        fields |= {name: getattr(record, name) for name in REQUEST_FIELDS if hasattr(record, name)}
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            fields["stack"] = self.formatStack(record.stack_info)
        return json.dumps(fields, ensure_ascii=False)


class LineFormatter(logging.Formatter):
    """A line to read, the request's id in its place when there is one."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} {short_id}{message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        request_id = getattr(record, "request_id", "")
        record.short_id = f"[{request_id[:8]}] " if request_id else ""
        return super().format(record)
