"""Look at a file in a process of its own, bounded in time and memory, each at its turn."""

import atexit
import fcntl
import logging
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

import hub
from hub.files.frames import NAME_LENGTH, Facts, received_frame, send_frame
from hub.files.reading import FileRefused

_LOOK_AGAIN_AFTER = 0.02  # seconds
_BUSY = "Le hub vérifie déjà d’autres fichiers : réessayez dans quelques instants."


@cache
def _places() -> threading.BoundedSemaphore:
    """The turns of this process, waiting included; the others of the machine have theirs."""
    return threading.BoundedSemaphore(settings.FILE_CHECKS_IN_A_PROCESS)


@contextmanager
def _turn(*, wait: float) -> Iterator[None]:
    """Wait for a turn of the machine, at most ``wait`` seconds, and keep it while the block lasts.

    A turn is a lock on a file: the system gives it back whatever becomes of the process. Whoever finds all places of
    this process taken does not wait: its threads are for other visitors too.
    """
    if not _places().acquire(blocking=False):
        raise FileRefused(_BUSY)
    try:
        held = _locked_file(until=time.monotonic() + wait)
        try:
            yield
        finally:
            os.close(held)
    finally:
        _places().release()


def _locked_file(*, until: float) -> int:
    folder, at_once = settings.FILE_CHECKS_DIR, settings.FILE_CHECKS_AT_ONCE
    folder.mkdir(parents=True, exist_ok=True)
    while True:
        for number in random.sample(range(at_once), at_once):
            if (held := _tried(folder / f"turn-{number}")) is not None:
                return held
        if time.monotonic() >= until:
            raise FileRefused(_BUSY)
        time.sleep(_LOOK_AGAIN_AFTER)


def _tried(path: Path) -> int | None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if isinstance(error, BlockingIOError):
            return None
        raise
    return descriptor


logger = logging.getLogger(__name__)

Reader = Callable[..., tuple[Facts, bytes]]
# What a file may need of the environment; no secret is among them.
_ENVIRONMENT = ("HOME", "LANG", "LC_ALL", "LC_CTYPE", "PATH", "TMPDIR", "TZ", "VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME")
_LOADING = 15.0  # seconds a reader may take to be loaded, the first time
_MARGIN = 0.5  # seconds after the child's own end
_LEAST = 0.2  # seconds under which no file is looked at
_TOO_MUCH = (
    "Ce fichier demande trop de temps ou de mémoire pour être vérifié : simplifiez-le ou enregistrez-le de nouveau "
    "(en PDF, ou en image plus petite), puis renvoyez-le."
)
_TOO_LONG_TOGETHER = "Ces fichiers demandent ensemble trop de temps : envoyez celui-ci à part."
_UNAVAILABLE = "Le hub ne peut pas vérifier de fichier en ce moment : réessayez dans quelques minutes."
_UNKNOWN = "Ce fichier n’a pas pu être vérifié : enregistrez-le de nouveau, ou dans un autre format, puis renvoyez-le."

_end: ContextVar[float | None] = ContextVar("end of the time files have together", default=None)
_patience: ContextVar[int] = ContextVar("how many times the limits of a request a command has", default=1)


def look(reader: Reader, content: bytes, **options: Any) -> tuple[Facts, bytes]:
    """Have a function of a module look at a file in a process of its own, and return the facts and bytes it answers.

    ``options`` and facts are what JSON can say. The limits are the settings ``FILE_CHECK_*``. Raises ``FileRefused``:
    by the function; past a limit; when too many are looked at; when the function failed, which is logged.
    """
    wait, _seconds = _time_left()
    try:
        with _turn(wait=wait):
            _wait, seconds = _time_left()
            limits = {
                "processor": settings.FILE_CHECK_PROCESSOR_SECONDS * _patience.get(),
                "memory": settings.FILE_CHECK_MEMORY,
                "seconds": seconds,
            }
            answer, kept = _looker.answer(f"{reader.__module__}:{reader.__qualname__}", content, options, limits)
    except OSError as error:
        logger.exception("no file can be looked at")
        raise FileRefused(_UNAVAILABLE) from error
    if "facts" in answer:
        return answer["facts"], kept
    if "refusal" in answer:
        raise FileRefused(str(answer["refusal"]))
    if "excess" in answer:
        logger.warning("%s was stopped at a limit: %s", reader.__name__, answer["excess"])
        raise FileRefused(_TOO_MUCH)
    logger.error("%s failed on a file of %d bytes: %s", reader.__name__, len(content), answer.get("failure"))
    raise FileRefused(_UNKNOWN)


