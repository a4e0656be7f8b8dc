"""Whether the index in use is the one that was written: looked at often and cheaply, to the last bit now and then."""

import contextlib
import logging
import threading
import time

from search.engines.base import EngineBusyError
from search.engines.embedded.seals import (
    SEAL,
    DamageError,
    Stamp,
    is_being_written,
    read_seal,
    require_intact,
    seal_anew,
    stamp_of,
)
from search.engines.embedded.storage import IndexStorage

logger = logging.getLogger(__name__)

# A disk may lose bits without touching a date: every so often all is read again.
READ_AGAIN_SECONDS = 3600.0


class IndexGuard:
    """Looks after the files of the index in use, and sets a damaged one aside."""

    def __init__(self, storage: IndexStorage) -> None:
        """Look after the generations of ``storage``."""
        self._storage = storage
        self._lock = threading.Lock()
        self._generation = ""
        self._known: dict[str, Stamp] = {}
        self._read_at = 0.0

    def damage(self, generation: str, *, is_sealed: bool, holds_lock: bool = False) -> str:
        """Return what is wrong with a generation, empty when nothing is; what is damaged is set aside.

        Files that were found intact are looked at without being read, as long as nobody touches them. ``is_sealed``
        says whether the version of the hub that made the generation seals what it writes; ``holds_lock``, whether the
        caller holds the write lock. Raises ``EngineError`` and ``OSError``.
        """
        folder = self._storage.path(generation)
        before = self._seal_stamp(generation)
        reason = "" if is_being_written(folder) else self._reason(generation, is_sealed=is_sealed)
        if not reason and not is_being_written(folder):
            return ""
        # Files come and go while a writer is at work: what counts is what is found when nobody is.
        held = contextlib.nullcontext() if holds_lock else self._storage.locked("write", wait_seconds=0)
        try:
            with held:
                reason = self._settled(generation, is_sealed=is_sealed)
                if reason and self._storage.current() == generation:
                    logger.error("search index: %s is damaged, it is set aside: %s", generation, reason)
                    self._storage.set_aside(generation, reason=reason)
                return reason
        except EngineBusyError:
            is_old = is_being_written(folder) or self._seal_stamp(generation) != before
            return "" if is_old else reason

    def _settled(self, generation: str, *, is_sealed: bool) -> str:
        folder = self._storage.path(generation)
        if is_being_written(folder):  # by a process that was killed, or met a full disk
            try:
                seal_anew(folder)
            except DamageError as error:
                return str(error)
        return self._reason(generation, is_sealed=is_sealed)

    def _reason(self, generation: str, *, is_sealed: bool) -> str:
        folder = self._storage.path(generation)
        with self._lock:
            now = time.monotonic()
            if generation != self._generation or now - self._read_at > READ_AGAIN_SECONDS:
                self._generation, self._known, self._read_at = generation, {}, now
            try:
                sums = read_seal(folder)
                if sums is None:
                    return f"{SEAL} is missing" if is_sealed and folder.exists() else ""
                for name, expected in sums.items():
                    require_intact(folder, name, expected=expected, known=self._known)
            except DamageError as error:
                return str(error)
        return ""

    def _seal_stamp(self, generation: str) -> Stamp | None:
        try:
            return stamp_of(self._storage.path(generation) / SEAL)
        except OSError:
            return None
