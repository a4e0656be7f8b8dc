"""The engine the settings ask for."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from search.engines.base import Engine
from search.engines.embedded.engine import EmbeddedEngine


def search_engine() -> Engine:
    """Return the engine of this process: the embedded one, of the folder and host the settings name."""
    return _embedded(Path(settings.SEARCH_INDEX_DIR), settings.SEARCH_HOST_NAME)


@lru_cache(maxsize=4)
def _embedded(folder: Path, host: str) -> EmbeddedEngine:
    return EmbeddedEngine(folder=folder, name=f"embedded:{host}")