@contextmanager
def _during(variable: ContextVar[Any], value: float) -> Iterator[None]:
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)


def together(*, until: float) -> AbstractContextManager[None]:
    """End the looking at files of the block at a moment of ``time.monotonic``: a request holds several, and one end."""
    return _during(_end, until)


def end_of_request() -> float:
    """The moment of ``time.monotonic`` by which all files of a request that begins now are looked at."""
    return time.monotonic() + settings.FILE_CHECK_WAIT + settings.FILE_CHECK_SECONDS


def patiently(*, times: int = 20) -> AbstractContextManager[None]:
    """Multiply the limits of time in the block: an operator's command has time that a visitor's request has not."""
    return _during(_patience, times)


def warm_up() -> None:
    """Start the process that looks at files, and load the readers of the site there, without waiting for it."""
    for name in settings.FILE_READERS:
        _looker.load(name)


def looker_pid() -> int | None:
    return _looker.pid


def stop() -> None:
    """End the process that looks at files, and wait for it; the next file starts another."""
    _looker.close()


def _time_left() -> tuple[float, float]:
    """Seconds to wait for a turn, and seconds to look."""
    times = _patience.get()
    wait, seconds = settings.FILE_CHECK_WAIT * times, settings.FILE_CHECK_SECONDS * times
    end = _end.get()
    if end is None:
        return wait, seconds
    left = end - time.monotonic()
    if left < _LEAST:
        raise FileRefused(_TOO_LONG_TOGETHER)
    return min(wait, left), min(seconds, left)


class _Looker:
    """The process that looks at files for this one, started at the first file, and again if it is gone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._loaded: set[str] = set()

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    def answer(
        self, name: str, content: bytes, options: dict[str, Any], limits: dict[str, float]
    ) -> tuple[Facts, bytes]:
        """Return what the child answers, or that it answered nothing: it was ended at a limit, or crashed."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                is_new = self._ask(name, theirs)
            until = time.monotonic() + limits["seconds"] + _MARGIN + (_LOADING if is_new else 0)
            try:
                send_frame(ours, facts={"options": options, "limits": limits}, content=b"", until=until)
                send_frame(ours, facts={}, content=content, until=until)
                return received_frame(ours, until=until)
            except (EOFError, OSError, ValueError, TypeError) as error:
                return {"excess": f"no answer ({error!r})"}, b""

    def load(self, name: str) -> None:
        self._ask(name, None)

    def close(self) -> None:
        with self._lock:
            if self._control is not None:
                self._control.close()
            if self._process is not None:
                self._process.wait()
            self._process = self._control = None

    def forget(self) -> None:
        """In a copy of this process: the one that looks is the original's, and must see its end."""
        self._lock = threading.Lock()
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.returncode = 0  # not ours to wait for
        self._process = self._control = None
        self._loaded = set()

    def _ask(self, name: str, asked: socket.socket | None) -> bool:
        """Hand over a socket on which the child is told what to do; whether the reader is asked for the first time."""
        message = name.encode().ljust(NAME_LENGTH)
        descriptors = [asked.fileno()] if asked is not None else []
        with self._lock:
            for is_last in (False, True):
                control = self._started()
                try:
                    socket.send_fds(control, [message], descriptors)
                except OSError:
                    if is_last:
                        raise
                    self._control = None  # it is gone: another is started
                    control.close()
                else:
                    break
            is_new = name not in self._loaded
            self._loaded.add(name)
        return is_new

    def _started(self) -> socket.socket:
        if self._control is not None:
            return self._control
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._loaded = set()
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 — our own module
                [sys.executable, "-m", "hub.files.looker", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd=Path(hub.__file__).parent.parent,
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
                | {"OPENPYXL_LXML": "False"},  # its readers are those of the standard library
                start_new_session=True,  # what is typed on a terminal is not for it
            )
        self._control = ours
        return ours


_looker = _Looker()
atexit.register(stop)
os.register_at_fork(after_in_child=_looker.forget)
