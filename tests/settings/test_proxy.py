"""Whether a request came over HTTPS is the proxy's word, believed from its address only: seen on a running server."""

import http.client
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager

import pytest
from django.conf import settings

pytestmark = pytest.mark.slow
START_TIME_LIMIT = 60  # seconds


def ask(*, port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with closing(connection):  # also when nothing answers yet
        connection.request("GET", "/robots.txt", headers={"Host": "hub.example.gouv.fr", "X-Forwarded-Proto": "https"})
        response = connection.getresponse()
        response.read()
    return response


@contextmanager
def serving(*, environ):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--config", "python:hub.gunicorn", "hub.wsgi"]
    environ = {**environ, "BIND": f"127.0.0.1:{port}", "WEB_WORKERS": "1"}
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environ, stderr=subprocess.DEVNULL)
    limit = time.monotonic() + START_TIME_LIMIT
    try:
        while True:
            try:
                ask(port=port)
                break
            except OSError:
                assert process.poll() is None
                assert time.monotonic() < limit
                time.sleep(0.2)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=START_TIME_LIMIT)


def test_a_trusted_proxy_is_believed(environ):
    with serving(environ=environ) as port:
        response = ask(port=port)
    assert response.status == 200
    assert response.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"


def test_anybody_else_is_sent_to_https(environ):
    with serving(environ={**environ, "TRUSTED_PROXIES": "192.0.2.1"}) as port:
        response = ask(port=port)
    assert response.status == 301
    assert response.headers["Location"] == "https://hub.example.gouv.fr/robots.txt"
