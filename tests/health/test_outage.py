"""A database that is down or silent, on the real settings: the answer comes within three seconds."""

import json
import time

import pytest

from tests.settings.conftest import environ  # noqa: F401 — a fixture
from tests.settings.test_production import run_python
from tests.support.silent import silent_port

ASK = """
import json, time
import django
django.setup()
from django.test import Client

began = time.monotonic()
response = Client().get("/sante/pret", headers={"host": "192.0.2.1"})
print(json.dumps({"status": response.status_code, "seconds": time.monotonic() - began, "answer": response.json()}))
alive = Client().get("/sante/vif", headers={"host": "192.0.2.1"})
print(json.dumps(alive.status_code))
"""


@pytest.fixture
def silent_server():
    """Accepts connections and never says a word, as a frozen PostgreSQL does."""
    with silent_port() as port:
        yield port


def ask(environ):  # noqa: F811
    began = time.monotonic()
    result = run_python("-c", ASK, environ=environ)
    assert result.returncode == 0, result.stderr
    assert time.monotonic() - began < 30  # the process ends, whatever still hangs
    ready, alive = map(json.loads, result.stdout.splitlines())
    assert alive == 200
    assert "secret" not in json.dumps(ready)
    return ready


def test_a_database_that_refuses(environ):  # noqa: F811
    ready = ask(environ)
    assert ready["status"] == 503
    assert ready["answer"]["lights"]["base"]["status"] == "down"
    assert ready["seconds"] < 2.5


def test_a_database_that_says_nothing(environ, silent_server):  # noqa: F811
    ready = ask({**environ, "DATABASE_URL": f"postgres://hub:secret@127.0.0.1:{silent_server}/hub"})
    assert ready["status"] == 503
    assert ready["answer"]["lights"]["base"] == {"status": "down", "label": "pas de réponse en 2 s"}
    assert ready["seconds"] < 2.5
