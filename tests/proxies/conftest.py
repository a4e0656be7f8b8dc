"""The hub and the proxies, started once for all the tests that need them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proxies.running import PROXIES, make_certificate, program, running_hub, running_proxy
from tests.servers.folders import run_folder


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """A folder that the processes of another user may read."""
    with run_folder(name="proxies") as made:
        make_certificate(folder=made)
        yield made


@pytest.fixture(scope="session")
def hub(folder: Path, django_db_setup: None, migrated_snapshot: Path) -> Iterator[int]:
    """The port of gunicorn."""
    if not migrated_snapshot.exists():
        pytest.skip("la base migrée n’est gardée que pour SQLite")
    with running_hub(folder=folder, database=migrated_snapshot) as port:
        yield port


@pytest.fixture(scope="session", params=PROXIES)
def proxy(request: pytest.FixtureRequest, folder: Path, hub: int) -> Iterator[int]:
    """The port of each proxy in turn."""
    name = request.param
    if program(name) is None:
        missing = f"{name} n’est pas installé (apt install {name}) : sa configuration n’est pas essayée"
        if os.environ.get("REQUIRE_PROXIES") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    with running_proxy(name=name, folder=folder, hub=hub) as port:
        yield port
