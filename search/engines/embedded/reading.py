import contextlib
import os
import shutil
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import tantivy

from search.engines.base import EngineError
from search.engines.embedded.documents import composition, register_tokenizer
from search.engines.embedded.storage import (
    SEAL,
    DamageError,
    IndexGuard,
    IndexStorage,
    Stamp,
    Sum,
    engine_errors,
    is_being_written,
    opened,
    part_of,
    read_seal,
    seal_from_footers,
    stamp_if_there,
    stamp_of,
    sum_of,
)
from search.enums import Shelf

# Where the system shows the open files of a process under a name, for tantivy to open them.
_OPEN_FILES = Path("/proc/self/fd")


class PrivateFiles:
    """The nameless copies of one process; the system frees them when it ends, however it ends."""

    def __init__(self) -> None:
        self._files: dict[tuple[str, Sum], BinaryIO] = {}
        # An index that was opened keeps what it reads.
        self.close = weakref.finalize(self, _close, self._files)

    def open(self, folder: Path, *, sums: Mapping[str, Sum]) -> tantivy.Index:
        """Open the index of a folder, made of the files of ``sums``; only files that are new are copied.

        Raises ``DamageError`` for a file that is not what its sum says, ``OSError``, and what tantivy raises.
        """
        for name, expected in sums.items():
            if (name, expected) not in self._files:
                try:
                    copy = _copied(folder / name, expected=expected, place=folder.parent)
                except OSError:  # no room on the disk of the index
                    copy = _copied(folder / name, expected=expected, place=None)
                self._files[name, expected] = copy
        for former in self._files.keys() - sums.items():
            self._files.pop(former).close()
        with _named(self._files) as place:
            index = tantivy.Index.open(str(place))
            index.config_reader(reload_policy="manual")
            register_tokenizer(index)
            index.reload()
        return index


def _close(files: dict[tuple[str, Sum], BinaryIO]) -> None:
    while files:
        files.popitem()[1].close()


def _copied(path: Path, *, expected: Sum, place: Path | None) -> BinaryIO:
    """Return a nameless copy in the folder ``place``, among temporary files by default."""
    with contextlib.ExitStack() as closed_on_error:
        copy = closed_on_error.enter_context(tempfile.TemporaryFile(dir=place))
        with opened(path) as original:
            if sum_of(original, copy_to=copy) != expected:
                raise DamageError(f"{path.name} was altered")
        copy.flush()
        closed_on_error.pop_all()
    return copy


@contextlib.contextmanager
def _named(files: Mapping[tuple[str, Sum], BinaryIO]) -> Iterator[Path]:
    """Give the copies the names tantivy knows, in a folder that lasts as long as it needs to open them."""
    place = Path(tempfile.mkdtemp(prefix="hub-search-"))
    try:
        for (name, _), file in files.items():
            if _OPEN_FILES.is_dir():
                (place / name).symlink_to(_OPEN_FILES / str(file.fileno()))
            else:  # named while they are opened: a few more seconds for large indexes
                file.seek(0)
                with (place / name).open("wb") as named:
                    shutil.copyfileobj(file, named)
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


# A rebuild or a writer may remove files between the reading of their names and their opening: it says others at once.
_ATTEMPTS = 5
_PAUSE_SECONDS = 0.02
# How long an index that was deleted by hand, or damaged, goes on answering from the copies this process has: several
# times what the worker needs to make it anew, and too short for a page withdrawn meanwhile to be found for long.
LOST_KEPT_SECONDS = 60.0
# An index that cannot be opened, and cannot be set aside either, is not looked at by every search.
_REFUSED_SECONDS = 1.0

_Key = tuple[str, Stamp, Stamp | None]
_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class OpenIndex:
    """A state of an index that stays the same while it is looked at, whatever is written meanwhile.

    ``moments`` is the index beside that of the entries; ``None`` in one that a former version of the hub made. ``memo``
    keeps what is dear to compute and true of this state only.
    """

    schema: tantivy.Schema
    searcher: tantivy.Searcher
    known_fields: frozenset[str]
    moments: "OpenIndex | None" = None
    memo: dict[Any, Any] = field(default_factory=dict)
    _made: dict[Any, Any] = field(default_factory=dict)

    def once(self, make: Callable[[tantivy.Searcher], _Made]) -> _Made:
        """Return what ``make`` makes of this state, made when it is first asked for and kept as long as the state."""
        if make not in self._made:
            self._made[make] = make(self.searcher)
        made: _Made = self._made[make]
        return made

    def count(self, query: tantivy.Query) -> int:
        found: Any = self.searcher.search(query, limit=1)
        return int(found.count)  # missing from tantivy's stub


