"""Nothing outlives whoever started it, and nothing else is ended."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

from tests.servers.processes import (
    GuardedProcess,
    end_session,
    free_port,
    is_free,
    read_stat,
    session_members,
)

TREE = "sleep 300 & exec sleep 301"  # a command that leaves a process of its own behind
ASKER = """
import sys, time
from pathlib import Path
from tests.servers.processes import GuardedProcess
folder = Path(sys.argv[1])
process = GuardedProcess(
    command=["sh", "-c", sys.argv[2]],
    folder=folder,
    removed=folder,
    log=folder / "log",
    environment={"PATH": sys.argv[3]},
)
print(process.identity.pid, flush=True)
if sys.argv[4:] == ["stay"]:
    process.let_stay()
time.sleep(60)
"""


def eventually(condition, *, limit=10):
    until = time.monotonic() + limit
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture
def guarded(tmp_path):
    (tmp_path / "run").mkdir()
    process = GuardedProcess(
        command=["sh", "-c", TREE],
        folder=tmp_path / "run",
        removed=tmp_path / "run",
        log=tmp_path / "log",
        environment={"PATH": os.environ["PATH"]},
    )
    # The guard, and two that sleep.
    assert eventually(lambda: len(session_members(session=process.identity.pid)) == 3)
    yield process
    end_session(identity=process.identity, limit=5)
    process.close()


def kill_asker(*, folder, stay=()):
    """Start a process that starts a guarded command, and kill it with -9; return the session of the command."""
    folder.mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", ASKER, str(folder), TREE, os.environ["PATH"], *stay],
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        text=True,
    ) as asker:
        session = int(asker.stdout.readline())
        assert eventually(lambda: len(session_members(session=session)) == 3)
        for member in session_members(session=session)[1:]:
            os.kill(member.pid, signal.SIGSTOP)
        asker.kill()
    return session


def test_a_process_killed_without_warning_leaves_nothing_even_frozen(tmp_path):
    session = kill_asker(folder=tmp_path / "run")
    assert eventually(lambda: session_members(session=session) == [])
    assert not (tmp_path / "run").exists()


def test_a_command_that_may_stay_stays(tmp_path):
    session = kill_asker(folder=tmp_path / "run", stay=["stay"])
    try:
        time.sleep(0.5)
        assert len(session_members(session=session)) == 3
    finally:
        for member in session_members(session=session):
            os.kill(member.pid, signal.SIGKILL)


def test_ending_a_command_ends_all_it_started(guarded):
    end_session(identity=guarded.identity, limit=5)
    assert session_members(session=guarded.identity.pid) == []
    assert guarded.has_ended


def test_a_command_whose_guard_was_killed_is_ended_too(guarded):
    os.kill(guarded.identity.pid, signal.SIGKILL)
    assert eventually(lambda: not guarded.identity.is_alive())
    end_session(identity=guarded.identity, limit=1)
    assert session_members(session=guarded.identity.pid) == []


def test_a_process_is_told_from_a_later_one_with_its_number():
    with subprocess.Popen(["sleep", "60"]) as process:
        assert read_stat(process.pid).state in {"R", "S", "D"}
        process.kill()
    assert read_stat(process.pid) is None


def test_a_free_port_is_not_one_that_outgoing_connections_are_given():
    port = free_port()
    assert is_free(port=port)
    assert port < int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
