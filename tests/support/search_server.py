"""The search server that tests ask: one that is there, or one started for the run if ``REQUIRE_ELASTICSEARCH`` is set.

With several test processes, the one that shares the tests out finds or starts the server, for all. A server is started
without being waited for: it gets ready while the tests are collected and the first ones run.
"""

import json
import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.servers.answers import ask
from tests.servers.choice import running_server
from tests.servers.elasticsearch import START_LIMIT, Node, start_node
from tests.servers.errors import ServerError
from tests.servers.folders import new_run_folder
from tests.servers.processes import Identity, last_lines
from tests.servers.progress import silent, waiting

# How the process that found the server tells the others.
VARIABLE = "HUB_TEST_SEARCH_SERVER"
HOW_TO = "pas de serveur de recherche : « make elasticsearch » en démarre un"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}

STARTED = pytest.StashKey[Node]()
FOLDER = pytest.StashKey[Path]()


@dataclass(frozen=True, slots=True)
class Found:
    """What tests may count on: an address; or a sentence that says why there is none."""

    url: str = ""
    problem: str = ""
    pid: int = 0
    started: int = 0
    log: str = ""


def pytest_configure(config: pytest.Config) -> None:
    """Find the server, or start it, once for all the processes that run tests."""
    if hasattr(config, "workerinput") or config.option.collectonly or config.option.help:
        return
    os.environ[VARIABLE] = json.dumps(asdict(_find_or_start(config)))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server that was started for these tests."""
    node = config.stash.get(STARTED, None)
    if node is not None:
        node.stop()
    folder = config.stash.get(FOLDER, None)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that ask a search server."""
    for item in items:
        if "elasticsearch_server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.elasticsearch)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line which part was left out, and how to have it."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if HOW_TO in str(report.longrepr)]
    if skipped:
        terminalreporter.write_line(f"{len(skipped)} tests sautés, {HOW_TO}.")


@pytest.fixture(scope="session")
def elasticsearch_server() -> str:
    """The address of a real Elasticsearch; without it the test is skipped, or fails if one is required."""
    found = Found(**json.loads(os.environ.get(VARIABLE, "{}")))
    if found.problem:
        pytest.fail(found.problem, pytrace=False)
    if not found.url:
        pytest.skip(HOW_TO)
    _wait_until_ready(found)
    return found.url


@pytest.fixture
def unique_index_prefix(elasticsearch_server: str) -> Iterator[str]:
    """Beginning of the names of the indices of this test, which are removed after it."""
    prefix = f"essai-{os.environ.get('PYTEST_XDIST_WORKER', 'seul')}-{uuid.uuid4().hex[:12]}-"
    yield prefix
    remove_indices(url=elasticsearch_server, prefix=prefix)


def remove_indices(*, url: str, prefix: str) -> None:
    """Remove the indices whose names begin so, hidden and closed ones too, and their aliases with them."""
    listed = ask(url=url, path=f"/_cat/indices/{prefix}*?format=json&h=index&expand_wildcards=all")
    for row in listed.data:
        # One by one: servers refuse to delete by pattern.
        ask(url=url, method="DELETE", path=f"/{row['index']}", timeout=30)


def _find_or_start(config: pytest.Config) -> Found:
    try:
        url = running_server()
        if url:
            if urlsplit(url).hostname not in LOOPBACK:
                return Found(problem="ELASTICSEARCH_URL : les tests ne parlent qu’à cette machine.")
            return Found(url=url)
        if not os.environ.get("REQUIRE_ELASTICSEARCH"):
            return Found()
        config.stash[FOLDER] = new_run_folder(name="tests")
        node = config.stash[STARTED] = start_node(run_folder=config.stash[FOLDER])
    except ServerError as error:
        return Found(problem=str(error))
    identity = node.process.identity
    return Found(url=node.url, pid=identity.pid, started=identity.started, log=str(node.process.log))


def _wait_until_ready(found: Found) -> None:
    def has_ended() -> bool:
        return bool(found.pid) and not Identity(pid=found.pid, started=found.started).is_alive()

    def is_ready() -> bool:
        try:
            answer = ask(url=found.url, path="/_cluster/health?wait_for_status=yellow&timeout=1s")
        except OSError:
            return False
        return answer.status == 200 and not answer.data["timed_out"]

    ready = waiting(until=lambda: has_ended() or is_ready(), tell=silent, what="", limit=START_LIMIT)
    if has_ended() or not ready:
        said = f" :\n{last_lines(Path(found.log))}" if found.log else "."
        pytest.fail(f"Le serveur de recherche {found.url} n’est pas prêt{said}", pytrace=False)
