"""The engines the settings ask for: the only place that looks at which they are."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from search.engines.base import Engine
from search.engines.embedded.engine import EmbeddedEngine


def search_engine() -> Engine:
    """Return the engine that answers searches as long as it can."""
    return engines()[0]


def engines() -> tuple[Engine, ...]:
    """Return every engine this host keeps up to date, in the order a search asks them.

    The embedded engine of this host is always one of them: the only one, or the stand-by of a server.
    """
    return (_embedded(Path(settings.SEARCH_INDEX_DIR), settings.SEARCH_HOST_NAME),)


@lru_cache(maxsize=4)
def _embedded(folder: Path, host: str) -> EmbeddedEngine:
    return EmbeddedEngine(folder=folder, name=f"embedded:{host}")
