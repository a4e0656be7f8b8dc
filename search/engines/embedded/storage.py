"""The folder of the embedded index, and what goes wrong there."""

import contextlib
import fcntl
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict

from search.engines.base import EngineBusyError, EngineError

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
        path = self.path(generation)
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
        """Delete what was set aside, the last ``kept`` apart."""
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
