"""The production check (``make production-check``): what is deployed, as it is deployed, and nothing simulated.

Left out of the other runs: it takes ten minutes, and wants the machine to itself.
"""

import base64
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from tests.production.hosts import Host
from tests.servers.certificates import make_certificate
from tests.servers.elasticsearch import Node, Security, running_node
from tests.servers.folders import run_folder
from tests.servers.postgres import Postgres, running_postgres

MARKER = "production"
BASE = "hub"  # the database every scenario begins with a copy of
# What a release runs on an empty database, in the order of docs/exploitation.md; the demonstration is its content.
PREPARATION = (
    ("migrate", "--verbosity", "0"),
    ("createcachetable",),
    ("load_territories",),
    ("load_vocabulary",),
    ("load_thesaurus",),
    ("prepare_site",),
    ("load_demo",),
    ("collectstatic", "--no-input", "--verbosity", "0"),
)

Say = Callable[[str], None]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep these tests, and those marked so elsewhere, for whoever asks for them: ``-m production``."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(MARKER)
    mine = [item for item in items if item.get_closest_marker(MARKER)]
    if MARKER not in config.option.markexpr and mine:
        items[:] = [item for item in items if item not in mine]
        config.hook.pytest_deselected(items=mine)


@dataclass(frozen=True)
class Deployment:
    """What the hosts of the check share.

    Attributes:
        folder: where everything is written.
        postgres: the database server; ``BASE`` is prepared.
        static: what ``collectstatic`` gathered.
    """

    folder: Path
    postgres: Postgres
    static: Path

    def copy_database(self, name: str) -> str:
        """Make a copy of the prepared database; return its ``DATABASE_URL``."""
        with psycopg.connect(f"{self.postgres.url.rpartition('/')[0]}/postgres", autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{BASE}"')
        return f"{self.postgres.url.rpartition('/')[0]}/{name}"

    @contextmanager
    def host(self, name: str, *, database_url: str, **variables: str) -> Iterator[Host]:
        """Lend a web host, whose services are not started; stopped and removed at the end."""
        host = Host(
            name=name,
            folder=self.folder / f"{name}-{time.monotonic_ns()}",
            variables={"DATABASE_URL": database_url, "STATIC_ROOT": str(self.static), **variables},
        )
        try:
            yield host
        finally:
            host.stop()
            self._keep_logs(host)
            host.remove()

    def _keep_logs(self, host: Host) -> None:
        kept = os.environ.get("PRODUCTION_LOGS")
        if kept:
            for log in host.folder.glob("*.log"):
                shutil.copy(log, Path(kept) / f"{host.folder.name}-{log.name}")


@pytest.fixture(scope="session")
def say(request: pytest.FixtureRequest) -> Say:
    """Print a line at once, whatever pytest captures."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    began = time.monotonic()

    def print_line(message: str) -> None:
        with capture.global_and_fixture_disabled():
            print(f"\n  [{time.monotonic() - began:4.0f} s] {message}", end="", flush=True)  # noqa: T201

    return print_line


@pytest.fixture(scope="session")
def fault_seconds() -> float:
    """How long visitors search around each fault."""
    return float(os.environ.get("FAULT_SECONDS", "60"))


@pytest.fixture(scope="session")
def deployment(say: Say) -> Iterator[Deployment]:
    """A PostgreSQL and a database as a release leaves it."""
    with run_folder(name="production") as folder, running_postgres() as postgres:
        # Its owner alone reads what the hosts write; the servers have folders of their own.
        folder.chmod(0o700)
        deployed = Deployment(folder=folder, postgres=postgres, static=folder / "static")
        with deployed.host("release", database_url=postgres.url) as host:
            for command in PREPARATION:
                began = time.monotonic()
                host.manage(*command)
                say(f"{command[0]} : {time.monotonic() - began:.1f} s")
        yield deployed


@pytest.fixture(scope="session")
def secured_node(say: Say) -> Iterator[Node]:
    """Elasticsearch with security and TLS."""
    with run_folder(name="certificate") as folder:
        certificate = make_certificate(folder=folder / "certificate")
        began = time.monotonic()
        with running_node(secured=Security(certificate=certificate)) as node:
            say(f"Elasticsearch : {time.monotonic() - began:.1f} s")
            yield node


@pytest.fixture(scope="session")
def search_account(secured_node: Node) -> dict[str, str]:
    """The variables of a hub that reaches the node with the rights of docs/exploitation.md, and no more."""
    role = json.loads((settings.BASE_DIR / "hub" / "deploy" / "search_role.json").read_text(encoding="utf-8"))
    body = {"name": "hub", "role_descriptors": {"hub": role}}
    answer = secured_node.request(path="/_security/api_key", method="POST", body=body)
    assert answer.status == 200, answer.data
    pair = f"{answer.data['id']}:{answer.data['api_key']}".encode()
    return {
        "ELASTICSEARCH_URL": secured_node.url,
        "ELASTICSEARCH_API_KEY": base64.b64encode(pair).decode(),
        "ELASTICSEARCH_CA_CERT": str(secured_node.ca_file),
    }


def remove_indices(node: Node) -> None:
    """Leave no index of the hub on a node."""
    for row in node.request(path="/_cat/indices/hub-*?format=json&h=index").data:
        node.request(path=f"/{row['index']}", method="DELETE")


@pytest.fixture(scope="module")
def hub(deployment: Deployment, secured_node: Node, search_account: dict[str, str], say: Say) -> Iterator[Host]:
    """A whole hub at work: one web host, its two gunicorn processes, its worker, the secured search server."""
    url = deployment.copy_database("whole")
    remove_indices(secured_node)
    with deployment.host("web-1", database_url=url, **search_account) as host:
        began = time.monotonic()
        host.manage("rebuild_search", "--yes")
        say(f"rebuild_search : {time.monotonic() - began:.1f} s")
        host.serve()
        host.follow()
        yield host
