"""An engine of several hosts, in the memory of a test: no lock, versions that are compared, one former index kept.

It behaves as a server does, and lets a test do something at the moments when others may come between.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from search.compiler import CompiledQuery
from search.engines.base import (
    EngineError,
    EngineNotReadyError,
    EngineState,
    HitMoment,
    PageChange,
    Refusal,
    SearchResults,
)
from search.query import FacetCount

Pages = dict[int, PageChange]


class MemoryEngine:
    """A server that every host of a test shares. ``at[moment]`` is called once, then forgotten.

    Moments: ``apply`` and ``applied`` around a write, ``publish`` and ``published`` around the switch.
    """

    is_shared = True

    def __init__(self, *, name: str = "server", lease_seconds: float = 30.0) -> None:
        self.name = name
        self.lease_seconds = lease_seconds
        self.indexes: dict[str, Pages] = {}
        self.current = self.former = ""
        self.version = "v1"
        self.is_away = False
        self.refusals: dict[int, Refusal] = {}
        self.at: dict[str, Callable[[], object]] = {}
        self.writes: dict[int, int] = defaultdict(int)
        self.lock = threading.Lock()

    def reach(self, moment: str) -> None:
        self.answer()
        self.at.pop(moment, lambda: None)()

    def answer(self) -> None:
        if self.is_away:
            raise EngineError("le serveur ne répond pas")

    @property
    def titles(self) -> set[str]:
        return {change.records[0].title for change in self.indexes.get(self.current, {}).values() if change.records}

    def write(self, generation: str, changes: Sequence[PageChange]) -> Mapping[int, Refusal]:
        self.answer()
        refused = {}
        with self.lock:
            pages = self.indexes[generation]
            for change in changes:
                self.writes[change.page_id] += 1
                if change.page_id in self.refusals:
                    refused[change.page_id] = self.refusals[change.page_id]
                elif change.page_id not in pages or pages[change.page_id].version <= change.version:
                    pages[change.page_id] = change
        return refused

    # --- the engine ---------------------------------------------------------------------------------------------------

    def state(self) -> EngineState:
        self.answer()
        if not self.current:
            return EngineState.MISSING
        return EngineState.READY if self.current.startswith(self.version) else EngineState.OUTDATED

    def generation(self) -> str:
        self.answer()
        return self.current

    def document_count(self) -> int:
        return len(self.titles)

    def search(self, query: CompiledQuery, *, seconds: float | None = None) -> SearchResults:
        del query, seconds
        self.answer()
        types: dict[str, int] = defaultdict(int)
        for change in self.indexes.get(self.current, {}).values():
            for record in change.records:
                types[record.type] += 1
        counts = tuple(FacetCount(value, count) for value, count in types.items())
        return SearchResults(engine=self.name, total=sum(types.values()), facets={"type": counts})

    def said(self, query: CompiledQuery, **_options: object) -> Mapping[int, tuple[HitMoment, ...]]:
        del query
        return {}

    @contextmanager
    def writing(self, *, wait_seconds: float) -> Iterator["MemoryWriter"]:
        del wait_seconds
        if self.state() is not EngineState.READY:
            raise EngineNotReadyError("pas d’index de cette version")
        yield MemoryWriter(self, self.current)

    @contextmanager
    def rebuilding(self) -> Iterator["MemoryRebuild"]:
        self.answer()
        new = MemoryRebuild(self)
        try:
            yield new
        finally:
            if new.generation not in {self.current, self.former}:
                del self.indexes[new.generation]

    def roll_back(self) -> str:
        if self.former not in self.indexes:
            raise EngineError("aucun index précédent")
        self.current, self.former = self.former, self.current
        return self.current


class MemoryWriter:
    """Writes to one index, whatever is in use."""

    def __init__(self, engine: MemoryEngine, generation: str) -> None:
        self.engine = engine
        self.generation = generation
        self.lease_seconds = engine.lease_seconds

    def apply(self, changes: Sequence[PageChange]) -> Mapping[int, Refusal]:
        self.engine.reach("apply")
        refused = self.engine.write(self.generation, changes)
        self.engine.reach("applied")
        return refused


class MemoryRebuild:
    """A new index."""

    def __init__(self, engine: MemoryEngine) -> None:
        self.engine = engine
        self.generation = f"{engine.version}-{len(engine.writes)}-{id(self)}"
        self.missing = 0
        engine.indexes[self.generation] = {}

    def add(self, changes: Iterable[PageChange]) -> Mapping[int, Refusal]:
        return self.engine.write(self.generation, list(changes))

    def settle(self) -> None:
        self.engine.reach("settle")

    def apply(self, changes: Sequence[PageChange]) -> Mapping[int, Refusal]:
        return self.engine.write(self.generation, changes)

    def document_count(self) -> int:
        return sum(len(change.records) for change in self.engine.indexes[self.generation].values())

    @contextmanager
    def exclusive(self, *, wait_seconds: float) -> Iterator[None]:
        del wait_seconds
        yield

    def publish(self) -> None:
        self.engine.reach("publish")
        self.engine.former, self.engine.current = self.engine.current, self.generation
        self.engine.reach("published")
