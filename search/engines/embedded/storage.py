"""The folder of the embedded index, the seals that tell a damaged one, and who watches over them."""

import contextlib
import fcntl
import json
import logging
import os
import re
import secrets
import shutil
import stat
import struct
import threading
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias, TypedDict

from search.engines.base import EngineBusyError, EngineError
from search.enums import Shelf

logger = logging.getLogger(__name__)

_PANICS = "pyo3_runtime"  # where the exception of a Rust panic comes from; it cannot be imported


@contextlib.contextmanager
def engine_errors(doing: str) -> Iterator[None]:
    """Raise ``EngineError`` for a full disk, a folder that cannot be written, a file tantivy cannot read, a panic.

    A panic of Rust is no ``Exception`` of Python's: nothing that guards a request, or a thread, would stop it.
    """
    try:
        yield
    except (ValueError, OSError) as error:
        raise EngineError(f"the embedded search index: {doing}: {error}") from error
    except BaseException as error:
        if type(error).__module__ != _PANICS:
            raise
        raise EngineError(f"the embedded search index: {doing}: tantivy panicked: {error}") from error


_POLL_SECONDS = 0.02
# Of what is set aside, for whoever wants to know why: the rest is removed.
_KEPT_ASIDE = 2
_ASIDE = "damaged-"
_MARGIN = 50_000_000  # bytes
_GENERATION = re.compile(r"[0-9A-Za-z-]{1,100}")


class Composition(TypedDict):
    fingerprint: str
    fields: list[str]


def part_of(generation: Path, shelf: Shelf) -> Path:
    """Return the folder of the index of a shelf: in a generation, moments are an index beside that of entries."""
    return generation / "moments" if shelf is Shelf.MOMENTS else generation


