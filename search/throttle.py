"""Doing something now and then, however often it is asked for."""

import threading
import time


class Throttle:
    """Lets one caller in a while do something, per process."""

    def __init__(self, *, seconds: float) -> None:
        self.seconds = seconds
        self._next = 0.0
        self._lock = threading.Lock()

    def allows(self) -> bool:
        """Whether the time has come again; a yes takes the turn."""
        with self._lock:
            now = time.monotonic()
            if now < self._next:
                return False
            self._next = now + self.seconds
            return True
