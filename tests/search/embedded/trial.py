"""A hub at work whose index is damaged: what visitors and whoever looks at the light are answered until it is whole."""

import http.client
import itertools
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

RATE = 20  # searches a second
CALM_SECONDS = 1.0
HEALED_SECONDS = 30.0
FIRST_SECONDS = 1.0
# The worker is kept from mending the index while the light is asked for.
LIGHTS = 3
MEASURED_EVERY = 1.0  # seconds: how old what the light tells may be
ENDS_WITHIN = 60.0
STANDBY = "Recherche en mode secours"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to a search due ``at`` a moment of ``time.monotonic``; ``problem`` is empty for a good one."""

    at: float
    path: str
    problem: str
    is_standby: bool = False


@dataclass
class Outcome:
    """What was seen around a damage, moments being those of ``time.monotonic``.

    ``lights`` are those asked for and answered while the index was damaged for more than the first second.
    """

    damaged_at: float = 0.0
    freed_at: float = 0.0
    healed_at: float = 0.0
    searches: list[Answer] = field(default_factory=list)
    lights: list[int] = field(default_factory=list)

    @property
    def dropped(self) -> list[Answer]:
        """Searches that had no answer, the first second after the damage apart."""
        first = (self.damaged_at, self.damaged_at + FIRST_SECONDS)
        return [
            one
            for one in self.searches
            if "status" not in one.problem and one.problem and not first[0] <= one.at < first[1]
        ]

    @property
    def errors(self) -> list[Answer]:
        """Searches that were answered something else than results, whenever it was."""
        return [one for one in self.searches if "status" in one.problem]

    @property
    def from_standby(self) -> int:
        return sum(one.is_standby for one in self.searches)

    def __str__(self) -> str:
        return (
            f"{len(self.searches)} recherches, {len(self.errors)} en erreur, {len(self.dropped)} coupées, "
            f"{self.from_standby} par la base, guéri {self.healed_at - self.freed_at:.1f} s après, feu {self.lights}"
        )


def try_damage(
    *,
    damage: Callable[[], object],
    folder: Path,
    ask: Callable[[str], tuple[int, str]],
    paths: Sequence[str],
    worker: int,
    web: int,
) -> Outcome:
    """Damage an index under searches, and watch until it is made anew.

    ``worker``, a process, is frozen until the light tells; ``web``, one that answers, is told to end in its own time
    just after the damage, so that another begins with a damaged index.
    """
    seen = Outcome()
    stop = threading.Event()
    former = _pointer(folder)
    with ThreadPoolExecutor(100) as pool:
        visitors = pool.submit(_visit, seen, ask, paths, stop, pool)
        try:
            time.sleep(CALM_SECONDS)
            os.kill(worker, signal.SIGSTOP)
            damage()
            damaged = {b"", former, _pointer(folder)}
            seen.damaged_at = time.monotonic()
            os.kill(web, signal.SIGTERM)
            time.sleep(FIRST_SECONDS + MEASURED_EVERY)
            for _ in range(LIGHTS):
                light = ask("/sante/pret")[0]
                if _pointer(folder) in damaged:  # a process that answers may have made it anew meanwhile
                    seen.lights.append(light)
            os.kill(worker, signal.SIGCONT)
            seen.freed_at = time.monotonic()
            while _pointer(folder) in damaged and time.monotonic() - seen.freed_at < HEALED_SECONDS:
                time.sleep(0.05)
            seen.healed_at = time.monotonic()
        finally:
            os.kill(worker, signal.SIGCONT)
            stop.set()
            visitors.result()
    _wait_for_the_end(web)
    return seen


def require_nothing_lost(seen: Outcome) -> None:
    """Raise ``AssertionError`` unless nobody noticed, and the light told."""
    assert seen.errors == [], f"{seen}: {seen.errors[:5]}"
    assert seen.dropped == [], f"{seen}: {seen.dropped[:5]}"
    assert seen.healed_at - seen.freed_at < HEALED_SECONDS, str(seen)
    # It tells as long as there is something to tell.
    assert set(seen.lights) <= {http.client.SERVICE_UNAVAILABLE}, str(seen)


def get(*, port: int, path: str, headers: Mapping[str, str]) -> tuple[int, str]:
    """Ask for a page on a connection of its own. Raises ``OSError`` when it is cut."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers=dict(headers))
        response = connection.getresponse()
        return response.status, response.read().decode(errors="replace")
    except http.client.HTTPException as error:
        raise OSError(repr(error)) from error
    finally:
        connection.close()


def _visit(
    seen: Outcome,
    ask: Callable[[str], tuple[int, str]],
    paths: Sequence[str],
    stop: threading.Event,
    pool: ThreadPoolExecutor,
) -> None:
    began = time.monotonic()
    for number, path in enumerate(itertools.cycle(paths)):
        due = began + number / RATE
        if stop.wait(max(0.0, due - time.monotonic())):
            return
        pool.submit(lambda due=due, path=path: seen.searches.append(_searched(due, ask=ask, path=path)))


def _searched(due: float, *, ask: Callable[[str], tuple[int, str]], path: str) -> Answer:
    try:
        status, text = ask(path)
    except OSError as error:
        return Answer(due, path, repr(error))
    if status != http.client.OK or 'class="hub-hit"' not in text:
        return Answer(due, path, f"status {status}, {text.count('hub-hit')} results")
    return Answer(due, path, "", is_standby=STANDBY in text)


def _wait_for_the_end(process: int) -> None:
    """The one that was told to end takes its time, and the next trial chooses among those that stay."""
    limit = time.monotonic() + ENDS_WITHIN
    while time.monotonic() < limit:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    raise AssertionError(f"process {process} was told to end, and still answers")


def _pointer(folder: Path) -> bytes:
    try:
        return (folder / "current").read_bytes()
    except OSError:
        return b""
