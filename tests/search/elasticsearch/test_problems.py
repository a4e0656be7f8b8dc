"""Wrong settings of the server: one clear sentence everywhere, no secret, and the site up on the stand-by."""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from io import StringIO

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.test import Client, override_settings

from search import asking
from search.engines.base import EngineError
from search.engines.selection import engines
from search.rebuild import rebuild
from search.service import STANDBY_NOTICE
from tests.factories import InitiativePageFactory, build_home
from tests.search.elasticsearch.conftest import words
from tests.search.elasticsearch.wrong_servers import NAMES, mistakes
from tests.support.engines import search_engine

pytestmark = [
    pytest.mark.slow,
    pytest.mark.once,
    pytest.mark.elasticsearch,
    pytest.mark.usefixtures("elasticsearch_server"),
]

# An old server without an index is no failure of a search: it has nothing to search.
WITHOUT_INDEX = "an old server"


@pytest.fixture(scope="module")
def every_mistake(tmp_path_factory, elasticsearch_server):
    with mistakes(folder=tmp_path_factory.mktemp("certificates")) as lent:
        assert set(lent) == set(NAMES)
        yield lent


@contextmanager
def in_force(mistake):
    asking._breaker.cache_clear()  # noqa: SLF001 — what an earlier server did says nothing of this one
    with override_settings(ELASTICSEARCH_TIMEOUT=5, **mistake.settings):
        yield


def assert_clear(said, mistake):
    assert mistake.says in said
    assert "\n" not in said.strip()
    assert said.strip().endswith((".", "?"))
    for secret in mistake.secrets:
        assert secret not in said


def test_the_engine_says_it_in_one_sentence(every_mistake, subtests):
    for name, mistake in every_mistake.items():
        with in_force(mistake), subtests.test(name):
            with pytest.raises(EngineError) as told:
                search_engine().require_supported()
            assert_clear(str(told.value), mistake)


def test_a_search_says_it_in_one_sentence(every_mistake, subtests):
    for name, mistake in every_mistake.items():
        with in_force(mistake), subtests.test(name):
            if name == WITHOUT_INDEX:
                assert not search_engine().search(words("bail")).is_ready
            else:
                with pytest.raises(EngineError) as told:
                    search_engine().search(words("bail"))
                assert_clear(str(told.value), mistake)


@pytest.mark.django_db
def test_the_site_answers_from_the_standby(every_mistake, subtests):
    build_home()
    InitiativePageFactory(title="Bail glissant")
    rebuild(engine=engines()[-1])
    notice = plain(STANDBY_NOTICE)
    for name, mistake in every_mistake.items():
        with in_force(mistake), subtests.test(name):
            response = Client().get("/recherche/", {"q": "bail"})
            shown = plain(response.content.decode())
            assert response.status_code == 200
            assert "glissant" in shown  # its title, with what was typed marked in it
            assert notice in shown


def plain(text):
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


@pytest.mark.django_db
def test_the_commands_say_it_in_one_sentence(every_mistake, subtests):
    build_home()
    for name, mistake in every_mistake.items():
        with in_force(mistake), subtests.test(name):
            said = StringIO()
            call_command("check", stdout=said, stderr=said)
            (line,) = [line for line in said.getvalue().splitlines() if mistake.says in line]
            assert line.startswith("?: (search.W003)")
            assert_clear(line, mistake)
            with pytest.raises(CommandError) as told:
                call_command("rebuild_search", "--yes", stdout=said, stderr=said)
            assert str(told.value).startswith("elasticsearch : ")
            assert_clear(str(told.value), mistake)
            assert not any(secret in said.getvalue() for secret in mistake.secrets)


# A process of its own takes seconds to start: one that answers wrongly, and one that cannot be spoken to.
@pytest.mark.parametrize("name", ["wrong password in the address", "expired certificate"])
def test_a_command_that_fails_ends_with_its_sentence(every_mistake, migrated_snapshot, django_db_setup, tmp_path, name):
    mistake = every_mistake[name]
    shutil.copy(migrated_snapshot, tmp_path / "hub.sqlite3")
    for arguments, code in ((["check"], 0), (["rebuild_search", "--yes"], 1)):
        done = manage(*arguments, folder=tmp_path, mistake=mistake)
        said = done.stdout + done.stderr
        assert done.returncode == code, said
        assert "Traceback" not in said
        # A command begins with the checks: what it says itself comes last.
        lines = [line for line in said.splitlines() if mistake.says in line]
        assert len(lines) == (1 if arguments == ["check"] else 2)
        says_first = "?: (search.W003)" if arguments == ["check"] else "CommandError: elasticsearch : "
        assert lines[-1].startswith(says_first)
        for line in lines:
            assert_clear(line, mistake)
        assert not any(secret in said for secret in mistake.secrets)


def manage(*arguments, folder, mistake):
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("ELASTICSEARCH_")},
        "DJANGO_SETTINGS_MODULE": "hub.settings.demo",
        "HUB_VAR_DIR": str(folder),
        "ELASTICSEARCH_TIMEOUT": "5",
        **mistake.settings,
    }
    environment.pop("DATABASE_URL", None)
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=django_settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
