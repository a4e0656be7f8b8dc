"""What an engine is to the rest of the hub. Two obey this: the embedded one, and Elasticsearch."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from hub.pages.records import CatalogueCard, CatalogueRecord
from search.compiler import CompiledQuery
from search.highlighting import Segments
from search.query import FacetCount, counts_of_all


class EngineError(Exception):
    """An engine could not do what it was asked."""


class EngineBusyError(EngineError):
    """Another process is writing; nothing was changed. Trying again later is enough."""


class EngineNotReadyError(EngineError):
    """There is no index to write to, or it was made by another version of the hub: it must be rebuilt."""


class EngineState(Enum):
    READY = "ready"
    OUTDATED = "outdated"  # answers searches, but is written to no more until it is rebuilt
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class HitMoment:
    """A moment of a recording where something is said that was searched for: when, by whom, and what plays it there.

    ``seconds`` are those of the word, as far as they can be told.
    """

    seconds: int
    url: str
    speaker: str = ""
    extract: Segments = ()


@dataclass(frozen=True, slots=True)
class HitSlide:
    """The page of an attached document that an extract comes from."""

    document: str
    page: int


@dataclass(frozen=True, slots=True)
class Hit:
    """One result. ``title`` and ``extract`` are segments of plain text, ``(text, is_match)``; templates escape them.

    ``slide`` is where the extract comes from, when it is an attached document; it ``is_said`` when it comes from the
    transcript. ``moments`` are those of the recording of the entry (see ``Engine.said``), or the one the result is.
    ``missing`` are the words it lacks, as they were typed: none for a result of the first tier.
    """

    key: str
    page_id: int
    type: str
    card: CatalogueCard
    title: Segments
    extract: Segments
    slide: HitSlide | None = None
    is_said: bool = False
    has_moments: bool = False
    moments: tuple[HitMoment, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Correction:
    """A typed word no entry has, and how to write what some have: as it stands in the text, as a person writes it."""

    word: str
    replacement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResults:
    """An engine's answer.

    ``total`` and ``facets`` count both tiers, and the type of the moments what the question that was counted finds
    among them; ``near_total`` of the entries lack something, and come last.
    ``corrections`` are given when some word is one that no entry has: there is then no second tier, as the same search
    better spelled is to be asked first. ``located_total`` counts the entries inside the chosen territory when both
    scopes are asked. ``is_ready`` is false when there was no index to ask. ``from_standby`` is true when the engine is
    not the one the settings ask for, which did not answer.
    """

    engine: str
    total: int = 0
    near_total: int = 0
    located_total: int | None = None
    hits: tuple[Hit, ...] = ()
    facets: Mapping[str, tuple[FacetCount, ...]] = field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()
    is_ready: bool = True
    from_standby: bool = False


def without_index(*, engine: str, query: CompiledQuery) -> SearchResults:
    """Return the answer of an engine that has no index to ask: nothing, the chosen values kept in view."""
    return SearchResults(engine=engine, is_ready=False, facets=counts_of_all(buckets={}, selected=query.selected))


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an engine did not take a page. ``is_final``: the same content would be refused again, however often."""

    reason: str
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class PageChange:
    """What became of a page: the records it has now, none if it left the catalogue, and the version of that state."""

    page_id: int
    version: int
    records: tuple[CatalogueRecord, ...] = ()


class EngineWriter(Protocol):
    """Writes to one index of an engine.

    ``generation`` is that index, whatever is put in use meanwhile. ``lease_seconds`` is how long a batch may take when
    several writers are at work, 0 when this one is alone.
    """

    generation: str
    lease_seconds: float

    def apply(self, changes: Sequence[PageChange]) -> Mapping[int, Refusal]:
        """Make the changes durable and visible. A change older than what the index knows of a page does nothing.

        Returns why, by page id, for the pages the engine refused; the others are done. Raises ``EngineError`` when
        nothing can be said of any of them.
        """


class EngineRebuild(Protocol):
    """A new index being filled while the present one goes on answering."""

    generation: str

    def add(self, changes: Iterable[PageChange]) -> Mapping[int, Refusal]:
        """Add pages the new index does not hold yet; returns why for those it refused."""

    def settle(self) -> None:
        """Make what was added durable, and put it in order; the longest step that needs no exclusion."""

    def apply(self, changes: Sequence[PageChange]) -> Mapping[int, Refusal]:
        """Bring pages that changed since the rebuild began up to date."""

    def document_count(self) -> int:
        """Return how many entries the new index holds, once it is settled: those of the changes applied since too."""

    def exclusive(self, *, wait_seconds: float) -> AbstractContextManager[None]:
        """Keep everyone from writing to the present index, if the engine can. Raises ``EngineBusyError``.

        An engine of several hosts cannot: what is written to the former index at that moment is delivered again,
        because the outbox knows which index it was written to.
        """

    def publish(self) -> None:
        """Put the new index in the place of the present one, at once and for every process. Under ``exclusive``."""


class Engine(Protocol):
    """A search engine.

    ``name`` is also the name of its consumer in the outbox. ``is_shared`` is true for an index several hosts write to:
    a host that finds it made by another version leaves it to the release that is under way.
    """

    name: str
    is_shared: bool

    def require_supported(self) -> None:
        """Raise ``EngineError``, with one sentence for the operator, unless the engine can be reached and spoken to."""

    def state(self) -> EngineState:
        """Say whether there is an index to search and to write to. Raises ``EngineError``."""

    def generation(self) -> str:
        """Identify the index in use; empty when there is none. Raises ``EngineError``."""

    def document_count(self) -> int:
        """Return how many entries the index holds; 0 when there is none. Raises ``EngineError``."""

    def search(self, query: CompiledQuery, *, seconds: float | None = None) -> SearchResults:
        """Answer a query; with no index, an empty answer whose ``is_ready`` is false.

        ``seconds`` is how long an engine on the network may take, its own limit by default. Raises ``EngineError``.
        """

    def said(
        self, query: CompiledQuery, *, page_ids: Sequence[int], seconds: float | None = None
    ) -> Mapping[int, tuple[HitMoment, ...]]:
        """Return the moments of the recordings of these pages that answer a query, the best first.

        At most ``query.size`` a page (see ``search.tiers.said_query``). Raises ``EngineError``.
        """

    def writing(self, *, wait_seconds: float) -> AbstractContextManager[EngineWriter]:
        """Open the present index for writing. What is read from the database under it cannot be overtaken.

        Raises ``EngineBusyError`` when another writer kept its place for ``wait_seconds``, ``EngineNotReadyError``
        when there is no index of this version.
        """

    def rebuilding(self) -> AbstractContextManager[EngineRebuild]:
        """Begin a new index; left without ``publish``, it is thrown away. Raises ``EngineBusyError`` during another."""

    def roll_back(self) -> str:
        """Put the index before the present one back in use; return its generation. Raises ``EngineError`` if none."""
