"""Two web hosts on one database, each with a stand-by and a worker of its own."""

import subprocess
import time
from contextlib import ExitStack
from functools import partial

import pytest

from tests.production.conftest import remove_indices
from tests.production.contents import in_folder, on_server
from tests.production.scenario import Scenario, described, require_calm

LOST = 0.3  # share of the visitors' time
HEALED_SECONDS = 20


@pytest.fixture(params=["with Elasticsearch", "without"])
def hosts(request, deployment, secured_node, search_account):
    """Two web hosts, which share a search server or have none."""
    variables = search_account if request.param == "with Elasticsearch" else {}
    url = deployment.copy_database("two-hosts")
    remove_indices(secured_node)
    with ExitStack() as stack:
        pair = [
            stack.enter_context(deployment.host(name, database_url=url, **variables)) for name in ("web-1", "web-2")
        ]
        for host in pair:
            host.manage("rebuild_search", "--if-needed")
        for host in pair:
            host.serve()
            host.follow()
        yield pair


def test_both_stand_bys_converge_and_one_deleted_by_hand_rebuilds_itself(hosts, secured_node, fault_seconds, say):
    has_server = "ELASTICSEARCH_URL" in hosts[0].variables
    sources = {host.name: partial(in_folder, host.index_folder) for host in hosts}
    if has_server:
        sources["elasticsearch"] = lambda: on_server(secured_node)
    scenario = Scenario(hosts=hosts, sources=sources, seconds=fault_seconds / 2, label="deux-hôtes")
    second = hosts[1]
    with scenario.under_way():
        scenario.wait_until(LOST)
        # As a person does, again when the worker was just writing there; the index in use is gone in any case.
        while subprocess.run(["rm", "-rf", str(second.index_folder)], capture_output=True, check=False).returncode:
            time.sleep(0.05)
        lost = time.monotonic()
        while not (second.index_folder / "current").exists():
            assert time.monotonic() - lost < HEALED_SECONDS
            time.sleep(0.05)
        healed = time.monotonic()
        scenario.wait_until(0.8)
        converged = scenario.converge()
        figures = scenario.visitors.wait()
    say(
        f"{figures} ; {scenario.editor} ; secours effacé de {second.name}, refait en {healed - lost:.1f} s ; "
        f"tout livré {converged:.1f} s après le dernier changement"
    )
    # A server too busy to answer in time, while the stand-by is being made, would be two faults at once.
    require_calm(figures, before=lost)
    assert figures.failed == [], described(figures)
    assert figures.from_standby == 0
