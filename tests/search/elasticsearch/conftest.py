"""An engine of the test's own on a real server, and the raw client to look behind it."""

from collections.abc import Callable, Iterator

import pytest
from elasticsearch import Elasticsearch

from search.compiler import CompiledQuery, compile_query
from search.engines.base import PageChange, Refusal
from search.engines.elasticsearch.connection import Connection
from search.engines.elasticsearch.engine import ElasticsearchEngine
from search.query import SearchQuery
from search.synonyms import AcronymTable
from tests.search.factories import UNIVERSAL, as_new, record


@pytest.fixture
def alias(unique_index_prefix: str) -> str:
    """The name the engine of this test searches; indices of the test may have others."""
    return f"{unique_index_prefix}hub"


@pytest.fixture
def engine(elasticsearch_server: str, alias: str) -> ElasticsearchEngine:
    """An engine without an index yet."""
    return ElasticsearchEngine(connection=Connection(hosts=(elasticsearch_server,), timeout=10), alias=alias)


@pytest.fixture
def client(elasticsearch_server: str) -> Iterator[Elasticsearch]:
    """The raw client."""
    with Elasticsearch(elasticsearch_server, request_timeout=30) as made:
        yield made


def words(text: str = "") -> CompiledQuery:
    """Return the query of these words."""
    return compile_query(
        query=SearchQuery(text=text), acronyms=AcronymTable(), universal_audience=UNIVERSAL, containers=()
    )


def titles(engine: ElasticsearchEngine, text: str = "") -> list[str]:
    """Return the titles an engine finds, sorted."""
    return sorted(hit.card.title for hit in engine.search(words(text)).hits)


def publish(engine: ElasticsearchEngine, *names: str, before: Callable[[], object] = lambda: None) -> str:
    """Give the engine a new index with a page for each title, numbered from 1; returns the name of the index.

    ``before`` is called when everything is ready but the switch.
    """
    with engine.rebuilding() as new:
        assert not new.add(as_new(record(number, title) for number, title in enumerate(names, start=1)))
        new.settle()
        before()
        with new.exclusive(wait_seconds=5):
            new.publish()
    return new.generation


def write(engine: ElasticsearchEngine, *changes: PageChange) -> dict[int, Refusal]:
    """Bring changes to the index in use; returns what was refused."""
    with engine.writing(wait_seconds=5) as writer:
        return dict(writer.apply(changes))


def page(page_id: int, version: int, title: str, **values: object) -> PageChange:
    """Return a page with this title at this version."""
    return PageChange(page_id, version, (record(page_id, title, **values),))
