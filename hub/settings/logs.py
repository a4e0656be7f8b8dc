"""Where log records go, and in which form: one JSON object a line in production, readable lines for a trial."""

from collections.abc import Mapping
from typing import Any


def logs_are_json(*, environ: Mapping[str, str]) -> bool:
    """Whether the operator's tools get JSON: always in production, unless LOG_FORMAT is ``lignes``."""
    default = "lignes" if environ.get("DJANGO_SETTINGS_MODULE") == "hub.settings.demo" else "json"
    return environ.get("LOG_FORMAT", default).strip() != "lignes"


def logging_settings(*, as_json: bool, level: str = "INFO", with_requests: bool = False) -> dict[str, Any]:
    """Return Django's LOGGING: everything on the error output. ``with_requests`` adds a line for each request."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "request_id": {"()": "hub.web.logs.RequestIdFilter"},
            "secrets": {"()": "hub.web.logs.SecretsFilter"},
            "too_much_sent": {"()": "hub.web.logs.TooMuchSentFilter"},
        },
        "formatters": {"chosen": {"()": "hub.web.logs.JsonFormatter" if as_json else "hub.web.logs.LineFormatter"}},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "chosen",
                "filters": ["request_id", "secrets", "too_much_sent"],
            },
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # A line per background task and page action says nothing an operator can use; the audit log is in the
            # database.
            "django_tasks": {"level": "WARNING"},
            "wagtail": {"level": "WARNING"},
            # A line per request to the search cluster, likewise; what goes wrong with it the search tells itself.
            "elastic_transport": {"level": "ERROR"},
            # Says at each start that it is there; what it finds in a PDF the reader tells itself.
            "pikepdf": {"level": "WARNING"},
            "hub.requests": {"level": "INFO" if with_requests else "WARNING"},
        },
    }
