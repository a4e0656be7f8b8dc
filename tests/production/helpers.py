"""Helpers of the check that run in a process of their own, and end when the one that started them does."""

import os
import subprocess
import sys
import threading
from collections.abc import Mapping

from django.conf import settings

LIMIT = 60.0  # seconds


class Helper:
    """``python -m tests.production.NAME``: told what to do on its standard input, whose end ends it."""

    def __init__(self, name: str, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"tests.production.{name}", *arguments],
            cwd=settings.BASE_DIR,
            env=dict(os.environ if environment is None else environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def tell(self, line: str) -> None:
        """Send it a line."""
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def hear(self) -> str:
        """Wait for a line from it."""
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._process.args[2]} ended with {self._process.wait()}")
        return line.strip()

    def finish(self) -> None:
        """Let it end in its own time; raise unless it ends well."""
        self._process.stdin.close()
        try:
            code = self._process.wait(timeout=LIMIT)
        finally:
            self.kill()
        if code:
            raise RuntimeError(f"{self._process.args[2]} ended with {code}")

    def kill(self) -> None:
        """End it at once; nothing when it is over."""
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()


def asked_to_stop() -> threading.Event:
    """In a helper: return what is set when the standard input ends, that is when its asker says so or is gone."""
    stop = threading.Event()

    def watch() -> None:
        while sys.stdin.readline():
            pass
        stop.set()

    threading.Thread(target=watch, daemon=True).start()
    return stop


def say(word: object) -> None:
    """In a helper: tell its asker a line, at once."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()
