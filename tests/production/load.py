"""Visitors: searches over HTTP at a steady rate, however long the answers take.

    python -m tests.production.load PORTS SEARCHES OUTPUT RATE SECONDS

Arrivals are scheduled beforehand (an open loop): a slow answer delays none of the following, and each is timed from the
moment it was due. PORTS are tried in turn; SEARCHES is a JSON list of ``[path, results it has at least]``; OUTPUT
receives one JSON line a search.
"""

import json
import random
import re
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.production.helpers import Helper, asked_to_stop, say
from tests.production.hosts import request

# More than can be under way: 20 a second that all wait ten seconds.
MOST_AT_ONCE = 200
STANDBY = "Recherche en mode secours"

_TOTAL = re.compile(r'id="resultats">([^<]*)')
SLOW_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Search:
    """A search that was made.

    Attributes:
        due: when it was, on the clock of ``time.monotonic``, which all processes share.
        seconds: from then to the end of the answer.
        problem: what is wrong with the answer; empty when nothing is.
        is_standby: whether the page says that the stand-by answered.
    """

    due: float
    seconds: float
    port: int
    path: str
    problem: str
    is_standby: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """A number of searches, told in a line."""

    searches: Sequence[Search]

    @property
    def failed(self) -> list[Search]:
        return [search for search in self.searches if search.problem]

    @property
    def slow(self) -> list[Search]:
        return [search for search in self.searches if search.seconds > SLOW_SECONDS]

    @property
    def from_standby(self) -> int:
        return sum(search.is_standby for search in self.searches)

    @property
    def usual(self) -> float:
        """What nineteen searches of twenty take at most, in seconds."""
        return sorted(search.seconds for search in self.searches)[int(len(self.searches) * 0.95)]

    def __str__(self) -> str:
        times = sorted(search.seconds * 1000 for search in self.searches)
        return (
            f"{len(times)} recherches, {len(self.failed)} en échec, {len(self.slow)} de plus d’une seconde, "
            f"p50 {times[len(times) // 2]:.0f} ms, p95 {self.usual * 1000:.0f} ms, max {times[-1]:.0f} ms, "
            f"{self.from_standby} par le secours"
        )


class Visitors:
    """Searches under way in another process."""

    def __init__(
        self, *, folder: Path, ports: Sequence[int], searches: Sequence[tuple[str, int]], rate: float, seconds: float
    ) -> None:
        self._output = folder / f"searches-{time.monotonic_ns()}.jsonl"
        asked = folder / "searches.json"
        asked.write_text(json.dumps(searches), encoding="utf-8")
        self._helper = Helper("load", ",".join(map(str, ports)), str(asked), str(self._output), str(rate), str(seconds))
        self.began = float(self._helper.hear())

    def wait(self) -> Figures:
        """Wait until the last has its answer."""
        if self._helper.hear() != "done":
            raise RuntimeError("the visitors stopped before the end")
        self._helper.finish()
        with self._output.open(encoding="utf-8") as lines:
            return Figures(sorted((Search(**json.loads(line)) for line in lines), key=lambda search: search.due))

    def kill(self) -> None:
        """Send them home; nothing when they have left."""
        self._helper.kill()


def one_search(*, due: float, port: int, path: str, at_least: int) -> Search:
    """Search, and look at the answer as a visitor does."""
    try:
        page = request(port=port, path=path)
    except OSError as error:
        return Search(due, time.monotonic() - due, port, path, f"{error!r}", is_standby=False)
    problem = "" if page.status == 200 else f"status {page.status}"
    if not problem and total_of(page.text) < at_least:
        problem = f"{total_of(page.text)} results instead of {at_least}"
    if not problem and 'class="hub-hit"' not in page.text:
        problem = "no result shown"
    return Search(due, time.monotonic() - due, port, path, problem, is_standby=STANDBY in page.text)


def total_of(text: str) -> int:
    """Return how many results a page of results announces."""
    found = _TOTAL.search(text)
    digits = re.match(r"[\d\s\u202f\xa0]+", found.group(1)) if found else None
    return int(re.sub(r"\D", "", digits.group())) if digits else 0


def main() -> None:
    ports, asked, output, rate, seconds = sys.argv[1:]
    searches = json.loads(Path(asked).read_text(encoding="utf-8"))
    targets = [int(port) for port in ports.split(",")]
    draw = random.Random(2026)  # noqa: S311
    stop = asked_to_stop()
    lock = threading.Lock()
    began = time.monotonic() + 0.2
    say(began)
    with Path(output).open("w", encoding="utf-8") as file, ThreadPoolExecutor(MOST_AT_ONCE) as pool:

        def make(due: float, port: int, path: str, at_least: int) -> None:
            made = one_search(due=due, port=port, path=path, at_least=at_least)
            with lock:
                file.write(json.dumps(asdict(made)) + "\n")

        under_way = []
        for number in range(int(float(rate) * float(seconds))):
            due = began + number / float(rate)
            if stop.wait(max(0.0, due - time.monotonic())):
                return
            path, at_least = draw.choice(searches)
            under_way.append(pool.submit(make, due, targets[number % len(targets)], path, at_least))
        for future in under_way:
            future.result()
    say("done")


if __name__ == "__main__":
    main()
