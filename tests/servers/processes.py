"""Start the processes of a server, find them again, end them: those, and no other."""

import contextlib
import os
import pwd
import random
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from .errors import ServerError

GUARD = Path(__file__).with_name("guard.py")
# Below the ports the system gives to outgoing connections: a port stays free while its server is restarted.
PORTS = range(15_000, 32_000)
SHOWN_LINES = 30  # of the log of a server that did not start


@dataclass(frozen=True, slots=True)
class Identity:
    """A process, told apart from a later one with the same number by when it started (in ticks since the boot)."""

    pid: int
    started: int

    def is_alive(self) -> bool:
        """Tell whether this very process runs (a dead one that nobody waited for does not)."""
        found = read_stat(self.pid)
        return found is not None and found.started == self.started and found.state not in {"Z", "X"}


@dataclass(frozen=True, slots=True)
class Stat:
    """What the system says of a process."""

    pid: int
    state: str
    parent: int
    session: int
    started: int


class GuardedProcess:
    """A command that dies with this process, whatever ends it (see ``guard.py``), in a session of its own.

    Args:
        command: the program and its arguments.
        folder: where it runs.
        removed: the folder that the guard removes if this process is killed.
        log: the file that receives all it prints.
        environment: the variables it gets, and no other.
    """

    def __init__(
        self, *, command: list[str], folder: Path, removed: Path, log: Path, environment: dict[str, str]
    ) -> None:
        self.log = log
        with log.open("ab") as output:
            self._guard: subprocess.Popen[bytes] = subprocess.Popen(
                [sys.executable, "-I", str(GUARD), str(removed), "--", *command],
                cwd=folder,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        stat = read_stat(self._guard.pid)
        self.identity = Identity(pid=self._guard.pid, started=stat.started if stat else 0)

    @property
    def has_ended(self) -> bool:
        """Whether the command is over."""
        return self._guard.poll() is not None

    def let_stay(self) -> None:
        """Leave the command running when this process ends."""
        with self._input() as pipe:
            pipe.write(b"stay\n")
        self._guard.returncode = 0  # it is no longer this process's to wait for

    def wait(self, *, limit: float) -> bool:
        """Wait for the command to be over, that many seconds at most; return whether it is."""
        try:
            self._guard.wait(timeout=limit)
        except subprocess.TimeoutExpired:
            return False
        return True

    def close(self) -> None:
        """Release what this process holds of a command that is over."""
        self._input().close()
        self._guard.wait()

    def _input(self) -> IO[bytes]:
        if self._guard.stdin is None:
            raise ServerError("Ce processus n’est pas surveillé.")
        return self._guard.stdin


def end_session(*, identity: Identity, limit: float) -> None:
    """End a guarded command and all it started: politely, then after ``limit`` seconds by force.

    Nothing is done to another process that was given the same number meanwhile.
    """
    now = read_stat(identity.pid)
    if now is not None and now.started != identity.started:
        return
    if identity.is_alive():
        send(identity.pid, signal.SIGTERM)
    # The number of a session is given to no other process while one of its members lives.
    if not _wait_for_end(identity=identity, limit=limit):
        for member in session_members(session=identity.pid):
            send(member.pid, signal.SIGKILL)
        _wait_for_end(identity=identity, limit=limit)


def session_members(*, session: int) -> list[Stat]:
    """Return the processes of a session."""
    found = (read_stat(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [stat for stat in found if stat is not None and stat.session == session and stat.state not in {"Z", "X"}]


def read_stat(pid: int) -> Stat | None:
    """Return what the system says of a process, or None when there is none of that number."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name, in parentheses, may hold spaces and parentheses.
    fields = text[text.rindex(")") + 2 :].split()
    return Stat(pid=pid, state=fields[0], parent=int(fields[1]), session=int(fields[3]), started=int(fields[19]))


def send(pid: int, number: int) -> None:
    """Send a signal to a process, if it is still there."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def command_line(pid: int) -> list[str]:
    """Return the program and arguments of a process; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return []


def unprivileged(*names: str) -> pwd.struct_passwd | None:
    """Return the first of these users that exists, when this process is root's; None when it need not change user.

    Raises:
        ServerError: no such user exists.
    """
    if os.geteuid() != 0:
        return None
    known = {user.pw_name: user for user in pwd.getpwall()}
    for name in names:
        if name in known:
            return known[name]
    raise ServerError(f"Aucun de ces utilisateurs n’existe : {', '.join(names)}.")


def as_user(user: pwd.struct_passwd | None) -> list[str]:
    """Return what to put before a command to run it as that user."""
    if user is None:
        return []
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--"]


def free_port() -> int:
    """Return a port of this machine that nobody listens on, and that the system gives to no outgoing connection.

    Raises:
        ServerError: none is free.
    """
    for port in random.sample(PORTS, k=200):
        if is_free(port=port):
            return port
    raise ServerError("Aucun port libre sur cette machine.")


def is_free(*, port: int) -> bool:
    """Tell whether a server may listen on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def last_lines(path: Path) -> str:
    """Return the end of a log, which says why a server did not start."""
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-SHOWN_LINES:])


def _wait_for_end(*, identity: Identity, limit: float) -> bool:
    until = time.monotonic() + limit
    while identity.is_alive() or session_members(session=identity.pid):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True
