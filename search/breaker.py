"""A circuit breaker: while an engine does not answer, searches stop waiting for it, and one in a while looks again.

Three rules keep at most one search waiting long, per process and per rest:

- after a failure the engine is left alone for ``rest_seconds``;
- then one search probes it while the others go on without; an answer closes the circuit;
- while one search waits for an answer, others give the engine little time only: they go to the stand-by long before the
  first one knows for sure. One of them giving up is no failure yet, but those that come next do not even try.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from search.engines.base import EngineError


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
