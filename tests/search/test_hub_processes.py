"""Whole hubs at work on one database and one index, killed at bad moments."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow

Start = Callable[..., subprocess.Popen]


@pytest.fixture
def start(tmp_path: Path, migrated_snapshot: Path, django_db_setup: None) -> Iterator[Start]:
    """Start a process of a hub of its own: ``start("find", "bail")``, or ``start("manage.py", "sync_search")``."""
    if connection.vendor != "sqlite":
        pytest.skip("a database file is handed from process to process")
    environment = {**os.environ, "HUB_VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "hub.settings.demo"}
    environment.pop("DATABASE_URL", None)
    shutil.copy(migrated_snapshot, tmp_path / "hub.sqlite3")
    processes = []

    def started(action: str, *arguments: str) -> subprocess.Popen:
        command = (
            [sys.executable, "manage.py"]
            if action == "manage.py"
            else [sys.executable, "-m", "tests.search.hub_worker", action]
        )
        process = subprocess.Popen(
            [*command, *arguments], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        processes.append(process)
        return process

    yield started
    for process in processes:
        process.kill()
        process.communicate()


def said(process: subprocess.Popen) -> str:
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return output.strip()


def test_a_page_committed_by_a_killed_process_is_found_by_the_next_search(start):
    assert said(start("prepare")) == "1"
    killed = start("publish_and_die")
    killed.wait(timeout=120)
    assert killed.returncode == -signal.SIGKILL
    assert said(start("find", "publiée")) == "1"


def test_a_rebuild_killed_half_way_changes_nothing_and_the_next_one_succeeds(start, tmp_path):
    said(start("prepare"))
    index = tmp_path / "search"
    before = (index / "current").read_text()
    rebuilding = start("stuck_rebuild")
    assert rebuilding.stdout.readline() == "half way\n"
    second = start("manage.py", "rebuild_search", "--yes")
    _, errors = second.communicate(timeout=120)
    assert second.returncode == 1
    assert "une autre reconstruction est en cours" in errors
    rebuilding.send_signal(signal.SIGKILL)
    rebuilding.wait(timeout=30)
    assert (index / "current").read_text() == before
    assert said(start("find", "première")) == "1"
    assert "1 contenus" in said(start("manage.py", "rebuild_search", "--yes"))
    assert [entry.name for entry in index.iterdir() if entry.is_dir()] == [(index / "current").read_text()]


def test_several_processes_publish_while_one_rebuilds(start):
    said(start("prepare"))
    publishers = [start("publish_many", label, "6") for label in ("Rouge", "Verte")]
    assert "index reconstruit" in said(start("manage.py", "rebuild_search", "--yes"))
    assert [said(publisher) for publisher in publishers] == ["done", "done"]
    assert said(start("find", "rouge")) == "6"
    assert said(start("find", "verte")) == "6"


def test_the_worker_delivers_and_stops_cleanly(start):
    said(start("prepare"))
    worker = start("manage.py", "run_worker", "--only", "livraison", "--interval", "0.2")
    assert "En marche : index de recherche" in worker.stderr.readline()
    start("publish_and_die").wait(timeout=120)
    assert "embedded:local : 1 page(s) livrée(s)." in worker.stderr.readline()
    worker.send_signal(signal.SIGTERM)
    started = time.monotonic()
    _, logged = worker.communicate(timeout=30)
    assert (worker.returncode, "Traceback" in logged) == (0, False)
    assert "Arrêt demandé" in logged
    assert time.monotonic() - started < 20
