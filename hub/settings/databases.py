"""Turn DATABASE_URL into Django's database settings: the one place that looks at the backend's name."""

from typing import Any

import environ

SQLITE_OPTIONS: dict[str, Any] = {
    # Writers queue for the lock from the start of their transaction instead of failing in the middle of it.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    # Readers never wait for a writer; "normal" is safe with a write-ahead log.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;",
}


def database_from_url(*, url: str) -> dict[str, Any]:
    """``postgres://user:password@host:5432/name`` or ``sqlite:////absolute/path.sqlite3``."""
    settings: dict[str, Any] = dict(environ.Env.db_url_config(url))
    if settings["ENGINE"] == "django.db.backends.sqlite3":
        settings["OPTIONS"] = {**SQLITE_OPTIONS, **settings.get("OPTIONS", {})}
    else:
        settings.setdefault("CONN_MAX_AGE", 60)
        settings.setdefault("CONN_HEALTH_CHECKS", True)
        # Seconds; a server that cannot be reached must not hold a web process.
        settings["OPTIONS"] = {"connect_timeout": 5, **settings.get("OPTIONS", {})}
    return settings
