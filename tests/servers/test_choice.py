"""Which search server is chosen, and what is said when there is none: the command as it is typed."""

import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.conf import settings

from tests.servers import compose
from tests.servers.processes import read_stat, session_members


def servers(action, *, folder, **variables):
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HUB_SERVERS_DIR": str(folder), **variables}
    return subprocess.run(
        [sys.executable, "-m", "tests.servers", action],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


@contextmanager
def http_server(*, status=200, **headers):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def program(tmp_path):
    """Makes a program, alone on a path of its own."""

    def make(name, script):
        path = tmp_path / "programs" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!{sys.executable}\n{script}\n")
        path.chmod(0o755)
        return str(path.parent)

    return make


def test_the_address_that_is_given_comes_first(tmp_path):
    with http_server(X_Elastic_Product="Elasticsearch") as url:
        result = servers("start", folder=tmp_path, ELASTICSEARCH_URL=url)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == f"Elasticsearch répond sur {url} (donné par ELASTICSEARCH_URL).\n"


@pytest.mark.parametrize("action", ["start", "status"])
def test_an_address_that_is_not_elasticsearch_is_refused_in_one_sentence(tmp_path, action):
    with http_server(X_Elastic_Product="Autre") as url:
        result = servers(action, folder=tmp_path, ELASTICSEARCH_URL=url)
    assert (result.returncode, result.stderr) == (1, "")
    assert result.stdout == f"Ce qui répond sur {url} n’est pas Elasticsearch (pas d’en-tête X-Elastic-Product).\n"


def test_a_refused_user_is_told_without_the_password(tmp_path):
    with http_server(status=401) as url:
        with_user = url.replace("://", "://hub:secret@")
        result = servers("start", folder=tmp_path, ELASTICSEARCH_URL=with_user)
    assert result.returncode == 1
    assert result.stdout == f"{url} refuse cet utilisateur ou ce mot de passe (réponse 401).\n"


@pytest.mark.parametrize(
    ("url", "told"), [("http://127.0.0.1:1", "Rien ne répond"), ("n’importe quoi", "n’est pas une adresse de serveur")]
)
def test_an_address_where_nothing_answers_is_told(tmp_path, url, told):
    result = servers("start", folder=tmp_path, ELASTICSEARCH_URL=url)
    assert (result.returncode, result.stderr) == (1, "")
    assert told in result.stdout


def test_with_nothing_to_start_a_server_what_is_missing_is_listed(tmp_path):
    result = servers("start", folder=tmp_path, ELASTICSEARCH_FROM="archive", PATH=str(tmp_path))
    assert (result.returncode, result.stderr) == (1, "")
    for way in ("ELASTICSEARCH_URL", "127.0.0.1:9200", "docker compose", "Maven"):
        assert way in result.stdout
    assert not any((tmp_path / name).exists() for name in ("runs", "elasticsearch.json"))


def test_an_unknown_way_is_refused(tmp_path):
    result = servers("start", folder=tmp_path, ELASTICSEARCH_FROM="ailleurs")
    assert result.returncode == 1
    assert "ELASTICSEARCH_FROM=ailleurs : attendu url, local, docker, archive." in result.stdout


@pytest.mark.parametrize(
    "script",
    [
        "raise SystemExit('Cannot connect to the Docker daemon')",
        "print()  # some versions succeed and name no server",
        "import time; time.sleep(60)",
    ],
)
def test_docker_without_a_daemon_is_no_docker(monkeypatch, program, script):
    monkeypatch.setattr(compose, "QUESTION_LIMIT", 0.5)
    monkeypatch.setenv("PATH", program("docker", script))
    assert not compose.is_available()


def test_docker_with_a_daemon_is_seen(monkeypatch, program):
    monkeypatch.setenv("PATH", program("docker", "print('28.0.1')"))
    assert compose.is_available()


def test_stopping_never_ends_a_process_that_was_given_the_same_number(tmp_path):
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as bystander:
        state = {"url": "http://127.0.0.1:1", "way": "archive", "pid": bystander.pid}
        state |= {"started": read_stat(bystander.pid).started - 1, "folder": str(tmp_path / "runs" / "old")}
        (tmp_path / "elasticsearch.json").write_text(json.dumps(state))
        result = servers("stop", folder=tmp_path)
        assert bystander.poll() is None
        bystander.kill()
    assert result.returncode == 0
    assert "Rien à arrêter" in result.stdout
    assert not (tmp_path / "elasticsearch.json").exists()


def test_stopping_leaves_a_server_that_was_there_before(tmp_path):
    with http_server(X_Elastic_Product="Elasticsearch") as url:
        assert "Rien à arrêter" in servers("stop", folder=tmp_path, ELASTICSEARCH_URL=url).stdout
        assert servers("start", folder=tmp_path, ELASTICSEARCH_URL=url).returncode == 0


@pytest.mark.slow
@pytest.mark.elasticsearch
def test_a_server_is_started_reused_reported_and_stopped(own_servers):
    variables = {"folder": own_servers, "ELASTICSEARCH_FROM": "archive"}
    try:
        started = servers("start", **variables)
        assert started.returncode == 0, started.stdout
        pid = json.loads((own_servers / "elasticsearch.json").read_text())["pid"]
        address = started.stdout.splitlines()[-1]
        assert servers("start", **variables).stdout.splitlines() == [address]
        status = servers("status", **variables)
        assert status.returncode == 0
        assert "Elasticsearch 8.19.13 répond sur http://127.0.0.1:" in status.stdout
    finally:
        stopped = servers("stop", **variables)
    assert stopped.stdout.splitlines()[-1] == "Arrêté ; ses données sont effacées."
    assert session_members(session=pid) == []
    assert list((own_servers / "runs").iterdir()) == []
    assert servers("status", **variables).returncode == 1
