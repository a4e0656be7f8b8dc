"""The open index of this process: reopened when the pointer moves or the process forks, refreshed after each commit."""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import tantivy

from search.engines.base import EngineError
from search.engines.embedded.documents import register_tokenizer
from search.engines.embedded.storage import IndexStorage

# A rebuild may remove the folder between the reading of the pointer and the opening: the pointer then says another.
_ATTEMPTS = 5
# How long an index that was deleted by hand goes on answering, from the files this process still has open: several
# times what the worker needs to make it anew, and too short for a page withdrawn meanwhile to be found for long.
LOST_KEPT_SECONDS = 60.0


_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class OpenIndex:
    """A state of the index that stays the same while it is looked at, whatever is written meanwhile.

    ``memo`` keeps what is dear to compute and true of this state only.
    """

    schema: tantivy.Schema
    searcher: tantivy.Searcher
    known_fields: frozenset[str]
    memo: dict[Any, Any] = field(default_factory=dict)
    _made: dict[Any, Any] = field(default_factory=dict)

    def once(self, make: Callable[[tantivy.Searcher], _Made]) -> _Made:
        """Return what ``make`` makes of this state, made when it is first asked for and kept as long as the state."""
        if make not in self._made:
            self._made[make] = make(self.searcher)
        made: _Made = self._made[make]
        return made


@dataclass(frozen=True, slots=True)
class _Handle:
    process: int
    generation: str
    path: Path
    index: tantivy.Index
    known_fields: frozenset[str]


class ReaderCache:
    """Keeps the index in use open."""

    def __init__(self, storage: IndexStorage) -> None:
        """Read the generations of ``storage``."""
        self._storage = storage
        self._lock = threading.Lock()
        self._process = os.getpid()
        self._handle: _Handle | None = None
        self._last: tuple[tuple[str, int, int, int], OpenIndex] | None = None
        self._lost_at: float | None = None

    def open(self) -> OpenIndex | None:
        """Return the index as it is now, ``None`` when there is none. Raises ``EngineError`` when it can't be read.

        An index that was deleted under this process goes on answering as it last was, for ``LOST_KEPT_SECONDS``.
        """
        failure: Exception | None = None
        for _ in range(_ATTEMPTS):
            generation = self._storage.current()
            if not generation:
                return self._lost()
            try:
                handle = self._handle_of(generation)
                if handle is None:  # the pointer names a folder that is not there, or no longer
                    failure = None
                    continue
                return self._state_of(handle)
            except (ValueError, OSError) as error:  # what tantivy raises for a folder that vanishes under it
                failure = error
                self._handle = None
        lost = self._lost()
        if lost is not None or failure is None:
            return lost
        raise EngineError(f"the search index in {self._storage.folder} cannot be read") from failure

    def _handle_of(self, generation: str) -> _Handle | None:
        handle = self._handle
        if handle and handle.generation == generation and handle.process == os.getpid():
            return handle
        if self._process != os.getpid():  # a fork may have copied the lock while another thread held it
            self._lock, self._process, self._last = threading.Lock(), os.getpid(), None
        with self._lock:
            handle = self._handle
            if handle is None or handle.generation != generation or handle.process != os.getpid():
                found = self._storage.composition(generation)
                if found is None:
                    return None
                path = self._storage.path(generation)
                index = tantivy.Index.open(str(path))
                index.config_reader(reload_policy="manual")
                register_tokenizer(index)
                handle = self._handle = _Handle(os.getpid(), generation, path, index, frozenset(found["fields"]))
            return handle

    def _state_of(self, handle: _Handle) -> OpenIndex:
        # Each commit replaces meta.json by a new file. Looked at before the reload: at worst the next call reloads.
        found = (handle.path / "meta.json").stat()
        self._lost_at = None
        commit = (handle.generation, found.st_ino, found.st_mtime_ns, found.st_size)
        last = self._last
        if last is not None and last[0] == commit:
            return last[1]
        handle.index.reload()
        state = OpenIndex(handle.index.schema, handle.index.searcher(), handle.known_fields)
        self._last = (commit, state)
        return state

    def _lost(self) -> OpenIndex | None:
        """Return what this process last saw of an index that is gone: its files stay until they are closed."""
        if self._last is None or self._process != os.getpid():
            return None
        now = time.monotonic()
        if self._lost_at is None:
            self._lost_at = now
        return self._last[1] if now - self._lost_at < LOST_KEPT_SECONDS else None
