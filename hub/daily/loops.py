"""What runs without a visitor: loops, which one background process runs, each in a thread of its own."""

import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from django.db import InterfaceError, OperationalError, close_old_connections, connection

logger = logging.getLogger(__name__)

# A loop that ended on what nobody foresaw begins again after this.
BEGINS_AGAIN_AFTER_SECONDS = 5.0

Say = Callable[[str], object]


class Follow(Protocol):
    """Do what is due, look again every ``interval`` seconds, end soon after ``stop`` is set."""

    def __call__(self, *, interval: float, stop: threading.Event, say: Say, complain: Say) -> None: ...


class Act(Protocol):
    """Do what is due now and say it; end soon after ``stop`` is set."""

    def __call__(self, *, stop: threading.Event, say: Say) -> None: ...


def repeated(act: Act) -> Follow:
    """Make a loop of an act. A database that is away is told, and asked again at the next look."""

    def follow(*, interval: float, stop: threading.Event, say: Say, complain: Say) -> None:
        try:
            while not stop.is_set():
                close_old_connections()
                try:
                    act(stop=stop, say=say)
                except (OperationalError, InterfaceError) as error:
                    complain(f"Base de données : {error}")
                stop.wait(interval)
        finally:
            connection.close()

    return follow


@dataclass(frozen=True, slots=True)
class Loop:
    """``name`` is that of the light that tells how it goes; ``interval`` is in seconds."""

    name: str
    label: str
    interval: float
    follow: Follow


_loops: dict[str, Loop] = {}


def register_loop(loop: Loop) -> None:
    _loops[loop.name] = loop


def registered_loops() -> list[Loop]:
    return list(_loops.values())


def run_loops(loops: Iterable[Loop], *, stop: threading.Event) -> None:
    """Run loops until ``stop``. One that hangs or fails delays no other; the one that failed begins again."""
    chosen = list(loops)
    with ThreadPoolExecutor(max_workers=len(chosen), thread_name_prefix="worker") as pool:
        threads = [pool.submit(_run, loop, stop=stop) for loop in chosen]
        # In short waits, so that a signal is heard.
        while not stop.is_set():
            wait(threads, timeout=0.5)


def _run(loop: Loop, *, stop: threading.Event) -> None:
    said = logging.getLogger(f"{__name__}.{loop.name}")
    follow = partial(loop.follow, interval=loop.interval, stop=stop, say=said.info, complain=said.warning)
    while not stop.is_set():
        try:
            follow()
        except Exception:  # noqa: BLE001 — told; the other loops go on, as other processes would
            said.exception("worker: the loop %s failed, it begins again", loop.name)
            stop.wait(BEGINS_AGAIN_AFTER_SECONDS)