class IndexStorage:
    """The folder of the embedded index. Every method is safe with several processes at work, and after a kill -9."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._pointer = folder / "current"

    def current(self) -> str:
        """Return the name of the generation in use, empty when there is none, or nothing readable says which."""
        try:
            name = self._pointer.read_text(encoding="ascii").strip()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError, UnicodeDecodeError):
            return ""
        return name if _GENERATION.fullmatch(name) and not name.startswith(_ASIDE) else ""

    def path(self, generation: str) -> Path:
        return self.folder / generation

    def composition(self, generation: str) -> Composition | None:
        """Return what a generation was made of, ``None`` when it cannot be read: it is missing or was damaged."""
        try:
            content = json.loads((self.path(generation) / "fields.json").read_text(encoding="utf-8"))
            return Composition(fingerprint=str(content["fingerprint"]), fields=list(content["fields"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def create(self, *, composition: Composition) -> str:
        moment = datetime.now(tz=UTC).strftime("%Y%m%dT%H%M%S")
        generation = f"{moment}-{composition['fingerprint']}-{secrets.token_hex(2)}"
        for shelf in Shelf:
            path = part_of(self.path(generation), shelf)
            path.mkdir(parents=True)
            (path / "fields.json").write_text(json.dumps(composition), encoding="utf-8")
        return generation

    def switch(self, generation: str) -> None:
        """Put a generation in use. Its files are on the disk before the pointer says so."""
        fresh = self.folder / f"current.{os.getpid()}"
        with fresh.open("w", encoding="ascii") as file:
            file.write(generation)
            file.flush()
            os.fsync(file.fileno())
        if self._pointer.is_dir():
            self._put_away(self._pointer)
        fresh.replace(self._pointer)
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def set_aside(self, generation: str, *, reason: str) -> None:
        """Put a damaged generation where nobody looks for one, with the reason. The pointer then names none."""
        moved = self._put_away(self.path(generation))
        with contextlib.suppress(OSError):  # it says why to a person, and there may be no room for it
            (moved / "damage.txt").write_text(f"{reason}\n", encoding="utf-8")

    def remove_set_aside(self, *, kept: int = 0) -> None:
        aside = sorted(self.folder.glob(f"{_ASIDE}*"))
        for entry in aside[: len(aside) - kept]:
            if entry.is_dir():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink(missing_ok=True)

    def make_room(self) -> None:
        """Delete what was set aside, when the disk has hardly more room than that: a new index is worth more."""
        aside = [path for entry in self.folder.glob(f"{_ASIDE}*") for path in (entry, *entry.rglob("*"))]
        size = sum(path.stat().st_size for path in aside if path.is_file())
        if shutil.disk_usage(self.folder).free < size + _MARGIN:
            self.remove_set_aside()

    def _put_away(self, path: Path) -> Path:
        moved = path.with_name(f"{_ASIDE}{time.time_ns()}-{path.name}")
        path.rename(moved)
        self.remove_set_aside(kept=_KEPT_ASIDE)
        return moved

    def remove_others(self) -> None:
        """Delete every generation that is neither in use nor set aside, and what interrupted switches left."""
        current = self.current()
        for entry in self.folder.iterdir():
            if entry.name.startswith(_ASIDE):
                continue
            if entry.is_dir() and entry.name not in {current, self._pointer.name}:
                shutil.rmtree(entry, ignore_errors=True)
            elif entry.name.startswith("current."):
                entry.unlink(missing_ok=True)

    @contextlib.contextmanager
    def locked(self, name: str, *, wait_seconds: float) -> Iterator[None]:
        """Hold the lock ``name``, against other threads as well as other processes.

        The system frees it when the process ends, however it ends. Raises ``EngineBusyError`` when it could not be had
        within ``wait_seconds``, ``EngineError`` when nothing can be written in the folder.
        """
        with engine_errors(f"its {name} lock"):
            if self.folder.exists() and not self.folder.is_dir():  # a file in its place is moved beside it
                self.folder.replace(self.folder.with_name(f"{_ASIDE}{self.folder.name}"))
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self.folder / f"{name}.lock"
            if path.is_dir():
                self._put_away(path)
            opened = path.open("a")
        with opened as file:
            deadline = time.monotonic() + wait_seconds
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError as error:
                    if time.monotonic() >= deadline:
                        raise EngineBusyError(
                            f"the {name} lock of the search index is held by another process"
                        ) from error
                    time.sleep(_POLL_SECONDS)
            try:
                yield
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)


SEAL = "seal.json"
_UNSEALED = "unsealed"
_META = "meta.json"
# What is not a part of a segment. ``fields.json`` is ours, ``.managed.json`` tells tantivy which files to clean up.
_OTHERS = (_META, ".managed.json", "fields.json")
_SEGMENT_PARTS = ("fast", "fieldnorm", "idx", "pos", "store", "term")
_PIECE = 1 << 20  # bytes
# The end of each file of a segment: a text with its checksum, the length of that text, a number that never changes.
_FOOTER_END = struct.Struct("<II")
_FOOTER_MAGIC = 1337
_LONGEST_FOOTER = 4096  # bytes

Stamp: TypeAlias = tuple[int, int, int, int]


class DamageError(EngineError):
    """A file of an index is missing, or is not what was written."""


@dataclass(frozen=True, slots=True)
class Sum:
    """The size of a file in bytes, and its CRC-32."""

    size: int
    crc: int


def stamp_of(path: Path) -> Stamp:
    """Return what changes whenever a file is written to or replaced. Raises ``OSError``."""
    found = path.stat()
    return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def stamp_if_there(path: Path) -> Stamp | None:
    try:
        return stamp_of(path)
    except OSError:
        return None


def sum_of(file: BinaryIO, *, copy_to: BinaryIO | None = None) -> Sum:
    size = crc = 0
    while piece := file.read(_PIECE):
        size += len(piece)
        crc = zlib.crc32(piece, crc)
        if copy_to is not None:
            copy_to.write(piece)
    return Sum(size, crc)


def read_seal(folder: Path) -> Mapping[str, Sum] | None:
    """Return the sum of each file of an index, ``None`` when it has no seal.

    Raises ``DamageError`` for a seal that cannot be read or names no index.
    """
    try:
        content = json.loads((folder / SEAL).read_text(encoding="ascii"))
        files, crc = content["files"], content["crc"]
        if zlib.crc32(_canonical(files)) != crc or _META not in files:
            raise DamageError(f"{SEAL} was altered")
        return {name: Sum(*values) for name, values in files.items()}
    except FileNotFoundError:
        return None
    except (IsADirectoryError, NotADirectoryError, PermissionError, ValueError, KeyError, TypeError) as error:
        raise DamageError(f"{SEAL} cannot be read: {error}") from error


def is_being_written(folder: Path) -> bool:
    """Whether a writer is at work, or was killed there."""
    return (folder / _UNSEALED).exists()


@contextlib.contextmanager
def sealing(folder: Path) -> Iterator[None]:
    """Write to an index, and seal it afterwards. Under the write lock. Raises ``OSError``, ``DamageError``."""
    known = read_seal(folder) or {}
    (folder / _UNSEALED).touch()
    yield
    _seal(folder, known=known)


def seal_from_footers(folder: Path) -> Mapping[str, Sum]:
    """Return the sums of an index that has no seal, after tantivy's own checksums. Raises ``DamageError``."""
    return {
        name: _footed_sum(folder / name) if name not in _OTHERS else sum_in(folder, name)
        for name in _file_names(folder)
    }


def require_intact(folder: Path, name: str, *, expected: Sum, known: dict[str, Stamp]) -> None:
    """Raise ``DamageError`` unless a file is what was sealed. ``known`` are the stamps of those found so before."""
    try:
        found = os.lstat(folder / name)
        if not stat.S_ISREG(found.st_mode) or found.st_size != expected.size:
            raise DamageError(f"{name} has {found.st_size} bytes instead of {expected.size}")
        stamp = stamp_of(folder / name)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise DamageError(f"{name} is missing") from error
    if known.get(name) == stamp:
        return
    if sum_in(folder, name) != expected:
        raise DamageError(f"{name} was altered")
    known[name] = stamp


