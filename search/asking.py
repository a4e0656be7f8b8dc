"""Ask the engines, the stand-by when the first one fails: breaker and throttle."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import lru_cache

from django.conf import settings

from search.compiler import CompiledQuery
from search.engines.base import (
    Engine,
    EngineError,
    EngineNotReadyError,
    Hit,
    HitMoment,
    SearchResults,
    without_index,
)
from search.engines.database import search_database
from search.engines.selection import engines
from search.enums import Shelf
from search.tiers import said_query


class Throttle:
    """Lets one caller in ``seconds`` do something, per process."""

    def __init__(self, *, seconds: float) -> None:
        self.seconds = seconds
        self._next = 0.0
        self._lock = threading.Lock()

    def allows(self) -> bool:
        """Whether the time has come again; a yes takes the turn."""
        with self._lock:
            now = time.monotonic()
            if now < self._next:
                return False
            self._next = now + self.seconds
            return True


class CircuitBreaker:
    """The circuit between this process and one engine.

    One search at a time waits ``patience`` seconds for its answer: it alone opens the circuit, when it fails. Meanwhile
    the others wait ``hurried_patience``, and no longer at all once one of them waited in vain; that tells an engine
    that is slow for a moment from one that is frozen, where a single visitor waits.
    """

    def __init__(self, *, patience: float, hurried_patience: float, rest_seconds: float) -> None:
        self._patience = patience
        self._hurried_patience = min(hurried_patience, patience)
        self._rest_seconds = rest_seconds
        self._lock = threading.Lock()
        self._rests_until: float | None = None  # None: the circuit is closed
        self._has_patient_search = False
        self._is_doubted = False

    @property
    def is_closed(self) -> bool:
        """Whether the last answer was a good one."""
        return self._rests_until is None

    @contextmanager
    def attempt(self) -> Iterator[float | None]:
        """``with breaker.attempt() as seconds:`` how long to wait for the engine, or ``None``: do without it.

        An ``EngineError`` raised inside counts as a failure, and goes on its way.
        """
        with self._lock:
            is_rested = self._rests_until is None or time.monotonic() >= self._rests_until
            is_patient = is_rested and not self._has_patient_search
            if is_patient:
                self._has_patient_search, self._is_doubted = True, False
            does_without = not is_patient and (self._is_doubted or not self.is_closed)
        if does_without:
            yield None
            return
        try:
            yield self._patience if is_patient else self._hurried_patience
        except EngineError:
            if is_patient:
                self._rests_until = time.monotonic() + self._rest_seconds
            else:
                self._is_doubted = True
            raise
        else:
            self._rests_until, self._is_doubted = None, False
        finally:
            if is_patient:
                self._has_patient_search = False


logger = logging.getLogger(__name__)

# Ten times what a page takes, and short enough for nobody to notice.
HURRIED_SECONDS = 0.3

_log_throttle = Throttle(seconds=10)


# Moments shown under the results of a page together, for it to keep to its 300 elements: one under each at first, then
# more under those that come first.
MOST_MOMENTS = 6


def ask(query: CompiledQuery, *, text: str, with_moments: bool = False) -> SearchResults:
    """Return the answer of the first engine that gives one, else that of the database to ``text``, as it was typed.

    ``with_moments``, the entries that are found come with the moments of their recordings where it is said.
    """
    *servers, local = engines()
    for server in servers:
        if answer := _ask_server(server, query, with_moments=with_moments):
            return answer
    results = _ask_local(local, query, with_moments=with_moments)
    if not results.is_ready:
        # Nobody else can answer: a server that is slow, or at rest, is worth all the wait a search may cost.
        for server in servers:
            with suppress(EngineError):  # ``_ask_server`` says why, now and then
                late = server.search(query)
                if late.is_ready:
                    return late  # without its moments, after such a wait
        results = search_database(query=query, text=text)
    return replace(results, from_standby=True) if servers else results


def ask_engine(
    engine: Engine, query: CompiledQuery, *, with_moments: bool, seconds: float | None = None
) -> SearchResults:
    """Ask one engine, for the moments as well if they are wanted and there is time left. Raises ``EngineError``."""
    started = time.monotonic()
    results = engine.search(query, seconds=seconds)
    page_ids = [hit.page_id for hit in results.hits if hit.has_moments]
    asked = said_query(query) if with_moments and page_ids and query.shelf is Shelf.ENTRIES else None
    left = None if seconds is None else seconds - (time.monotonic() - started)
    if asked is None or (left is not None and left <= 0):
        return results
    said = engine.said(asked, page_ids=page_ids[:MOST_MOMENTS], seconds=left)
    counts = _shared_out({page_id: len(said.get(page_id, ())) for page_id in page_ids})
    shown = {page_id: sorted(said[page_id][:count], key=lambda one: one.seconds) for page_id, count in counts.items()}
    return replace(results, hits=tuple(_with_moments(hit, tuple(shown.get(hit.page_id, ()))) for hit in results.hits))


def _shared_out(found: Mapping[int, int]) -> dict[int, int]:
    """Return how many moments each page shows of those it has, in the order of results."""
    counts: Counter[int] = Counter()
    for rank in range(max(found.values(), default=0)):
        for page_id, count in found.items():
            if count > rank and counts.total() < MOST_MOMENTS:
                counts[page_id] += 1
    return dict(counts)


def _with_moments(hit: Hit, moments: tuple[HitMoment, ...]) -> Hit:
    # What the moments say is not said a second time by the extract.
    return replace(hit, moments=moments, extract=() if hit.is_said else hit.extract) if moments else hit


def breaker_of(engine: Engine) -> CircuitBreaker:
    return _breaker(engine.name, settings.ELASTICSEARCH_TIMEOUT, settings.SEARCH_BREAKER_SECONDS)


@lru_cache(maxsize=8)
def _breaker(name: str, timeout: float, rest_seconds: float) -> CircuitBreaker:
    del name
    return CircuitBreaker(patience=timeout, hurried_patience=HURRIED_SECONDS, rest_seconds=rest_seconds)


def _ask_local(engine: Engine, query: CompiledQuery, *, with_moments: bool) -> SearchResults:
    try:
        return ask_engine(engine, query, with_moments=with_moments)
    except EngineError:
        if _log_throttle.allows():
            logger.exception("search: the engine %s did not answer", engine.name)
        return without_index(engine=engine.name, query=query)


def _ask_server(engine: Engine, query: CompiledQuery, *, with_moments: bool) -> SearchResults | None:
    try:
        with breaker_of(engine).attempt() as seconds:
            if seconds is None:
                return None
            results = ask_engine(engine, query, with_moments=with_moments, seconds=seconds)
            if not results.is_ready:
                raise EngineNotReadyError(f"{engine.name} has no index")
            return results
    except EngineError as error:
        if _log_throttle.allows():
            logger.warning("search: the stand-by answers in the place of %s: %s", engine.name, error)
        return None
