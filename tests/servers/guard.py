"""Run a command that never outlives whoever asked for it, even killed with -9.

    python guard.py FOLDER -- COMMAND ARGUMENT…

The asker holds the other end of this program's standard input. When that end closes, which the system does for a killed
process too, the command and all it started are killed and FOLDER is removed. A line on the standard input says that
the command may stay (``make elasticsearch``). SIGTERM is passed on: the command stops in its own time.

Nothing of the hub is imported: this program starts in some 20 ms and works from any folder.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

REMOVAL_LIMIT = 10.0  # seconds


def main() -> int:
    """Run the command; return its exit code (128 + the signal that ended it)."""
    folder, separator, *command = sys.argv[1:]
    if separator != "--":
        raise SystemExit(__doc__)
    # A group of its own: killed whole, without the guard.
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, process_group=0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_arguments: end(child.pid))
    abandoned = threading.Event()
    threading.Thread(target=watch_asker, args=(child.pid, abandoned), daemon=True).start()
    # Not reaped yet: the number of its group cannot be given to another before what it left behind is killed.
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    kill_group(child.pid, signal.SIGKILL)
    code = child.wait()
    if abandoned.is_set():
        # Until the last of them is gone, it may still write there.
        until = time.monotonic() + REMOVAL_LIMIT
        while Path(folder).exists() and time.monotonic() < until:
            shutil.rmtree(folder, ignore_errors=True)
            time.sleep(0.1)
    return code if code >= 0 else 128 - code


def watch_asker(group: int, abandoned: threading.Event) -> None:
    """Kill the group when the asker is gone, unless it let it stay."""
    if os.read(0, 1):
        return
    abandoned.set()
    kill_group(group, signal.SIGKILL)


def end(leader: int) -> None:
    """Ask the command to stop, stopped (SIGSTOP) or not."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(leader, signal.SIGTERM)
        os.killpg(leader, signal.SIGCONT)


def kill_group(group: int, number: int) -> None:
    """Send a signal to each process of a group, stopped ones included; nothing when all are gone."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


if __name__ == "__main__":
    sys.exit(main())
