"""What the processes of production write, started for real."""

import http.client
import json
import socket
import subprocess
import sys
import time

import pytest
from django.conf import settings

from tests.settings.conftest import environ  # noqa: F401 — a fixture
from tests.settings.test_production import run_python

START_TIME_LIMIT = 60  # seconds


@pytest.mark.slow
def test_gunicorn_and_the_hub_write_one_json_object_a_line(environ, tmp_path):  # noqa: F811
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path / "journal"
    command = [sys.executable, "-m", "gunicorn", "--config", "python:hub.gunicorn", "hub.wsgi"]
    environ = {**environ, "BIND": f"127.0.0.1:{port}", "WEB_WORKERS": "1"}
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environ, stdout=output, stderr=output)
        try:
            request_id = _ask_until_answered(process, port=port)
        finally:
            process.terminate()
            process.wait(timeout=START_TIME_LIMIT)
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert {"gunicorn.error", "hub.requests"} <= {line["logger"] for line in lines}
    requests = [line for line in lines if line["logger"] == "hub.requests"]
    assert [(line["path"], line["status"], line["request_id"]) for line in requests] == [
        ("/gestion/login/", 301, request_id)
    ]
    assert "secret" not in log.read_text(encoding="utf-8")


def _ask_until_answered(process, *, port):
    limit = time.monotonic() + START_TIME_LIMIT
    while True:
        # Asked once: a request given up is a line of the journal too.
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_TIME_LIMIT)
        try:
            connection.request("GET", "/gestion/login/?q=secret", headers={"Host": "hub.example.gouv.fr"})
            return connection.getresponse().headers["X-Request-ID"]
        except OSError:
            assert process.poll() is None
            assert time.monotonic() < limit
            time.sleep(0.2)
        finally:
            connection.close()


LOG_A_WARNING = "import django; django.setup(); import logging; logging.getLogger('search').warning('%s mots', 3)"


def test_a_command_s_records_are_json_in_production(environ):  # noqa: F811
    line = json.loads(run_python("-c", LOG_A_WARNING, environ=environ).stderr)
    assert (line["level"], line["logger"], line["message"], line["request_id"]) == ("WARNING", "search", "3 mots", "")


def test_an_operator_may_ask_for_readable_lines(environ):  # noqa: F811
    written = run_python("-c", LOG_A_WARNING, environ={**environ, "LOG_FORMAT": "lignes"}).stderr
    assert written.endswith("WARNING search 3 mots\n")


def test_the_demonstration_writes_readable_lines(environ, tmp_path):  # noqa: F811
    demo = {"PATH": environ["PATH"], "DJANGO_SETTINGS_MODULE": "hub.settings.demo", "HUB_VAR_DIR": str(tmp_path)}
    assert run_python("-c", LOG_A_WARNING, environ=demo).stderr.endswith("WARNING search 3 mots\n")
