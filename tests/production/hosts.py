"""A web host as an operator sets it up: environment variables, management commands, gunicorn, the worker."""

import http.client
import os
import secrets
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from tests.servers.processes import (
    GuardedProcess,
    Stat,
    command_line,
    end_session,
    free_port,
    last_lines,
    session_members,
)

SITE = "hub.example.gouv.fr"
WEB_PROCESSES = 2
START_LIMIT = 60.0  # seconds
STOP_LIMIT = 30.0  # seconds
COMMAND_LIMIT = 300.0  # seconds
# What the proxy in front of the hub says of each request (docs/exploitation.md).
PROXY_HEADERS = {"Host": SITE, "X-Forwarded-For": "198.51.100.1", "X-Forwarded-Proto": "https"}


class HostError(Exception):
    """A command or a process of the hub failed; with what it said."""


@dataclass
class Host:
    """One web host.

    Attributes:
        name: its ``SEARCH_HOST_NAME``.
        folder: receives ``var``, its ``HUB_VAR_DIR``, and the logs of its processes. The folder it is in is the run's,
            removed if this process is killed.
        variables: what differs from the other hosts: ``DATABASE_URL``, ``ELASTICSEARCH_…``, ``STATIC_ROOT``.
    """

    name: str
    folder: Path
    variables: dict[str, str]
    secret_key: str = field(default_factory=lambda: secrets.token_urlsafe(64))
    web: GuardedProcess | None = None
    worker: GuardedProcess | None = None

    def __post_init__(self) -> None:
        self.var.mkdir(parents=True, exist_ok=True)
        self.port = free_port()

    @property
    def var(self) -> Path:
        """Its ``HUB_VAR_DIR``."""
        return self.folder / "var"

    @property
    def index_folder(self) -> Path:
        """Where its stand-by is."""
        return self.var / "search"

    @property
    def environment(self) -> dict[str, str]:
        """The variables of its processes, and no other."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",  # so that what the worker says is in its log at once
            "DJANGO_SETTINGS_MODULE": "hub.settings.production",
            "SECRET_KEY": self.secret_key,
            "ALLOWED_HOSTS": SITE,
            "PUBLIC_BASE_URL": f"https://{SITE}",
            "EMAIL_URL": "smtp+tls://hub:motdepasse@mail.example.gouv.fr:587",
            "DEFAULT_FROM_EMAIL": "Hub Dihal <hub@example.gouv.fr>",
            "SECURITY_CONTACT": "mailto:securite@example.gouv.fr",
            "HUB_VAR_DIR": str(self.var),
            "SEARCH_HOST_NAME": self.name,
            "BIND": f"127.0.0.1:{self.port}",
            "WEB_WORKERS": str(WEB_PROCESSES),
            **self.variables,
        }

    # --- commands ---------------------------------------------------------------------------------------------------

    def manage(self, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
        """Run a management command, given ``text`` to read; raise ``HostError`` when it fails."""
        done = subprocess.run(
            self.command(*arguments),
            cwd=settings.BASE_DIR,
            env=self.environment,
            input=text,
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_LIMIT,
        )
        if done.returncode:
            raise HostError(f"manage.py {' '.join(arguments)} : {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def command(self, *arguments: str) -> list[str]:
        """Return a management command as it is run."""
        return [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]

    def start(self, *arguments: str, log: str) -> GuardedProcess:
        """Start a management command that goes on by itself, and dies with this process."""
        return GuardedProcess(
            command=self.command(*arguments),
            folder=settings.BASE_DIR,
            removed=self.folder.parent,
            log=self.folder / log,
            environment=self.environment,
        )

    # --- its two services -------------------------------------------------------------------------------------------

    def serve(self) -> None:
        """Start gunicorn, and wait until it answers."""
        self.web = GuardedProcess(
            command=[sys.executable, "-m", "gunicorn", "--config", "python:hub.gunicorn", "hub.wsgi"],
            folder=settings.BASE_DIR,
            removed=self.folder.parent,
            log=self.folder / "web.log",
            environment=self.environment,
        )
        self._wait(self.web, until=lambda: self.is_alive() and len(self.web_processes()) == WEB_PROCESSES)

    def follow(self) -> None:
        """Start the worker, and wait until it works."""
        log = self.folder / "worker.log"
        log.touch()
        said = log.read_text().count("En marche")
        self.worker = self.start("run_worker", log="worker.log")
        self._wait(self.worker, until=lambda: log.read_text().count("En marche") > said)

    def stop(self) -> None:
        """Stop both services in their own time; nothing when they do not run."""
        for process in (self.worker, self.web):
            if process is not None:
                end_session(identity=process.identity, limit=STOP_LIMIT)
                process.close()
        self.web = self.worker = None

    def web_processes(self) -> list[Stat]:
        """Return gunicorn's processes that answer visitors: the children of its first process."""
        if self.web is None:
            return []
        guard = self.web.identity.pid
        members = session_members(session=guard)
        arbiters = {member.pid for member in members if member.parent == guard}
        return [member for member in members if member.parent in arbiters and command_line(member.pid)]

    def is_alive(self) -> bool:
        """Tell whether gunicorn answers."""
        try:
            return self.get("/sante/vif").status == http.client.OK
        except OSError:
            return False

    # --- speaking to it ---------------------------------------------------------------------------------------------

    def get(self, path: str, *, headers: dict[str, str] | None = None) -> "Page":
        """Ask for a page as the proxy in front does."""
        return request(port=self.port, path=path, headers=headers)

    def remove(self) -> None:
        """Stop it and remove all it wrote."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait(self, process: GuardedProcess, *, until) -> None:
        limit = time.monotonic() + START_LIMIT
        while not until():
            if process.has_ended or time.monotonic() > limit:
                raise HostError(f"{self.name} ne démarre pas :\n{last_lines(process.log)}")
            time.sleep(0.05)


@dataclass(frozen=True, slots=True)
class Page:
    """What the hub answered."""

    status: int
    headers: http.client.HTTPMessage
    text: str


def request(
    *, port: int, path: str, method: str = "GET", body: str | None = None, headers: dict[str, str] | None = None
) -> Page:
    """Send a request to gunicorn with the proxy's headers, on a connection of its own as nginx does by default."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body=body, headers={**PROXY_HEADERS, **(headers or {})})
        response = connection.getresponse()
        return Page(response.status, response.headers, response.read().decode(errors="replace"))
    except http.client.HTTPException as error:
        raise OSError(f"not HTTP: {error!r}") from error
    finally:
        connection.close()
