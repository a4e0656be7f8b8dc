"""Taking turns: so many at once on one machine, whatever the number of its processes and of their threads."""

import fcntl
import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hub.files.refusal import FileRefused

_LOOK_AGAIN_AFTER = 0.02  # seconds
_BUSY = "Le hub vérifie déjà d’autres fichiers : réessayez dans quelques instants."


class Turns:
    """How many turns there are in one process, waiting included; the others of the machine have theirs."""

    def __init__(self, *, in_this_process: int) -> None:
        self._places = threading.BoundedSemaphore(in_this_process)

    @contextmanager
    def turn(self, *, folder: Path, at_once: int, wait: float) -> Iterator[None]:
        """Wait for a turn of the machine, at most ``wait`` seconds, and keep it while the block lasts.

        A turn is a lock on a file: the system gives it back whatever becomes of the process. Whoever finds all places
        of this process taken does not wait: its threads are for other visitors too.

        Raises:
            FileRefused: when no turn comes in time.
            OSError: when the folder cannot be written.
        """
        if not self._places.acquire(blocking=False):
            raise FileRefused(_BUSY)
        try:
            held = _locked_file(folder=folder, at_once=at_once, until=time.monotonic() + wait)
            try:
                yield
            finally:
                os.close(held)
        finally:
            self._places.release()


def _locked_file(*, folder: Path, at_once: int, until: float) -> int:
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
