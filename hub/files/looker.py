"""The process that looks at files: it keeps the readers loaded, and gives each file a child of its own, with limits.

Started by ``hub.files.apart`` as ``python -m hub.files.looker``, it inherits nothing of the site: no socket, no
connection to the database, no secret of the environment. It ends, and its children with it, when the process that
started it does.
"""

import gc
import importlib
import os
import resource
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

from hub.files.frames import NAME_LENGTH, Facts, received_frame, send_frame
from hub.files.reading import FileRefused

_NICENESS = 10  # those who read pages come first
_SOON = 5.0  # seconds: to hear what is asked


def main() -> None:
    """Serve what is asked on the socket whose number is the argument, until its other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_NICENESS)
    with socket.socket(fileno=int(sys.argv[1])) as control:
        _serve(control)


def _serve(control: socket.socket) -> None:
    children: set[int] = set()

    def bury(*_signal: object) -> None:
        with suppress(ChildProcessError):
            while (child := os.waitpid(-1, os.WNOHANG)[0]) > 0:
                children.discard(child)

    signal.signal(signal.SIGCHLD, bury)
    while True:
        name, descriptors, _flags, _address = socket.recv_fds(control, NAME_LENGTH, 1)
        if not name:
            break
        function = _loaded(name.decode().strip())
        for descriptor in descriptors:
            with socket.socket(fileno=descriptor) as asked, suppress(BlockingIOError):
                gc.freeze()  # what is loaded stays shared with the children
                # A child that is over at once is not buried before it is counted.
                signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
                child = os.fork()
                if not child:
                    control.close()
                    _look(asked, function)
                children.add(child)
                signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    for child in tuple(children):
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def _loaded(name: str) -> Callable[..., tuple[Facts, bytes]] | str:
    """The function of that name, or why there is none: its module is loaded once, here."""
    module, _colon, function = name.partition(":")
    try:
        found: Callable[..., tuple[Facts, bytes]] = getattr(importlib.import_module(module), function)
    except Exception:  # noqa: BLE001 — told to whoever asked
        return traceback.format_exc()
    return found


def _look(asked: socket.socket, function: Callable[..., tuple[Facts, bytes]] | str) -> NoReturn:
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        asking, _nothing = received_frame(asked, until=time.monotonic() + _SOON)
        limit_this_process(**asking["limits"])
        until = time.monotonic() + asking["limits"]["seconds"]
        _same, content = received_frame(asked, until=until)
        facts, answer = _answer(function, content=content, options=asking["options"])
        send_frame(asked, facts=facts, content=answer, until=until)
    finally:
        os._exit(0)  # nothing of the parent's is to be ended twice


def limit_this_process(*, processor: int, memory: int, seconds: float) -> None:
    """Have the system end this process past so many seconds of processor or of clock, and refuse it more memory.

    ``memory`` is in bytes, of addresses: macOS does not count them, and keeps the two other limits. The process writes
    no file and leaves no image of its memory.
    """
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (processor, processor + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform != "darwin":
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _answer(
    function: Callable[..., tuple[Facts, bytes]] | str, *, content: bytes, options: dict[str, Any]
) -> tuple[Facts, bytes]:
    if isinstance(function, str):
        return {"failure": function}, b""
    try:
        facts, answer = function(content, **options)
    except FileRefused as refusal:
        return {"refusal": refusal.message}, b""
    except MemoryError:
        return {"excess": "memory"}, b""
    except Exception:  # noqa: BLE001 — told, with where it happened, to whoever asked
        return {"failure": traceback.format_exc()}, b""
    return {"facts": facts}, answer


if __name__ == "__main__":
    main()
