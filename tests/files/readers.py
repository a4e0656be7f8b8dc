"""Readers that do what a file may make a reader do. They run in the process that looks at files."""

import contextlib
import os
import re
import signal
import time
from pathlib import Path

from hub.files.reading import FileRefused


def reversed_content(content: bytes, *, word: str = "") -> tuple[dict, bytes]:
    return {"word": word, "length": len(content)}, content[::-1]


def refused(content: bytes) -> tuple[dict, bytes]:
    raise FileRefused("Ce fichier n’est pas bon.")


def failing(content: bytes) -> tuple[dict, bytes]:
    return {"never": 1 / (len(content) - len(content))}, b""


def endless(content: bytes) -> tuple[dict, bytes]:
    while True:
        pass


def endless_in_c(content: bytes) -> tuple[dict, bytes]:
    return {"found": bool(re.match(r"(a*)*b", "a" * 60))}, b""


def asleep(content: bytes) -> tuple[dict, bytes]:
    time.sleep(600)
    return {}, b""


def greedy(content: bytes) -> tuple[dict, bytes]:
    return {"length": len(bytearray(4 * 1024 * 1024 * 1024))}, b""


def crashed(content: bytes) -> tuple[dict, bytes]:
    os.kill(os.getpid(), signal.SIGSEGV)
    return {}, b""


def killed(content: bytes) -> tuple[dict, bytes]:
    os.kill(os.getpid(), signal.SIGKILL)
    return {}, b""


def timed(content: bytes, *, seconds: float) -> tuple[dict, bytes]:
    begin = time.monotonic()
    time.sleep(seconds)
    return {"begin": begin, "end": time.monotonic()}, b""


def surroundings(content: bytes) -> tuple[dict, bytes]:
    targets = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            targets.append(str(descriptor.readlink()))
    return {
        "environment": list(os.environ),
        "sockets": sum(target.startswith("socket:") for target in targets),
        "files": targets,
    }, b""


def writing(content: bytes, *, path: str) -> tuple[dict, bytes]:
    try:
        Path(path).write_bytes(b"trace")
    except OSError:
        return {"written": False}, b""
    return {"written": True}, b""
