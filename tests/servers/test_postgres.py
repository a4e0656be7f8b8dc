"""The temporary PostgreSQL that integration and the production check use."""

import os
import subprocess
import sys

import psycopg
import pytest
from django.conf import settings

from tests.servers.postgres import running_postgres
from tests.servers.processes import read_stat, session_members

pytestmark = pytest.mark.usefixtures("need_postgres")


def ask(url, question):
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute(question)]


def test_it_sorts_as_french_readers_do_and_keeps_what_it_was_given_when_restarted():
    with running_postgres() as server:
        words = "SELECT v FROM (VALUES ('zone'), ('être'), ('Est'), ('étage')) AS w(v) ORDER BY v"
        assert ask(server.url, words) == ["Est", "étage", "être", "zone"]
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
        server.restart()
        assert ask(server.url, "SELECT n FROM kept") == [7]
        folder, session = server.folder, read_stat(server.pid).session
    assert not folder.exists()
    assert session_members(session=session) == []


@pytest.mark.parametrize(("durable", "expected"), [(False, ["off"]), (True, ["on"])])
def test_what_is_committed_survives_a_power_cut_only_if_asked(durable, expected):
    with running_postgres(durable=durable) as server:
        assert ask(server.url, "SELECT setting FROM pg_settings WHERE name = 'fsync'") == expected


def test_a_command_runs_beside_it_and_its_exit_code_is_kept():
    script = "import os, psycopg, sys; psycopg.connect(os.environ['DATABASE_URL']).close(); sys.exit(7)"
    result = subprocess.run(
        [sys.executable, "-m", "tests.servers.postgres", "run", "--", sys.executable, "-c", script],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 7)
