"""The search when the server does not answer: the stand-by does, and the visitor hardly notices."""

import socket
import time

import pytest
from django.core.checks import run_checks

from search import asking
from search.compiler import CompiledQuery
from search.engines.base import EngineError
from search.engines.embedded.engine import EmbeddedEngine
from search.engines.selection import engines
from search.rebuild import rebuild
from search.service import STANDBY_NOTICE
from tests.factories import InitiativePageFactory, build_home
from tests.search.conftest import titles
from tests.support.silent import silent_port

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_breakers():
    """What an earlier test's server did says nothing of this one's."""
    asking._breaker.cache_clear()  # noqa: SLF001


@pytest.fixture
def closed_port():
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        yield reserved.getsockname()[1]


@pytest.fixture
def standby(db):
    """A published sheet, known to this host's own index."""
    build_home()
    InitiativePageFactory(title="Bail glissant")
    engine = engines()[-1]
    rebuild(engine=engine)
    return engine


def test_with_no_server_in_the_settings_there_is_no_standby(standby, client):
    assert engines() == (standby,)
    assert "mode secours" in STANDBY_NOTICE
    assert "mode secours" not in client.get("/recherche/", {"q": "bail"}).content.decode()


def test_the_standby_answers_in_the_place_of_a_server_that_is_down(standby, settings, closed_port, client):
    settings.ELASTICSEARCH_URL = f"http://127.0.0.1:{closed_port}"
    page = client.get("/recherche/", {"q": "bail"}).content.decode()
    assert "Bail glissant" in page.replace("<mark>", "").replace("</mark>", "")
    assert "1 résultat" in page
    assert STANDBY_NOTICE in page.replace("\xa0", " ")


def test_a_frozen_server_is_waited_for_once(standby, settings):
    settings.ELASTICSEARCH_TIMEOUT = 0.5
    waits = []
    with silent_port() as port:
        settings.ELASTICSEARCH_URL = f"http://127.0.0.1:{port}"
        for _ in range(5):
            started = time.monotonic()
            assert titles("bail") == {"Bail glissant"}
            waits.append(time.monotonic() - started)
    assert waits[0] > 0.5
    assert [wait for wait in waits[1:] if wait > 0.4] == []


def test_the_server_is_asked_again_after_its_rest(standby, settings, closed_port):
    settings.ELASTICSEARCH_URL = f"http://127.0.0.1:{closed_port}"
    settings.SEARCH_BREAKER_SECONDS = 0.2
    server = engines()[0]
    titles("bail")
    assert not asking.breaker_of(server).is_closed
    with asking.breaker_of(server).attempt() as allowed:
        assert allowed is None
    time.sleep(0.25)
    with asking.breaker_of(server).attempt() as allowed:
        assert allowed == settings.ELASTICSEARCH_TIMEOUT


@pytest.mark.elasticsearch
def test_a_server_without_an_index_leaves_the_answer_to_the_standby(
    standby, settings, elasticsearch_server, unique_index_prefix
):
    settings.ELASTICSEARCH_URL = elasticsearch_server
    settings.ELASTICSEARCH_INDEX = unique_index_prefix
    settings.ELASTICSEARCH_TIMEOUT = 10
    assert titles("bail") == {"Bail glissant"}
    server, same = engines()
    assert isinstance(same, EmbeddedEngine)
    rebuild(engine=server)
    asking._breaker.cache_clear()  # noqa: SLF001 — rather than wait for the rest to be over
    found = asking.ask(CompiledQuery(), text="")
    assert (found.engine, found.total, found.from_standby) == ("elasticsearch", 1, False)


@pytest.mark.elasticsearch
def test_without_a_standby_a_server_at_rest_is_asked_all_the_same(
    standby, settings, elasticsearch_server, unique_index_prefix, tmp_path
):
    settings.ELASTICSEARCH_URL = elasticsearch_server
    settings.ELASTICSEARCH_INDEX = unique_index_prefix
    settings.ELASTICSEARCH_TIMEOUT = 10
    server = engines()[0]
    rebuild(engine=server)
    with pytest.raises(EngineError), asking.breaker_of(server).attempt():
        raise EngineError("lent")
    assert asking.ask(CompiledQuery(), text="").from_standby
    settings.SEARCH_INDEX_DIR = tmp_path / "deleted by hand"
    found = asking.ask(CompiledQuery(), text="")
    assert (found.engine, found.total, found.from_standby) == ("elasticsearch", 1, False)


def test_checks_say_in_one_sentence_why_the_server_is_of_no_use(standby, settings, closed_port):
    settings.ELASTICSEARCH_URL = f"http://127.0.0.1:{closed_port}"
    problems = [problem for problem in run_checks(tags=["search"]) if problem.id == "search.W003"]
    assert len(problems) == 1
    assert f"http://127.0.0.1:{closed_port}" in problems[0].msg
    assert "démarré" in problems[0].msg