class ReaderCache:
    def __init__(self, storage: IndexStorage, *, guard: IndexGuard) -> None:
        self._storage = storage
        self._guard = guard
        self._begin()

    def _begin(self) -> None:
        self._process = os.getpid()
        self._lock = threading.Lock()  # a fork may have copied one while another thread held it
        self._files = {shelf: PrivateFiles() for shelf in Shelf}
        self._last: tuple[_Key, OpenIndex] | None = None
        self._lost_at: float | None = None
        self._refused: tuple[_Key, float] | None = None

    def open(self) -> OpenIndex | None:
        """Return the index as it is now, ``None`` when there is none. Raises ``EngineError`` when it can't be read.

        An index that was deleted or damaged under this process goes on answering as it last was, for
        ``LOST_KEPT_SECONDS``.
        """
        if self._process != os.getpid():
            for files in self._files.values():
                files.close()
            self._begin()
        try:
            with engine_errors("reading"):
                opened = self._opened()
        except EngineError:
            if lost := self._lost():
                return lost
            raise
        if opened is None:
            return self._lost()
        self._lost_at = None
        return opened

    def _opened(self) -> OpenIndex | None:
        failure: EngineError | None = None
        for attempt in range(_ATTEMPTS):
            generation = self._storage.current()
            key = self._key_of(generation) if generation else None
            if key is None:
                if not generation:
                    return None
                continue  # the pointer names a folder that is not there, or no longer
            if (last := self._last) and last[0] == key:
                return last[1]
            if (refused := self._refused) and refused[0] == key and time.monotonic() < refused[1]:
                return None
            try:
                with self._lock, engine_errors("opening"):
                    return self._open(key)
            except EngineError as error:
                failure = error
            if attempt and key == self._key_of(generation) and not self._is_being_written(generation):
                break
            time.sleep(_PAUSE_SECONDS)
        if failure is None or key is None:
            return None
        self._refused = (key, time.monotonic() + _REFUSED_SECONDS)
        if self._guard.damage(generation, is_sealed=self._is_sealed(generation)):
            return None
        raise failure

    def _key_of(self, generation: str) -> _Key | None:
        """Return what changes with each commit: its seals. An index of a former version of the hub has none."""
        folder = self._storage.path(generation)
        moments = stamp_if_there(part_of(folder, Shelf.MOMENTS) / SEAL)
        for name in (SEAL, "meta.json"):
            try:
                return (generation, stamp_of(folder / name), moments)
            except (FileNotFoundError, NotADirectoryError):
                continue
        return None

    def _is_being_written(self, generation: str) -> bool:
        return any(is_being_written(part_of(self._storage.path(generation), shelf)) for shelf in Shelf)

    def _open(self, key: _Key) -> OpenIndex:
        generation = key[0]
        if (last := self._last) and last[0] == key:
            return last[1]  # another thread just opened it
        found = self._storage.composition(generation)
        if found is None:
            raise DamageError("fields.json cannot be read")
        known = frozenset(found["fields"])
        is_sealed, moments = self._is_sealed(generation), None
        if is_sealed or part_of(self._storage.path(generation), Shelf.MOMENTS).is_dir():
            index = self._open_part(generation, Shelf.MOMENTS, is_sealed=is_sealed)
            moments = OpenIndex(index.schema, index.searcher(), known)
        index = self._open_part(generation, Shelf.ENTRIES, is_sealed=is_sealed)
        state = OpenIndex(index.schema, index.searcher(), known, moments)
        self._last = (key, state)
        return state

    def _open_part(self, generation: str, shelf: Shelf, *, is_sealed: bool) -> tantivy.Index:
        folder, files = part_of(self._storage.path(generation), shelf), self._files[shelf]
        sums = read_seal(folder)
        if sums is None and is_sealed and not is_being_written(folder):
            raise DamageError(f"{SEAL} of the {shelf.value} is missing")
        try:
            return files.open(folder, sums=sums or seal_from_footers(folder))
        except DamageError:
            # A writer is past its commit and has not sealed it yet, or was killed there.
            if not is_being_written(folder):
                raise
            return files.open(folder, sums=seal_from_footers(folder))

    def _is_sealed(self, generation: str) -> bool:
        """Whether whoever made a generation seals what it writes: this version of the hub, as far as can be known."""
        found = self._storage.composition(generation)
        return found is None or found["fingerprint"] == composition()["fingerprint"]

    def _lost(self) -> OpenIndex | None:
        """Return what this process last saw of an index that is gone: its copies stay until they are closed."""
        if self._last is None:
            return None
        now = time.monotonic()
        if self._lost_at is None:
            self._lost_at = now
        return self._last[1] if now - self._lost_at < LOST_KEPT_SECONDS else None
