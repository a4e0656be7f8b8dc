"""A database and an index made by an older hub open under this one: nothing is lost, and the index is made anew.

``old/`` was written by the code before the house was made smaller (dba2a13), with ``tests.upgrade.making``.
"""

import json
import lzma
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from hub.settings.environment import DEMO_SECRET_KEY
from tests.upgrade.photograph import SEARCHES

ROOT = Path(__file__).resolve().parents[2]
OLD = Path(__file__).parent / "old"
NAME = "hub_of_an_older_version"


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    return json.loads(lzma.decompress((OLD / "expected.json.xz").read_bytes()))


@pytest.fixture(scope="module")
def old() -> dict[str, Any]:
    """The rows of the old database, and the migrations that shaped them."""
    return json.loads(lzma.decompress((OLD / "contents.json.xz").read_bytes()))


@pytest.fixture(scope="module")
def database_url(
    old: dict[str, Any], tmp_path_factory: pytest.TempPathFactory, migrated_snapshot: Path, django_db_setup: None
) -> Iterator[str]:
    """An empty database, of the kind the tests run on."""
    if connection.vendor != "postgresql":
        place = tmp_path_factory.mktemp("old") / "hub.sqlite3"
        # As long as no migration was added since, the tables are those of any test: no need to make them again.
        last = [[app, name] for app, name in MigrationLoader(None).graph.leaf_nodes()]
        if sorted(last) == sorted(old["migrations"]) and migrated_snapshot.exists():
            shutil.copyfile(migrated_snapshot, place)
        yield f"sqlite:///{place}"
        return
    server = os.environ["DATABASE_URL"].rsplit("/", 1)[0]
    name = f"{NAME}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connected:
        connected.execute(f"DROP DATABASE IF EXISTS {name}")
        connected.execute(f"CREATE DATABASE {name}")
        yield f"{server}/{name}"
        connected.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def found(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What this hub sees, once it has migrated the old database and been given the old index."""
    folder = tmp_path_factory.mktemp("opened")
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "tests.upgrade.settings",
        "HUB_VAR_DIR": str(folder),
        "PUBLIC_BASE_URL": "http://127.0.0.1:8000",
        "SECRET_KEY": DEMO_SECRET_KEY,
    }
    for name in ("SEARCH_INDEX_DIR", "ELASTICSEARCH_URL"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "tests.upgrade.opening", str(OLD), str(folder / "found.json")]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads((folder / "found.json").read_text(encoding="utf-8"))


@pytest.mark.django_db
def test_the_index_of_another_version_is_made_anew(expected, found):
    assert found["index"]["state"] == "ready"
    assert found["index"]["generation"] != expected["index"]["generation"]


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["pages", "revisions"])
def test_what_was_written_is_read_back(expected, found, what):
    assert set(found[what]) == set(expected[what])
    for key, old in expected[what].items():
        assert found[what][key] == old, (what, key)


@pytest.mark.django_db
@pytest.mark.parametrize("typed", SEARCHES)
def test_a_search_finds_the_same(expected, found, typed):
    assert found["answers"][typed] == expected["answers"][typed]


def test_the_old_hub_held_something_of_everything(expected, old):
    held = {label: len(table["rows"]) for label, table in old["tables"].items()}
    for label in (
        "initiatives.InitiativePage",
        "events.WorkshopPage",
        "wagtailcore.Revision",
        "wagtailcore.TaskState",
        "initiatives.Dossier",
        "initiatives.Exchange",
        "initiatives.ErrorReport",
        "mail.OutgoingMail",
        "accounts.Membership",
        "accounts.AccessRequest",
        "search.IndexConsumer",
    ):
        assert held.get(label), label
    assert sum(bool(answer[0]) for answer in expected["answers"].values()) > len(SEARCHES) - 5
