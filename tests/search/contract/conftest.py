"""The engines under the contract. Each test runs on every engine; a test names what any engine must do."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub.pages.records import CatalogueRecord
from search.asking import ask_engine
from search.compiler import Reach, compile_query
from search.engines.base import Engine, PageChange, SearchResults
from search.engines.elasticsearch.connection import Connection
from search.engines.elasticsearch.engine import ElasticsearchEngine
from search.engines.embedded.engine import EmbeddedEngine
from search.query import SearchQuery
from search.synonyms import AcronymTable, SynonymTable
from tests.search.factories import ACRONYMS, CONTAINERS, UNIVERSAL, as_new

Search = Callable[..., SearchResults]


@pytest.fixture(params=["embedded", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """An engine without an index: ``catalogue`` gives it one."""
    made: Engine
    if request.param == "embedded":
        made = EmbeddedEngine(folder=tmp_path / "index", name="embedded:test")
    else:
        address = request.getfixturevalue("elasticsearch_server")
        prefix = request.getfixturevalue("unique_index_prefix")
        made = ElasticsearchEngine(connection=Connection(hosts=(address,), timeout=10), alias=prefix)
    return made


def fill(engine: Engine, records: list[CatalogueRecord]) -> None:
    """Give the engine a new index of these records."""
    with engine.rebuilding() as new:
        new.add(as_new(records))
        new.settle()
        with new.exclusive(wait_seconds=5):
            new.publish()


def change(engine: Engine, *records: CatalogueRecord, deleted: tuple[int, ...] = (), version: int = 1) -> None:
    """Bring changed and deleted pages to the engine."""
    changes = [PageChange(record.page_id, version, (record,)) for record in records]
    changes += [PageChange(page_id, version) for page_id in deleted]
    with engine.writing(wait_seconds=5) as writer:
        assert not writer.apply(changes)


@pytest.fixture
def catalogue(engine: Engine) -> Callable[..., Search]:
    """``catalogue(record, …)`` fills the index and gives the function that searches it."""

    def filled(*records: CatalogueRecord) -> Search:
        fill(engine, list(records))
        return searching(engine)

    return filled


def searching(engine: Engine) -> Search:
    """Return the function that searches ``engine`` with the fields of a query as arguments."""

    def search(
        text: str = "",
        *,
        size: int = 10,
        with_moments: bool = False,
        acronyms: Any = ACRONYMS,
        synonyms: SynonymTable | None = None,
        reach: Reach = Reach.CORRECTED,
        **criteria: Any,
    ) -> SearchResults:
        query = SearchQuery(text=text, **criteria)
        compiled = compile_query(
            query=query,
            acronyms=AcronymTable(acronyms),
            synonyms=synonyms,
            reach=reach,
            universal_audience=UNIVERSAL,
            containers=CONTAINERS.get(query.territory, ()),
            size=size,
        )
        return ask_engine(engine, compiled, with_moments=with_moments)

    return search


def ids(results: SearchResults) -> list[int]:
    """Return the pages found, in order."""
    return [hit.page_id for hit in results.hits]


def counts(results: SearchResults, field: str) -> dict[str, int]:
    """Return the counts of a facet."""
    return {count.value: count.count for count in results.facets[field]}
