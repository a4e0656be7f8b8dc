"""Timing two sides of one run, in turn, so that what else the machine does weighs on both alike."""

import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from tqdm import tqdm

WARM_UP = 20


@dataclass
class Recorder:
    """What the requests to a server took, in ms: ``took`` by the server's own account, ``round_trip`` from here."""

    took: list[float] = field(default_factory=list)
    round_trip: list[float] = field(default_factory=list)

    @contextmanager
    def listening(self, transport: Any) -> Any:
        """Record each request that goes through this transport of the client."""
        perform = transport.perform_request

        def recording(*arguments: Any, **options: Any) -> Any:
            started = time.perf_counter()
            answer = perform(*arguments, **options)
            self.round_trip.append((time.perf_counter() - started) * 1000)
            self.took.append(answer.body["took"])
            return answer

        with mock.patch.object(transport, "perform_request", recording):
            yield self

    def taken(self) -> tuple[float, float, int]:
        """Return the sums of what was recorded since the last call, and how many requests that was."""
        found = sum(self.took), sum(self.round_trip), len(self.took)
        self.took.clear()
        self.round_trip.clear()
        return found


def tell(what: str) -> None:
    """Say what begins: a whole run takes minutes."""
    print(f"  {what}", flush=True)


def in_turn(
    *, arguments: Sequence[Any], sides: Mapping[str, Callable[[Any], object]], seconds: float = math.inf
) -> dict[str, dict[str, float]]:
    """Time each side on each argument, one side after the other, the first one changing each time.

    After ``seconds`` no further argument is tried, once each side has had enough of them.
    """
    tell(f"{len(arguments)} × {' / '.join(sides)}")
    durations: dict[str, list[float]] = {name: [] for name in sides}
    until = time.monotonic() + seconds
    for rank, argument in enumerate(
        tqdm(arguments, desc=" / ".join(sides), unit=" searches", leave=False, disable=None)
    ):
        if time.monotonic() > until and rank >= 2 * WARM_UP:
            break
        for name in list(sides)[:: 1 if rank % 2 else -1]:
            started = time.perf_counter()
            sides[name](argument)
            durations[name].append((time.perf_counter() - started) * 1000)
    return {name: summary(values[WARM_UP:]) for name, values in durations.items()}


def summary(values: Sequence[float]) -> dict[str, float]:
    """Return the median, the 95th centile and the mean."""
    ordered = sorted(values)
    return {
        "p50": statistics.median(ordered),
        "p95": ordered[int(len(ordered) * 0.95)],
        "mean": statistics.fmean(ordered),
    }
