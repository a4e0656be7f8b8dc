"""The engines the settings ask for: the only place that looks at which they are."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from search.engines.base import Engine
from search.engines.elasticsearch.connection import connection_from_settings
from search.engines.elasticsearch.engine import ElasticsearchEngine
from search.engines.embedded.engine import EmbeddedEngine

# One object for all the searches of a process: it keeps its index open, or its connections.
_embedded, _elasticsearch = lru_cache(maxsize=4)(EmbeddedEngine), lru_cache(maxsize=4)(ElasticsearchEngine)


def engines() -> tuple[Engine, ...]:
    """Return every engine this host keeps up to date, in the order a search asks them.

    The embedded engine of this host is always one of them: the only one, or the stand-by of a server.
    """
    embedded = _embedded(folder=Path(settings.SEARCH_INDEX_DIR), name=f"embedded:{settings.SEARCH_HOST_NAME}")
    connection = connection_from_settings()
    if connection is None:
        return (embedded,)
    return (_elasticsearch(connection=connection, alias=settings.ELASTICSEARCH_INDEX), embedded)
