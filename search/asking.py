"""Who answers a search: the engine the settings ask for, else the stand-by, else the database. It never fails."""

import logging
from dataclasses import replace
from functools import lru_cache

from django.conf import settings

from search.breaker import CircuitBreaker
from search.compiler import CompiledQuery
from search.engines.base import Engine, EngineError, EngineNotReadyError, SearchResults, without_index
from search.engines.database import search_database
from search.engines.selection import engines
from search.throttle import Throttle

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
    """Return the circuit between this process and a server."""
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
