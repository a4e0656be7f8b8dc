"""Which search server is there to test against, and how one is started when there is none.

In this order: the one ``ELASTICSEARCH_URL`` names; one on 127.0.0.1:9200; the one ``make elasticsearch`` started; then
Docker; then the archive. ``ELASTICSEARCH_FROM`` (``url``, ``local``, ``docker`` or ``archive``) keeps one way only: to
try that way on a machine that has another.
"""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from . import compose
from .answers import check_is_elasticsearch, is_elasticsearch
from .archive import missing_programs
from .elasticsearch import start_node
from .errors import ServerError
from .folders import cache_folder, locked, new_run_folder
from .processes import Identity, end_session, free_port, is_free
from .progress import say, silent

USUAL_PORT = 9200
USUAL_ADDRESS = f"http://127.0.0.1:{USUAL_PORT}"
WAYS = ("url", "local", "docker", "archive")
STOP_LIMIT = 30.0  # seconds


@dataclass(frozen=True, slots=True)
class Started:
    """A server that this command started: ``pid`` and ``started`` are 0, and ``folder`` empty, for a container."""

    url: str
    way: str
    pid: int = 0
    started: int = 0
    folder: str = ""

    @property
    def identity(self) -> Identity:
        """The guarded process of a server from the archive."""
        return Identity(pid=self.pid, started=self.started)

    def is_alive(self) -> bool:
        """Tell whether it still runs: this very process, or this address for a container."""
        return self.identity.is_alive() if self.way == "archive" else is_elasticsearch(url=self.url)


def running_server() -> str | None:
    """Return the address of a server that is already there, or None.

    Raises:
        ServerError: ``ELASTICSEARCH_URL`` is set, and no Elasticsearch answers there.
    """
    url = os.environ.get("ELASTICSEARCH_URL", "")
    if _may("url") and url:
        check_is_elasticsearch(url=url)
        return url
    if _may("local") and is_elasticsearch(url=USUAL_ADDRESS):
        return USUAL_ADDRESS
    mine = started_server()
    return mine.url if mine else None


def started_server() -> Started | None:
    """Return the server that ``start`` started and that still runs, or None."""
    started = _kept()
    return started if started is not None and started.is_alive() else None


def start(*, tell: Callable[[str], None] = say) -> str:
    """Return the address of a server that is ready, started if there is none.

    Raises:
        ServerError: there is none, and none can be started.
    """
    with locked(path=cache_folder() / "starting.lock"):
        found = running_server()
        if found:
            return found
        _stop(tell=silent)  # what a server that ended by itself left behind
        started = _start_container(tell=tell) or _start_from_archive(tell=tell)
    return started.url


def stop(*, tell: Callable[[str], None] = say) -> bool:
    """Stop the server that ``start`` started, and nothing else; return whether there was one."""
    with locked(path=cache_folder() / "starting.lock"):
        return _stop(tell=tell)


def _stop(*, tell: Callable[[str], None]) -> bool:
    started = started_server()
    if started is not None:
        tell(f"Arrêt d’Elasticsearch ({started.url})")
    kept = _kept()
    if kept is None:
        return False
    if kept.way == "archive":
        end_session(identity=kept.identity, limit=STOP_LIMIT)
        shutil.rmtree(kept.folder, ignore_errors=True)
    elif started is not None:
        compose.down()
    _state_file().unlink(missing_ok=True)
    return started is not None


def _start_container(*, tell: Callable[[str], None]) -> Started | None:
    if not (_may("docker") and compose.is_available()):
        return None
    try:
        started = Started(url=compose.up(port=_free_port(), tell=tell), way="docker")
    except ServerError as error:
        tell(str(error))
        return None
    _keep(started)
    return started


def _start_from_archive(*, tell: Callable[[str], None]) -> Started:
    if not _may("archive") or missing_programs():
        raise ServerError(_what_is_missing())
    folder = new_run_folder(name="server")
    try:
        node = start_node(run_folder=folder, http_port=_free_port())
        try:
            node.wait_ready(tell=tell)
            started = Started(
                url=node.url,
                way="archive",
                pid=node.process.identity.pid,
                started=node.process.identity.started,
                folder=str(folder),
            )
            _keep(started)
            node.process.let_stay()
        except BaseException:
            node.stop()
            _state_file().unlink(missing_ok=True)
            raise
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return started


def _what_is_missing() -> str:
    lines = [
        "Aucun serveur Elasticsearch, et rien pour en démarrer un. Il faut l’un de ces moyens :",
        "  - un serveur Elasticsearch 8 : ELASTICSEARCH_URL=http://… ;",
        f"  - un serveur Elasticsearch 8 sur 127.0.0.1:{USUAL_PORT} ;",
        "  - Docker démarré, avec « docker compose » ;",
        f"  - Java 17 et Maven. Il manque : {' et '.join(missing_programs()) or 'rien'}.",
    ]
    if os.environ.get("ELASTICSEARCH_FROM"):
        lines.append(f"ELASTICSEARCH_FROM={os.environ['ELASTICSEARCH_FROM']} n’en permet qu’un.")
    return "\n".join(lines)


def _may(way: str) -> bool:
    only = os.environ.get("ELASTICSEARCH_FROM", "")
    if only and only not in WAYS:
        raise ServerError(f"ELASTICSEARCH_FROM={only} : attendu {', '.join(WAYS)}.")
    return only in {"", way}


def _free_port() -> int:
    return USUAL_PORT if is_free(port=USUAL_PORT) else free_port()


def _state_file() -> Path:
    return cache_folder() / "elasticsearch.json"


def _keep(started: Started) -> None:
    new = _state_file().with_suffix(".new")
    new.write_text(json.dumps(asdict(started)), encoding="utf-8")
    new.replace(_state_file())


def _kept() -> Started | None:
    try:
        return Started(**json.loads(_state_file().read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
