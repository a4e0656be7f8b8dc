"""Ask the engines, the stand-by when the first one fails: breaker and throttle."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache

from django.conf import settings

from search.compiler import CompiledQuery
from search.engines.base import Engine, EngineError, EngineNotReadyError, SearchResults, without_index
from search.engines.database import search_database
from search.engines.selection import engines


class Throttle:
    """Lets one caller in a while do something, per process."""

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
    """The circuit between this process and one engine."""

    def __init__(self, *, patience: float, hurried_patience: float, rest_seconds: float) -> None:
        """Wait ``patience`` seconds for an answer, ``hurried_patience`` while another search is already waiting."""
        self._patience = patience
        self._hurried_patience = min(hurried_patience, patience)
        self._rest_seconds = rest_seconds
        self._lock = threading.Lock()
        self._waiting = 0
        self._rests_until: float | None = None  # None: the circuit is closed
        self._is_probing = False
        self._doubted_until = 0.0

    @property
    def is_closed(self) -> bool:
        """Whether the last answer was a good one."""
        return self._rests_until is None

    @contextmanager
    def attempt(self) -> Iterator[float | None]:
        """``with breaker.attempt() as seconds:`` how long to wait for the engine, or ``None``: do without it.

        An ``EngineError`` raised inside counts as a failure, and goes on its way.
        """
        seconds = self._begin()
        if seconds is None:
            yield None
            return
        is_hurried = seconds < self._patience
        try:
            yield seconds
        except EngineError:
            self._failed(is_hurried=is_hurried)
            raise
        except BaseException:
            self._ended()
            raise
        self._answered()

    def _begin(self) -> float | None:
        with self._lock:
            now = time.monotonic()
            if self._rests_until is not None:
                if now < self._rests_until or self._is_probing:
                    return None
                self._is_probing = True
                self._waiting += 1
                return self._patience
            if self._waiting and now < self._doubted_until:
                return None
            self._waiting += 1
            return self._patience if self._waiting == 1 else self._hurried_patience

    def _answered(self) -> None:
        with self._lock:
            self._waiting -= 1
            self._is_probing = False
            self._rests_until = None
            self._doubted_until = 0.0

    def _failed(self, *, is_hurried: bool) -> None:
        with self._lock:
            self._waiting -= 1
            now = time.monotonic()
            if is_hurried and self._waiting:
                self._doubted_until = now + self._patience
                return
            self._is_probing = False
            self._rests_until = now + self._rest_seconds

    def _ended(self) -> None:
        with self._lock:
            self._waiting -= 1
            self._is_probing = False


logger = logging.getLogger(__name__)

# Ten times what a page takes, and short enough for nobody to notice.
HURRIED_SECONDS = 0.3

_log_throttle = Throttle(seconds=10)


def ask(query: CompiledQuery, *, text: str) -> SearchResults:
    """Return the answer of the first engine that gives one, failing all of them that of the database.

    ``text`` is what was typed.
    """
    results = _ask_engines(query)
    return results if results.is_ready else search_database(query=query, text=text)


def _ask_engines(query: CompiledQuery) -> SearchResults:
    *servers, local = engines()
    for engine in servers:
        results = _ask_server(engine, query)
        if results is not None:
            return results
    results = _ask_local(local, query)
    if not servers:
        return results
    if not results.is_ready:
        # Nobody else can answer: a server that is slow, or at rest, is worth all the wait a search may cost.
        for engine in servers:
            late = _ask_patiently(engine, query)
            if late is not None:
                return late
    return replace(results, from_standby=True)


def breaker_of(engine: Engine) -> CircuitBreaker:
    return _breaker(engine.name, settings.ELASTICSEARCH_TIMEOUT, settings.SEARCH_BREAKER_SECONDS)


def _ask_local(engine: Engine, query: CompiledQuery) -> SearchResults:
    try:
        return engine.search(query)
    except EngineError:
        if _log_throttle.allows():
            logger.exception("search: the engine %s did not answer", engine.name)
        return without_index(engine=engine.name, query=query)


def _ask_patiently(engine: Engine, query: CompiledQuery) -> SearchResults | None:
    try:
        results = engine.search(query)
    except EngineError:
        return None  # ``_ask_server`` says why, now and then
    return results if results.is_ready else None


def _ask_server(engine: Engine, query: CompiledQuery) -> SearchResults | None:
    try:
        with breaker_of(engine).attempt() as seconds:
            if seconds is None:
                return None
            results = engine.search(query, seconds=seconds)
            if not results.is_ready:
                raise EngineNotReadyError(f"{engine.name} has no index")
            return results
    except EngineError as error:
        if _log_throttle.allows():
            logger.warning("search: the stand-by answers in the place of %s: %s", engine.name, error)
        return None


@lru_cache(maxsize=8)
def _breaker(name: str, timeout: float, rest_seconds: float) -> CircuitBreaker:
    del name
    return CircuitBreaker(patience=timeout, hurried_patience=HURRIED_SECONDS, rest_seconds=rest_seconds)
