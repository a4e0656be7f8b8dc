"""A hub killed in the middle of an act: the sheet, its thread and its mails are before or after, never between."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from tests.servers.errors import ServerError
from tests.servers.postgres import Postgres, programs, running_postgres

ROOT = Path(__file__).resolve().parents[3]
# How many times each act is killed before one of its statements, and as many times at a random moment.
KILLS = int(os.environ.get("REVIEW_KILLS", "2"))
# On a server each copy of the database takes longer.
SERVER_KILLS = max(2, KILLS // 2)

pytestmark = pytest.mark.slow

PARTNERS = ["ana@adil.example", "boris@adil.example"]
REVIEWERS = ["remi@dihal.example", "rita@dihal.example"]


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A PostgreSQL whose database « hub » is migrated; each act begins with a copy of it."""
    try:
        programs()
    except ServerError as error:
        if os.environ.get("REQUIRE_BROWSER"):  # continuous integration, which installs it
            pytest.fail(str(error))
        pytest.skip(str(error))
    with running_postgres() as running:
        environment = {**os.environ, "DATABASE_URL": running.url, "DJANGO_SETTINGS_MODULE": "hub.settings.test"}
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=environment, check=True
        )
        yield running


def killed(*, act: str, folder: Path, url: str, times: int) -> list[dict]:
    """Return what another process saw: the act done whole, then each time it was killed."""
    environment = {
        **os.environ,
        "HUB_VAR_DIR": str(folder),
        "DATABASE_URL": url,
        # Its mails stay in the outbox, and its pages need no collected static files.
        "DJANGO_SETTINGS_MODULE": "hub.settings.test",
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.initiatives.review.worker", act, str(times)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def repeated(seen: dict, act: str) -> dict:
    """What an act done again must leave as it was: Wagtail's editor saves a version at each press of a button."""
    return {name: value for name, value in seen.items() if (act, name) != ("cancel_in_wagtail", "text")}


ACTS = pytest.mark.parametrize(
    ("act", "state", "told"),
    [
        ("save", "draft", []),
        ("submit", "in_review", ["ana@adil.example", *REVIEWERS]),
        ("approve", "online", PARTNERS),
        ("send_back", "to_correct", PARTNERS),
        ("approve_in_wagtail", "online", PARTNERS),
        ("publish_in_wagtail", "online", PARTNERS),
        ("cancel_in_wagtail", "draft", PARTNERS),
        ("unpublish_in_wagtail", "retired", PARTNERS),
    ],
)


def require_whole(*, seen: list[dict], act: str, state: str, told: list[str], times: int) -> None:
    """Check that each death left what was before or what is after, and that the act done again was done once."""
    whole, *deaths = seen
    before, after = whole["before"], whole["after"]
    assert before != after
    assert after["state"] == state
    new_mails = [mail for mail in after["mails"] if mail not in before["mails"]]
    assert sorted(recipient for _key, recipient, _subject in new_mails) == told
    assert sum(death["was_killed"] for death in deaths) >= times
    for death in deaths:
        assert death["found"] in (before, after), death["death"]
        assert repeated(death["again"], act) == repeated(after, act), death["death"]


@ACTS
def test_an_act_killed_at_any_moment_is_done_or_not_and_done_again_is_done_once(
    tmp_path, migrated_snapshot, django_db_setup, act, state, told
):
    if connection.vendor != "sqlite":
        pytest.skip("la même chose, sur PostgreSQL, est ci-dessous")
    shutil.copy(migrated_snapshot, tmp_path / "hub.sqlite3")
    seen = killed(act=act, folder=tmp_path, url=f"sqlite:///{tmp_path}/hub.sqlite3", times=KILLS)
    require_whole(seen=seen, act=act, state=state, told=told, times=KILLS)


# Those that a partner and a reviewer do; Wagtail's own screens write the same rows.
@pytest.mark.parametrize(
    ("act", "state", "told"),
    [
        ("save", "draft", []),
        ("submit", "in_review", ["ana@adil.example", *REVIEWERS]),
        ("approve", "online", PARTNERS),
        ("approve_in_wagtail", "online", PARTNERS),
    ],
)
def test_the_same_on_postgresql(tmp_path, server, act, state, told):
    name = f"hub_{act}"
    with psycopg.connect(server.url.rsplit("/", 1)[0] + "/postgres", autocommit=True) as connected:
        connected.execute(f'CREATE DATABASE "{name}" TEMPLATE hub')
    seen = killed(act=act, folder=tmp_path, url=f"{server.url.rsplit('/', 1)[0]}/{name}", times=SERVER_KILLS)
    require_whole(seen=seen, act=act, state=state, told=told, times=SERVER_KILLS)
