"""The index of a hub at work is damaged: two gunicorn processes, the worker, twenty searches a second.

``make production-check`` goes through the twelve damages; here, three that killed a process or emptied its answers.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.search.embedded.damages import DAMAGES
from tests.search.embedded.trial import get, require_nothing_lost, try_damage
from tests.servers.processes import free_port, session_members

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

THREE = "terms truncated", "columns truncated", "meta.json without a segment"
PATHS = ("/recherche/?q=bail", "/recherche/", "/recherche/?q=rouge&tri=recent", "/recherche/?q=bail+rouge+-verte")
START_SECONDS = 90


class Hub:
    """A hub of its own, on SQLite."""

    def __init__(self, *, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._processes: list[subprocess.Popen] = []
        self._environment = {
            **os.environ,
            "HUB_VAR_DIR": str(folder),
            "DJANGO_SETTINGS_MODULE": "hub.settings.demo",
            "BIND": f"127.0.0.1:{self.port}",
            "WEB_WORKERS": "2",
            "PYTHONUNBUFFERED": "1",
        }
        self._environment.pop("DATABASE_URL", None)

    def run(self, *command: str) -> None:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=settings.BASE_DIR,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def start(self, *command: str, log: str) -> subprocess.Popen:
        with (self.folder / log).open("w") as file:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=settings.BASE_DIR,
                env=self._environment,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def ask(self, path: str) -> tuple[int, str]:
        return get(port=self.port, path=path, headers={"Host": "127.0.0.1"})

    def wait_until(self, condition, *, log: str) -> None:
        limit = time.monotonic() + START_SECONDS
        while not condition():
            assert time.monotonic() < limit, (self.folder / log).read_text()[-3000:]
            time.sleep(0.1)

    def answers(self) -> bool:
        try:
            return self.ask("/sante/vif")[0] == 200
        except OSError:
            return False

    def stop(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(timeout=60)


@pytest.fixture(scope="module")
def hub(tmp_path_factory, migrated_snapshot: Path, django_db_setup: None) -> Iterator[tuple[Hub, int, int]]:
    """A hub at work: itself, and the processes of gunicorn and of the worker."""
    if connection.vendor != "sqlite":
        pytest.skip("a database file is handed from process to process")
    folder = tmp_path_factory.mktemp("hub")
    shutil.copy(migrated_snapshot, folder / "hub.sqlite3")
    made = Hub(folder=folder)
    try:
        made.run("manage.py", "collectstatic", "--no-input", "--verbosity", "0")
        made.run("-m", "tests.search.hub_worker", "prepare")
        made.run("-m", "tests.search.hub_worker", "publish_many", "Bail rouge", "30")
        web = made.start("-m", "gunicorn", "--config", "python:hub.gunicorn", "hub.wsgi", log="web.log")
        worker = made.start("manage.py", "run_worker", "--only", "livraison", "--interval", "0.5", log="worker.log")
        made.wait_until(made.answers, log="web.log")
        made.wait_until(lambda: "En marche" in (folder / "worker.log").read_text(), log="worker.log")
        made.wait_until(lambda: made.ask("/sante/pret")[0] == 200, log="web.log")
        yield made, web.pid, worker.pid
    finally:
        made.stop()


@pytest.mark.parametrize("damage", THREE)
def test_nobody_is_cut_off_and_the_light_tells(hub, damage):
    made, web, worker = hub
    made.wait_until(lambda: len(session_members(session=web)) == 3, log="web.log")
    for path in PATHS * 3:
        made.ask(path)  # each process has its copies
    one = max(member.pid for member in session_members(session=web) if member.pid != web)
    folder = made.folder / "search"
    seen = try_damage(
        damage=partial(DAMAGES[damage], folder), folder=folder, ask=made.ask, paths=PATHS, worker=worker, web=one
    )
    require_nothing_lost(seen)
    made.wait_until(lambda: made.ask("/sante/pret")[0] == 200, log="web.log")
