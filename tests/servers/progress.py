"""What is shown during a long step: a line at its beginning, then one from time to time, never a silent minute."""

import time
from collections.abc import Callable

INTERVAL = 5.0  # seconds between two lines


def say(message: str) -> None:
    """Print a line at once, even through a pipe."""
    print(message, flush=True)  # noqa: T201 — a command of ours


def silent(_message: str) -> None:
    """Print nothing: a test runner owns the terminal."""


def waiting(
    *,
    until: Callable[[], bool],
    tell: Callable[[str], None],
    what: str,
    limit: float = float("inf"),
    pause: float = 0.2,
) -> bool:
    """Wait until a condition holds, ``limit`` seconds at most, telling now and then how long it has been.

    Returns:
        Whether the condition holds.
    """
    start = time.monotonic()
    told = start
    while not until():
        now = time.monotonic()
        if now - start > limit:
            return False
        if now - told > INTERVAL:
            tell(f"  … {what} : {now - start:.0f} s")
            told = now
        time.sleep(pause)
    return True
