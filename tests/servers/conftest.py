import os
from pathlib import Path

import pytest

from tests.servers import archive, postgres
from tests.servers.errors import ServerError
from tests.servers.folders import run_folder


@pytest.fixture
def need_archive():
    """What starts a server of our own is installed; else the test is skipped, or fails if a server is required."""
    missing = archive.missing_programs()
    if missing:
        message = f"il manque {' et '.join(missing)}"
        if os.environ.get("REQUIRE_ELASTICSEARCH"):
            pytest.fail(message)
        pytest.skip(message)


@pytest.fixture
def own_servers(need_archive, monkeypatch):
    """A cache of servers of the test's own, which shares the unpacked server: nothing a developer started is seen."""
    unpacked = archive.obtain().path
    with run_folder(name="essai") as folder:
        Path(folder / unpacked.name).symlink_to(unpacked)
        monkeypatch.setenv("HUB_SERVERS_DIR", str(folder))
        monkeypatch.setenv("ELASTICSEARCH_FROM", "archive")
        yield folder


@pytest.fixture
def need_postgres():
    try:
        postgres.programs()
    except ServerError as error:
        pytest.skip(str(error))
