"""A node of our own: what tests of failures do to it, and security switched on."""

import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from tests.servers.certificates import make_certificate
from tests.servers.elasticsearch import Security, running_node, start_node
from tests.servers.folders import run_folder
from tests.servers.processes import read_stat, session_members

# What the tests of faults stand on; each starts servers of its own, for minutes.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.production,
    pytest.mark.elasticsearch,
    pytest.mark.usefixtures("need_archive"),
]

ASKER = """
import time
from tests.servers.elasticsearch import running_node
with running_node() as node:
    print(node.pid, node.folder, flush=True)
    time.sleep(600)
"""


def test_a_node_is_frozen_thawed_killed_and_restarted_on_its_data():
    with running_node() as node:
        assert node.request(path="/pages", method="PUT").status == 200
        document = node.request(path="/pages/_doc/1?refresh=true", method="PUT", body={"titre": "Atelier"})
        assert document.status == 201
        # A stray write makes no index.
        assert node.request(path="/autre/_doc/1", method="PUT", body={}).status == 404
        node.freeze()
        with pytest.raises(TimeoutError):
            node.request(path="/", timeout=0.5)
        node.thaw()
        assert node.request(path="/").status == 200
        node.kill()
        assert not node.is_ready()
        with pytest.raises(OSError, match="refused"):
            node.request(path="/")
        node.restart()
        node.wait_ready()
        assert node.request(path="/pages/_doc/1").data["_source"] == {"titre": "Atelier"}
        session = node.process.identity.pid
    assert session_members(session=session) == []


def test_a_secured_node_knows_its_superuser_and_an_expired_certificate_is_refused():
    with run_folder(name="secured") as folder:
        certificate = make_certificate(folder=folder / "certificate", ends=timedelta(days=-1))
        node = start_node(run_folder=folder, secured=Security(certificate=certificate))
        try:
            node.wait_ready()
            with pytest.raises(OSError, match="certificate has expired"):
                node.request(path="/")
            told = node.request(path="/_security/_authenticate", verified=False)
            assert told.data["roles"] == ["superuser"]
        finally:
            node.stop()


def test_a_killed_test_runner_leaves_no_node():
    with subprocess.Popen(
        [sys.executable, "-c", ASKER], cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True
    ) as asker:
        pid, folder = asker.stdout.readline().split()
        session = read_stat(int(pid)).session
        asker.kill()
    until = time.monotonic() + 15
    while (session_members(session=session) or Path(folder).exists()) and time.monotonic() < until:
        time.sleep(0.1)
    assert session_members(session=session) == []
    assert not Path(folder).parent.exists()