def sum_in(folder: Path, name: str) -> Sum:
    with opened(folder / name) as file:
        return sum_of(file)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file of an index. Raises ``DamageError`` when it is no file that can be read."""
    try:
        file = path.open("rb")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError) as error:
        raise DamageError(f"{path.name} cannot be read: {error.strerror}") from error
    with file:
        yield file


def _seal(folder: Path, *, known: Mapping[str, Sum]) -> None:
    # A file of a segment is written once and never changes: its name is drawn anew each time.
    sums = {
        name: known[name] if name in known and name not in _OTHERS else sum_in(folder, name)
        for name in _file_names(folder)
    }
    files = {name: (found.size, found.crc) for name, found in sums.items()}
    fresh = folder / f"{SEAL}.new"
    with fresh.open("w", encoding="ascii") as file:
        json.dump({"files": files, "crc": zlib.crc32(_canonical(files))}, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / SEAL)
    (folder / _UNSEALED).unlink(missing_ok=True)


def _canonical(files: Mapping[str, Any]) -> bytes:
    return json.dumps(files, sort_keys=True).encode()


def _file_names(folder: Path) -> list[str]:
    """Return the files that the commit in use needs, after its ``meta.json``. Raises ``DamageError``."""
    with opened(folder / _META) as file:
        text = file.read()
    try:
        segments = {
            segment["segment_id"].replace("-", ""): segment["deletes"] for segment in json.loads(text)["segments"]
        }
        deletes = {f"{name}.{found['opstamp']}.del" for name, found in segments.items() if found}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamageError(f"{_META} cannot be read: {error}") from error
    parts = {f"{name}.{part}" for name in segments for part in _SEGMENT_PARTS}
    return sorted({*parts, *deletes, *_OTHERS})


def _footed_sum(path: Path) -> Sum:
    with opened(path) as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _LONGEST_FOOTER))
        end = file.read()
        try:
            length, magic = _FOOTER_END.unpack(end[-_FOOTER_END.size :])
            footer = json.loads(end[-_FOOTER_END.size - length : -_FOOTER_END.size])
            body = size - _FOOTER_END.size - length
            expected = footer["crc"]
        except (struct.error, ValueError, KeyError, TypeError) as error:
            raise DamageError(f"{path.name} is cut off, or no file of tantivy’s") from error
        file.seek(0)
        crc, left = 0, body
        while left > 0 and (piece := file.read(min(_PIECE, left))):
            crc, left = zlib.crc32(piece, crc), left - len(piece)
        if magic != _FOOTER_MAGIC or crc != expected:
            raise DamageError(f"{path.name} was altered")
        return Sum(size, zlib.crc32(file.read(), crc))


# A disk may lose bits without touching a date: every so often all is read again.
READ_AGAIN_SECONDS = 3600.0


class IndexGuard:
    def __init__(self, storage: IndexStorage) -> None:
        self._storage = storage
        self._lock = threading.Lock()
        self._generation = ""
        self._known: dict[Shelf, dict[str, Stamp]] = {}
        self._read_at = 0.0

    def damage(self, generation: str, *, is_sealed: bool, holds_lock: bool = False) -> str:
        """Return what is wrong with a generation, empty when nothing is; what is damaged is set aside.

        Files that were found intact are looked at without being read, as long as nobody touches them. ``is_sealed``
        says whether the version of the hub that made the generation seals what it writes; ``holds_lock``, whether the
        caller holds the write lock. Raises ``EngineError`` and ``OSError``.
        """
        before = self._seal_stamps(generation)
        reason = "" if self._is_being_written(generation) else self._reason(generation, is_sealed=is_sealed)
        if not reason and not self._is_being_written(generation):
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
            is_old = self._is_being_written(generation) or self._seal_stamps(generation) != before
            return "" if is_old else reason

    def _settled(self, generation: str, *, is_sealed: bool) -> str:
        for folder in self._parts(generation).values():
            if is_being_written(folder):  # by a process that was killed, or met a full disk
                try:
                    seal_from_footers(folder)  # tantivy's own checksums answer for what such a writer left, or do not
                    _seal(folder, known={})
                except DamageError as error:
                    return str(error)
        return self._reason(generation, is_sealed=is_sealed)

    def _reason(self, generation: str, *, is_sealed: bool) -> str:
        with self._lock:
            now = time.monotonic()
            if generation != self._generation or now - self._read_at > READ_AGAIN_SECONDS:
                self._generation, self._known, self._read_at = generation, {}, now
            try:
                for shelf, folder in self._parts(generation).items():
                    sums = read_seal(folder)
                    if sums is None:
                        if is_sealed and self._storage.path(generation).exists():
                            return f"{SEAL} of the {shelf.value} is missing"
                        continue
                    known = self._known.setdefault(shelf, {})
                    for name, expected in sums.items():
                        require_intact(folder, name, expected=expected, known=known)
            except DamageError as error:
                return str(error)
        return ""

    def _parts(self, generation: str) -> dict[Shelf, Path]:
        return {shelf: part_of(self._storage.path(generation), shelf) for shelf in Shelf}

    def _is_being_written(self, generation: str) -> bool:
        return any(is_being_written(folder) for folder in self._parts(generation).values())

    def _seal_stamps(self, generation: str) -> list[Stamp | None]:
        return [stamp_if_there(folder / SEAL) for folder in self._parts(generation).values()]
