"""The engines the settings ask for: the only place that looks at which they are."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from search.engines.base import Engine
from search.engines.elasticsearch.connection import Connection, connection_from_settings
from search.engines.elasticsearch.engine import ElasticsearchEngine
from search.engines.embedded.engine import EmbeddedEngine


def engines() -> tuple[Engine, ...]:
    """Return every engine this host keeps up to date, in the order a search asks them.

    The embedded engine of this host is always one of them: the only one, or the stand-by of a server.
    """
    embedded = _embedded(Path(settings.SEARCH_INDEX_DIR), settings.SEARCH_HOST_NAME)
    connection = connection_from_settings()
    if connection is None:
        return (embedded,)
    return (_elasticsearch(connection, settings.ELASTICSEARCH_INDEX), embedded)


@lru_cache(maxsize=4)
def _embedded(folder: Path, host: str) -> EmbeddedEngine:
    return EmbeddedEngine(folder=folder, name=f"embedded:{host}")


@lru_cache(maxsize=4)
def _elasticsearch(connection: Connection, alias: str) -> ElasticsearchEngine:
    return ElasticsearchEngine(connection=connection, alias=alias)
