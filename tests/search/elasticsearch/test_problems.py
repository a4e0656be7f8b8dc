"""Wrong settings of the server: one clear sentence everywhere, no secret, and the site up on the stand-by."""

import os
import shutil
import subprocess
import sys

import pytest
from django.conf import settings as django_settings
from django.test import Client

from search import asking
from search.engines.base import EngineError
from search.engines.selection import engines, search_engine
from search.rebuild import rebuild
from search.service import STANDBY_NOTICE
from tests.factories import InitiativePageFactory, build_home
from tests.search.elasticsearch.conftest import words
from tests.search.elasticsearch.wrong_servers import NAMES, mistakes

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


@pytest.fixture(params=NAMES)
def mistake(request, every_mistake, settings):
    """A wrong setting, in force."""
    asking._breaker.cache_clear()  # noqa: SLF001 — what an earlier server did says nothing of this one
    made = every_mistake[request.param]
    for name, value in made.settings.items():
        setattr(settings, name, value)
    settings.ELASTICSEARCH_TIMEOUT = 5
    return made


def assert_clear(said, mistake):
    assert mistake.says in said
    assert "\n" not in said.strip()
    assert said.strip().endswith((".", "?"))
    for secret in mistake.secrets:
        assert secret not in said


def test_the_engine_says_it_in_one_sentence(mistake):
    with pytest.raises(EngineError) as told:
        search_engine().require_supported()
    assert_clear(str(told.value), mistake)


def test_a_search_says_it_in_one_sentence(mistake, request):
    if request.node.callspec.params["mistake"] == WITHOUT_INDEX:
        assert not search_engine().search(words("bail")).is_ready
        return
    with pytest.raises(EngineError) as told:
        search_engine().search(words("bail"))
    assert_clear(str(told.value), mistake)


@pytest.mark.django_db
def test_the_site_answers_from_the_standby(mistake):
    build_home()
    InitiativePageFactory(title="Bail glissant")
    rebuild(engine=engines()[-1])
    response = Client().get("/recherche/", {"q": "bail"})
    shown = response.content.decode().replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert response.status_code == 200
    assert "glissant" in shown  # its title, with what was typed marked in it
    assert STANDBY_NOTICE.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ") in shown


@pytest.mark.parametrize("name", NAMES)
def test_the_commands_say_it_in_one_sentence(name, every_mistake, migrated_snapshot, django_db_setup, tmp_path):
    mistake = every_mistake[name]
    shutil.copy(migrated_snapshot, tmp_path / "hub.sqlite3")
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("ELASTICSEARCH_")},
        "DJANGO_SETTINGS_MODULE": "hub.settings.demo",
        "HUB_VAR_DIR": str(tmp_path),
        "ELASTICSEARCH_TIMEOUT": "5",
        **mistake.settings,
    }
    environment.pop("DATABASE_URL", None)
    for arguments, code in ((["check"], 0), (["rebuild_search", "--yes"], 1)):
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=django_settings.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stdout + done.stderr
        assert done.returncode == code, said
        assert "Traceback" not in said
        # A command begins with the checks: what it says itself comes last.
        lines = [line for line in said.splitlines() if mistake.says in line]
        assert len(lines) == (1 if arguments == ["check"] else 2)
        assert lines[-1].startswith("?: (search.W003)" if arguments == ["check"] else "CommandError: elasticsearch : ")
        for line in lines:
            assert_clear(line, mistake)
        assert not any(secret in said for secret in mistake.secrets)
