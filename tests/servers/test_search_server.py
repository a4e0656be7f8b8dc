"""The search server of the tests: a real one, indices of one's own, one line when there is none."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from tests.servers.answers import ask
from tests.support.search_server import remove_indices

PROBE = """
def test_of_the_server(elasticsearch_server):
    assert elasticsearch_server.startswith("http")
"""


def run_pytest(*, folder, environment):
    probe = folder / "test_probe.py"
    probe.write_text(PROBE)
    plugins = ("-p", "tests.support.search_server", "-p", "no:cacheprovider", "-p", "no:django")
    return subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, "--rootdir", str(folder), "-c", os.devnull, str(probe)],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "HUB_SERVERS_DIR": str(folder / "servers"), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_tests_have_indices_of_their_own_on_a_real_server(elasticsearch_server, unique_index_prefix):
    assert ask(url=elasticsearch_server).data["version"]["number"].startswith("8.")
    index = f"/{unique_index_prefix}pages"
    assert ask(url=elasticsearch_server, path=index, method="PUT").status == 200
    assert ask(url=elasticsearch_server, path=f"/{unique_index_prefix}autre", method="PUT").status == 200
    remove_indices(url=elasticsearch_server, prefix=unique_index_prefix)
    assert ask(url=elasticsearch_server, path=index).status == 404
    assert ask(url=elasticsearch_server, path=f"/{unique_index_prefix}autre").status == 404


def test_tests_that_ask_the_server_can_be_chosen_or_left_out(request, elasticsearch_server):
    assert request.node.get_closest_marker("elasticsearch")


def test_without_a_server_tests_are_skipped_with_one_line_that_says_how_to_have_it(tmp_path):
    result = run_pytest(folder=tmp_path, environment={"ELASTICSEARCH_FROM": "docker"})
    assert result.returncode == 0, result.stdout
    *_others, summary, closing = result.stdout.strip().splitlines()
    assert summary == "1 tests sautés, pas de serveur de recherche : « make elasticsearch » en démarre un."
    assert "1 skipped" in closing


@pytest.mark.parametrize("required", ["", "1"])
def test_a_wrong_address_fails_the_tests_that_need_it(tmp_path, required):
    environment = {"ELASTICSEARCH_URL": "http://127.0.0.1:1", "REQUIRE_ELASTICSEARCH": required}
    result = run_pytest(folder=tmp_path, environment=environment)
    assert result.returncode == 1
    assert "Rien ne répond sur http://127.0.0.1:1" in result.stdout


def test_a_required_server_that_cannot_be_started_fails_the_tests_that_need_it(tmp_path):
    # No Maven and no Java on that path.
    environment = {"ELASTICSEARCH_FROM": "archive", "REQUIRE_ELASTICSEARCH": "1"}
    (tmp_path / "programs").mkdir()
    environment["PATH"] = str(tmp_path / "programs")
    result = run_pytest(folder=tmp_path, environment=environment)
    assert result.returncode == 1
    assert "il manque" in result.stdout
    assert "Maven" in result.stdout
