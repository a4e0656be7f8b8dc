"""The scripts of a deployment, run for real where they need no container."""

import http.server
import json
import os
import shutil
import ssl
import subprocess
import sys
import threading

import pytest
from django.conf import settings

DEPLOY = settings.BASE_DIR / "hub" / "deploy"


def make_certificates(folder, *names):
    for name in ("server", "clients"):
        (folder / name).mkdir(exist_ok=True)
    command = ["sh", str(DEPLOY / "certificates.sh"), str(folder / "server"), str(folder / "clients"), *names]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_certificate_is_that_of_the_server_s_names_and_of_its_authority(tmp_path):
    assert "créé pour" in make_certificates(tmp_path, "search", "search.example.internal")
    server = tmp_path / "server"
    assert oct((server / "server.key").stat().st_mode)[-3:] == "640"
    assert sorted(path.name for path in (tmp_path / "clients").iterdir()) == ["ca.pem"]
    for name, expected in (("search.example.internal", 0), ("autre.example.internal", 1)):
        command = ["openssl", "verify", "-CAfile", str(tmp_path / "clients" / "ca.pem"), "-verify_hostname", name]
        done = subprocess.run([*command, str(server / "server.pem")], capture_output=True, check=False)
        assert bool(done.returncode) == bool(expected)
    context = ssl.create_default_context(cafile=str(tmp_path / "clients" / "ca.pem"))
    context.load_cert_chain(server / "server.pem", server / "server.key")


def test_a_certificate_still_valid_is_kept_and_one_that_ends_soon_is_made_again(tmp_path):
    make_certificates(tmp_path, "search")
    first = (tmp_path / "server" / "server.pem").read_bytes()
    assert "encore valable" in make_certificates(tmp_path, "search")
    assert (tmp_path / "server" / "server.pem").read_bytes() == first
    key, certificate = tmp_path / "server" / "server.key", tmp_path / "server" / "server.pem"
    soon = ["openssl", "req", "-x509", "-key", str(key), "-days", "20", "-subj", "/CN=search", "-out", str(certificate)]
    subprocess.run(soon, check=True, capture_output=True)
    assert "créé pour" in make_certificates(tmp_path, "search")
    assert (tmp_path / "server" / "ca.pem").read_bytes() == (tmp_path / "clients" / "ca.pem").read_bytes()


@pytest.mark.skipif(os.getuid() != 0, reason="la préparation donne les secrets à leurs comptes : il faut être root")
def test_the_preparation_draws_each_secret_once_and_gives_it_to_its_account(tmp_path):
    shutil.copy(DEPLOY / "prepare.sh", tmp_path)
    command = ["sh", "prepare.sh"]
    refused = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "EMAIL_URL" in refused.stderr
    environ = {**os.environ, "EMAIL_URL": "smtp+tls://hub:secret@mail.example.internal:587"}
    subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, check=True)
    secrets = {path.name: path for path in (tmp_path / "secrets").iterdir()}
    owners = {name: (path.stat().st_uid, oct(path.stat().st_mode)[-3:]) for name, path in secrets.items()}
    assert owners == {
        "secret_key": (10001, "400"),
        "email_url": (10001, "400"),
        "database_url": (10001, "400"),
        "database_password": (999, "400"),
        "elastic_password": (1000, "400"),
        "search_password": (10001, "440"),
    }
    values = {name: path.read_text() for name, path in secrets.items()}
    assert len(values["secret_key"]) >= 50
    assert len(set(values.values())) == len(values)
    assert values["database_password"] in values["database_url"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
    assert {name: path.read_text() for name, path in secrets.items()} == values
    assert (tmp_path / "var" / "media").stat().st_uid == 10001


@pytest.mark.parametrize(("status", "expected"), [(200, 0), (503, 1)])
def test_the_health_check_of_the_container_follows_the_answer(status, expected):
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.end_headers()
            self.wfile.write(self.path.encode())

        def log_message(self, *args):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        environ = {**os.environ, "BIND": f"0.0.0.0:{server.server_port}"}
        command = [sys.executable, str(DEPLOY / "ask_health.py"), "/sante/pret"]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (expected, "/sante/pret")


def test_a_server_that_does_not_answer_is_not_healthy():
    environ = {**os.environ, "BIND": "127.0.0.1:1"}
    command = [sys.executable, str(DEPLOY / "ask_health.py"), "/sante/pret"]
    assert subprocess.run(command, env=environ, capture_output=True, check=False).returncode == 1


def test_the_role_in_the_guide_is_the_one_that_is_created():
    role = json.loads((DEPLOY / "search_role.json").read_text(encoding="utf-8"))
    guide = (settings.BASE_DIR / "docs" / "exploitation.md").read_text(encoding="utf-8")
    assert "hub/deploy/search_role.json" in guide
    named = {*role["cluster"], *(word for rule in role["indices"] for word in (*rule["names"], *rule["privileges"]))}
    assert [word for word in sorted(named) if f"`{word}`" not in guide] == []
