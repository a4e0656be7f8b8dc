"""A PostgreSQL of our own, in a temporary folder: sorted the French way, gone with whoever started it.

    python -m tests.servers.postgres run -- make test

starts one, runs the command with its ``DATABASE_URL``, stops it, and ends with the command's exit code.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import ServerError
from .folders import run_folder as lent_run_folder
from .processes import (
    GuardedProcess,
    as_user,
    end_session,
    free_port,
    last_lines,
    send,
    session_members,
    unprivileged,
)
from .progress import say, silent, waiting

DEBIAN_PROGRAMS = Path("/usr/lib/postgresql")
NAME = "hub"  # of the database and of its owner
START_LIMIT = 60.0  # seconds
STOP_LIMIT = 20.0  # seconds
# Nothing needs to survive a power cut.
NOT_DURABLE = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off")


class Postgres:
    """A PostgreSQL server, started by ``start_postgres``.

    Attributes:
        url: the ``DATABASE_URL`` of its empty database.
        folder: where its data and its log are.
    """

    def __init__(self, *, folder: Path, durable: bool) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"postgres://{NAME}@127.0.0.1:{self.port}/{NAME}"
        self._durable = durable
        self._user = unprivileged("postgres", "nobody")
        folder.mkdir(parents=True, exist_ok=True)
        if self._user is not None:
            os.chown(folder, self._user.pw_uid, self._user.pw_gid)
        locale = ("--encoding", "UTF8", "--locale", "C.UTF-8", "--locale-provider", "icu", "--icu-locale", "fr")
        self._run(
            *("initdb", "--pgdata", str(folder / "data"), "--username", NAME, "--auth", "trust", *locale),
            *(() if durable else ("--no-sync",)),
        )
        self._process = self._launch()
        self._run("createdb", *self._connection(), NAME)

    @property
    def pid(self) -> int:
        """The number of its main process.

        Raises:
            ServerError: it does not run.
        """
        guard = self._process.identity.pid
        found = [member.pid for member in session_members(session=guard) if member.parent == guard]
        if not found:
            raise ServerError("PostgreSQL ne tourne pas.")
        return found[0]

    def stop(self) -> None:
        """Stop the server without waiting for its clients; nothing when it is stopped already."""
        if not self._process.has_ended:
            send(self.pid, signal.SIGINT)
            self._process.wait(limit=STOP_LIMIT)
        end_session(identity=self._process.identity, limit=STOP_LIMIT)
        self._process.close()

    def restart(self) -> None:
        """Start the server again, on the same data and port; stops it first if it runs."""
        self.stop()
        self._process = self._launch()

    def _launch(self) -> GuardedProcess:
        options = ["-p", str(self.port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
        process = GuardedProcess(
            command=[
                *as_user(self._user),
                str(programs() / "postgres"),
                *("-D", str(self.folder / "data"), *options, *(() if self._durable else NOT_DURABLE)),
            ],
            folder=self.folder,
            removed=self.folder.parent,
            log=self.folder / "log",
            environment=_environment(),
        )
        ready = [str(programs() / "pg_isready"), "--quiet", *self._connection()]

        def is_over() -> bool:
            return process.has_ended or subprocess.run(ready, check=False).returncode == 0

        in_time = waiting(until=is_over, tell=silent, what="démarrage", limit=START_LIMIT, pause=0.05)
        if process.has_ended or not in_time:
            end_session(identity=process.identity, limit=STOP_LIMIT)
            process.close()
            raise ServerError(f"PostgreSQL ne démarre pas :\n{last_lines(process.log)}")
        return process

    def _connection(self) -> tuple[str, ...]:
        return ("--host", "127.0.0.1", "--port", str(self.port), "--username", NAME)

    def _run(self, program: str, *arguments: str) -> None:
        command = [*as_user(self._user), str(programs() / program), *arguments]
        done = subprocess.run(command, cwd=self.folder, env=_environment(), capture_output=True, text=True, check=False)
        if done.returncode:
            raise ServerError(f"{program} a échoué :\n{done.stdout}{done.stderr}")


def programs() -> Path:
    """Return the folder of the newest PostgreSQL that is installed.

    Raises:
        ServerError: none is.
    """
    found = [path.parent for path in DEBIAN_PROGRAMS.glob("*/bin/initdb")]
    found += [Path(folder) for folder in os.get_exec_path() if (Path(folder) / "initdb").is_file()]
    if not found:
        raise ServerError("PostgreSQL n’est pas installé (Debian, Ubuntu : apt install postgresql).")
    return max(found, key=_version)


def start_postgres(*, run_folder: Path, durable: bool = False) -> Postgres:
    """Start a PostgreSQL with an empty database, and wait until it answers.

    Args:
        run_folder: receives its folder, and is removed if this process is killed; see ``folders.run_folder``.
        durable: whether what is committed survives a power cut, as in production; slower.

    Raises:
        ServerError: it is not installed, or does not start; with the end of its log.
    """
    return Postgres(folder=run_folder / "postgres", durable=durable)


@contextmanager
def running_postgres(*, durable: bool = False) -> Iterator[Postgres]:
    """Lend a PostgreSQL in a folder of its own; stopped and removed at the end."""
    with lent_run_folder(name="postgres") as folder:
        server = start_postgres(run_folder=folder, durable=durable)
        try:
            yield server
        finally:
            server.stop()


def main() -> int:
    """Run a command beside a PostgreSQL; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.servers.postgres",
        description="Exécute une commande à côté d’un PostgreSQL temporaire, que nomme DATABASE_URL.",
    )
    parser.add_argument("action", choices=("run",))
    parser.add_argument("--durable", action="store_true", help="ce qui est validé survit à une coupure")
    parser.add_argument("command", nargs="+", help="la commande, après --")
    options = parser.parse_args()
    try:
        with running_postgres(durable=options.durable) as server:
            return subprocess.run(
                options.command, env={**os.environ, "DATABASE_URL": server.url}, check=False
            ).returncode
    except ServerError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130


def _version(folder: Path) -> list[int]:
    told = subprocess.run([str(folder / "initdb"), "--version"], capture_output=True, text=True, check=False).stdout
    return [int(number) for number in re.findall(r"\d+", told)]


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"}


if __name__ == "__main__":
    sys.exit(main())
