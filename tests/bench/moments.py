"""Moments under the results of a page: what they cost beside the same search without them."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path

from hub.pages.records import CatalogueRecord
from search.asking import ask_engine
from search.compiler import CompiledQuery
from search.engines.base import Engine, PageChange
from search.engines.elasticsearch.connection import Connection
from search.engines.elasticsearch.engine import ElasticsearchEngine
from search.engines.embedded.engine import EmbeddedEngine
from tests.bench.corpus import Corpus
from tests.bench.sides import PATIENCE, Server, compiled
from tests.bench.timing import WARM_UP, in_turn, tell

ENTRIES, WORKSHOPS, PASSAGES = 10_000, 300, 200

Summaries = dict[str, dict[str, float]]


def measure_moments(*, server: Server | None, searches: int) -> dict[str, dict[str, Summaries]]:
    """Return, by engine and by what is searched, the times of a search without its moments and with them.

    Among ``workshops`` alone nearly every result has moments; among ``everything``, one in five on average.
    """
    with tempfile.TemporaryDirectory(prefix="hub-bench-moments-") as folder:
        tell(f"{ENTRIES} entries, {WORKSHOPS} workshops of {PASSAGES} moments: embedded")
        engines: dict[str, tuple[Engine, Engine]] = {
            # One for each side: what one remembers of a search does not serve the other.
            "embedded": (_embedded(folder), _embedded(folder)),
        }
        if server:
            connection = Connection(hosts=(server.url,), timeout=PATIENCE)
            asked = ElasticsearchEngine(connection=connection, alias=f"{server.alias}-moments")
            engines["elasticsearch"] = (asked, asked)
        found: dict[str, dict[str, Summaries]] = {}
        for name, (without, within) in engines.items():
            _fill(without)
            sides = {
                "without": partial(_search, without, with_moments=False),
                "with": partial(_search, within, with_moments=True),
            }
            pairs = list(Corpus().searches(searches + WARM_UP))
            queries = {
                "everything": [compiled(words) for words, _ in pairs],
                "workshops": [compiled(words, types=("atelier",)) for words, _ in pairs],
            }
            found[name] = {what: in_turn(arguments=asked, sides=sides) for what, asked in queries.items()}
        return found


def _embedded(folder: str) -> EmbeddedEngine:
    return EmbeddedEngine(folder=Path(folder), name="embedded:bench")


def _search(engine: Engine, query: CompiledQuery, *, with_moments: bool) -> None:
    ask_engine(engine, query, with_moments=with_moments)


def _fill(engine: Engine) -> None:
    corpus = Corpus()
    records = chain(corpus.records(ENTRIES), _workshops(corpus))
    with engine.rebuilding() as new:
        new.add(PageChange(record.page_id, 1, (record,)) for record in records)
        new.settle()
        with new.exclusive(wait_seconds=5):
            new.publish()


def _workshops(corpus: Corpus) -> Iterator[CatalogueRecord]:
    for number in range(ENTRIES + 1, ENTRIES + WORKSHOPS + 1):
        moments = tuple(corpus.moments(number, count=PASSAGES))
        said = "\n".join(moment.text for moment in moments)
        yield replace(corpus.record(number), type="atelier", has_replay=True, transcript=said, moments=moments)
