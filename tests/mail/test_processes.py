"""Whole processes killed at bad moments: mails are neither lost nor, where it can be helped, doubled."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

from hub.mail.delivery import CLAIM
from tests.support.smtp_server import MailServer, running_mail_server

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow

Start = Callable[..., subprocess.Popen]


@pytest.fixture
def server() -> Iterator[MailServer]:
    with running_mail_server() as running:
        yield running


@pytest.fixture
def start(tmp_path: Path, server: MailServer, migrated_snapshot: Path, django_db_setup: None) -> Iterator[Start]:
    """Start a process of a hub of its own: ``start("queue_and_die", "a")``, or ``start("run_worker")``."""
    if connection.vendor != "sqlite":
        pytest.skip("a database file is handed from process to process")
    environment = {
        **os.environ,
        "HUB_VAR_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "tests.mail.settings",
        "TEST_MAIL_PORT": str(server.port),
    }
    environment.pop("DATABASE_URL", None)
    shutil.copy(migrated_snapshot, tmp_path / "hub.sqlite3")
    processes = []

    def started(action: str, *arguments: str, delivery: str = "worker") -> subprocess.Popen:
        command = ["manage.py"] if action in {"send_mails", "run_worker"} else ["-m", "tests.mail.hub_process"]
        process = subprocess.Popen(
            [sys.executable, *command, action, *arguments],
            cwd=ROOT,
            env={**environment, "MAIL_DELIVERY": delivery},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process

    yield started
    for process in processes:
        process.kill()
        process.communicate()


def said(process: subprocess.Popen) -> str:
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    return output.strip()


def is_killed(process: subprocess.Popen) -> bool:
    process.communicate(timeout=60)
    return process.returncode == -signal.SIGKILL


def eventually(condition: Callable[[], bool], *, seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_a_mail_committed_by_a_killed_process_leaves_with_the_worker_once(start, server):
    assert is_killed(start("queue_and_die", "anne", delivery="thread"))
    assert server.recipients == []
    assert "1 courriel(s) envoyé(s)" in said(start("send_mails"))
    assert "envoyé" not in said(start("send_mails"))
    assert server.recipients == ["anne@structure.example"]


def test_a_mail_of_a_transaction_that_was_killed_never_leaves(start, server):
    assert is_killed(start("queue_and_die_before_commit", "anne"))
    said(start("send_mails"))
    assert server.recipients == []


def test_killed_between_hand_over_and_mark_the_same_mail_leaves_again_recognisable(start, server):
    said(start("queue_many", "anne", "1"))
    assert is_killed(start("hand_over_and_die"))
    assert len(server.accepted) == 1
    said(start("send_mails"))
    assert len(server.accepted) == 1  # it is in hand, as far as anybody knows
    assert said(start("deliver_in", str(CLAIM.total_seconds() + 1))) == "1"
    first, second = server.accepted
    assert first["Message-ID"] == second["Message-ID"]
    assert first.get_payload() == second.get_payload()


def test_two_workers_at_once_send_each_mail_once(start, server):
    said(start("queue_many", "n", "40"))
    workers = [start("send_mails") for _ in range(2)]
    for worker in workers:
        said(worker)
    assert Counter(server.recipients) == {f"n{number}@structure.example": 1 for number in range(40)}


def test_the_process_that_wrote_a_mail_sends_it_within_a_second(start, server):
    process = start("queue_as_a_server", "anne", "10", delivery="thread")
    assert process.stdout.readline() == "queued\n"
    began = time.monotonic()
    assert eventually(lambda: server.recipients == ["anne@structure.example"])
    assert time.monotonic() - began < 3  # a second on a machine that does nothing else


def test_a_command_that_ends_lets_its_mail_arrive_and_be_noted(start, server):
    said(start("queue_as_a_command", "anne", delivery="thread"))
    said(start("send_mails"))
    assert said(start("deliver_in", "3600")) == "0"
    assert server.recipients == ["anne@structure.example"]


def test_the_worker_sends_what_it_finds_and_stops_cleanly(start, server):
    worker = start("run_worker", "--only", "courriels", "--interval", "0.2")
    assert "En marche : courriels" in worker.stderr.readline()
    said(start("queue_many", "n", "2"))
    assert eventually(lambda: len(server.recipients) == 2)
    worker.send_signal(signal.SIGTERM)
    _, logged = worker.communicate(timeout=30)
    assert (worker.returncode, "Traceback" in logged) == (0, False)
    assert "Arrêt demandé" in logged
