"""How the work of a reader grows with what it is given: twice as much may take twice the time, never four times."""

import gc
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise, permutations
from typing import Any, TypeVar

Given = TypeVar("Given")

SIZES = (10_000, 20_000, 40_000)
# Twice is linear, four times quadratic; what is over twice pays for caches and for a machine that does other things.
MOST_BY_DOUBLING = 3.0
# Seconds of processor. Whatever grows badly is past it at the last size; under it, the clock measures itself.
TOO_SHORT_TO_TELL = 0.02
_TRIES = 10


def assert_linear(
    make_input: Callable[[int], Given],
    run: Callable[[Given], object],
    *,
    sizes: tuple[int, ...] = SIZES,
    most: float = MOST_BY_DOUBLING,
    refusals: tuple[type[BaseException], ...] = (),
) -> None:
    """Fail when ``run`` takes more than ``most`` times longer from one size to the next, each the double of the former.

    Processor time of this process is counted, and the best of several runs kept: what the machine does besides only
    ever makes a run longer. A reader may refuse what it is given: ``refusals`` are answers like others.
    """
    given = [make_input(size) for size in sizes]
    best = [float("inf")] * len(sizes)
    best[-1] = _seconds(run, given[-1], refusals)
    if best[-1] < TOO_SHORT_TO_TELL:
        return
    for _try in range(_TRIES):
        for position, one in enumerate(given):
            best[position] = min(best[position], _seconds(run, one, refusals))
        if not (worst := _worst_ratio(best, most=most)):
            return
    shown = ", ".join(f"{size}: {seconds * 1000:.1f} ms" for size, seconds in zip(sizes, best, strict=True))
    raise AssertionError(f"times {worst:.1f} for a doubling ({shown})")


def repeated(*pieces: str) -> Callable[[int], str]:
    """Return what makes a text of about so many characters by repeating the pieces one after the other."""
    together = "".join(pieces)
    return lambda size: together * max(1, size // len(together))


def runs_of(*pieces: str) -> Callable[[int], str]:
    """Return what makes a text of about so many characters: a run of each piece, as long as the others."""
    return lambda size: "".join(piece * max(1, size // (len(piece) * len(pieces))) for piece in pieces)


def growing_texts(pieces: Iterable[str]) -> Iterator[Callable[[int], str]]:
    """Yield what makes growing texts of each piece alone, then of each pair, one after the other and in two runs."""
    pieces = tuple(pieces)
    for piece in pieces:
        yield repeated(piece)
    for first, second in permutations(pieces, 2):
        yield repeated(first, second)
        yield runs_of(first, second)


def _seconds(run: Callable[[Any], object], given: Any, refusals: tuple[type[BaseException], ...]) -> float:
    was_enabled = gc.isenabled()
    gc.disable()  # a collection falls on whichever run is unlucky
    begin = time.process_time()
    try:
        run(given)
    except refusals:
        pass
    finally:
        spent = time.process_time() - begin
        if was_enabled:
            gc.enable()
    return spent


def _worst_ratio(best: list[float], *, most: float) -> float:
    """The greatest growth that is too much, or 0."""
    ratios = [
        later / earlier for earlier, later in pairwise(best) if later >= TOO_SHORT_TO_TELL and later > most * earlier
    ]
    return max(ratios, default=0)
