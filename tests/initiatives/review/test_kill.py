"""A hub killed in the middle of an act: the sheet, its thread and its mails are before or after, never between."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[3]
# How many times each act is killed before one of its statements, and as many times at a random moment.
KILLS = int(os.environ.get("REVIEW_KILLS", "5"))

pytestmark = pytest.mark.slow

PARTNERS = ["ana@adil.example", "boris@adil.example"]
REVIEWERS = ["remi@dihal.example", "rita@dihal.example"]


def killed(*, act: str, folder: Path, snapshot: Path) -> list[dict]:
    """Return what another process saw: the act done whole, then each time it was killed."""
    if connection.vendor != "sqlite":
        pytest.skip("a database file is copied for each act")
    environment = {
        **os.environ,
        "HUB_VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/hub.sqlite3",
        # Its mails stay in the outbox, and its pages need no collected static files.
        "DJANGO_SETTINGS_MODULE": "hub.settings.test",
    }
    shutil.copy(snapshot, folder / "hub.sqlite3")
    done = subprocess.run(
        [sys.executable, "-m", "tests.initiatives.review.worker", act, str(KILLS)],
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


@pytest.mark.parametrize(
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
def test_an_act_killed_at_any_moment_is_done_or_not_and_done_again_is_done_once(
    tmp_path, migrated_snapshot, django_db_setup, act, state, told
):
    whole, *deaths = killed(act=act, folder=tmp_path, snapshot=migrated_snapshot)
    before, after = whole["before"], whole["after"]
    assert before != after
    assert after["state"] == state
    new_mails = [mail for mail in after["mails"] if mail not in before["mails"]]
    assert sorted(recipient for _key, recipient, _subject in new_mails) == told
    assert sum(death["was_killed"] for death in deaths) >= KILLS
    for death in deaths:
        assert death["found"] in (before, after), death["death"]
        assert repeated(death["again"], act) == repeated(after, act), death["death"]
