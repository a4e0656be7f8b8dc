"""Three nodes: one that is lost, then the one that leads them, while people search and editors publish."""

import time

import pytest

from tests.production.contents import in_folder, on_server
from tests.production.scenario import Scenario, described, require_calm, require_few_slow
from tests.servers.elasticsearch import running_cluster
from tests.servers.progress import silent, waiting

LOST, BACK, LEADER_LOST = 0.1, 0.25, 0.7  # shares of the visitors' time
# The other two notice that the leader is gone, choose another, and give it the writes that waited.
ELECTION_SECONDS = 30
RECOVERY_SECONDS = 60


@pytest.fixture
def nodes():
    with running_cluster() as started:
        yield started


@pytest.fixture
def hub(deployment, nodes):
    """A web host that is given the three addresses."""
    url = deployment.copy_database("cluster")
    addresses = ",".join(node.url for node in nodes)
    with deployment.host("web-1", database_url=url, ELASTICSEARCH_URL=addresses) as host:
        host.manage("rebuild_search", "--yes")
        host.serve()
        host.follow()
        yield host


def ask(nodes, path):
    """Ask the first node that answers."""
    for node in nodes:
        try:
            return node.request(path=path, timeout=5).data
        except OSError:
            continue
    raise OSError("no node answers")


def leader_of(nodes):
    (row,) = ask(nodes, "/_cat/master?format=json&h=node")
    return next(node for node in nodes if node.name == row["node"])


def holders_of(nodes):
    """The nodes that hold a copy of the index in use, the one that takes the writes first."""
    (index,) = ask(nodes, "/_alias/hub")
    rows = ask(nodes, f"/_cat/shards/{index}?format=json&h=node,prirep")
    names = [row["node"] for row in sorted(rows, key=lambda row: row["prirep"])]
    return [node for name in names for node in nodes if node.name == name]


def is_green(nodes):
    return ask(nodes, "/_cluster/health/hub?timeout=1s")["status"] == "green"


def test_a_data_node_then_the_elected_leader_are_killed_and_no_visitor_notices(nodes, hub, fault_seconds, say):
    seconds = fault_seconds * 1.5
    survivors = list(nodes)
    scenario = Scenario(
        hosts=[hub],
        sources={
            "elasticsearch": lambda: on_server(survivors[0]),
            "stand-by": lambda: in_folder(hub.index_folder),
        },
        seconds=seconds,
        label="grappe",
    )
    assert is_green(nodes)
    with scenario.under_way():
        scenario.wait_until(LOST)
        leader = leader_of(nodes)
        lost = next(node for node in holders_of(nodes) if node is not leader)
        lost_at = time.monotonic()
        lost.kill()
        say(f"{lost.name}, qui porte l’index, est tué ; {leader.name} dirige")
        scenario.wait_until(BACK)
        lost.restart()
        lost.wait_ready(nodes=len(nodes))
        assert waiting(until=lambda: is_green(nodes), tell=silent, what="", limit=RECOVERY_SECONDS)
        scenario.wait_until(LEADER_LOST)
        leader.kill()
        survivors.remove(leader)
        converged = scenario.converge(limit=ELECTION_SECONDS)
        say(f"{leader.name}, qui dirigeait, est tué ; {leader_of(survivors).name} dirige")
        figures = scenario.visitors.wait()
    say(f"{figures} ; {scenario.editor} ; tout livré {converged:.1f} s après la perte du nœud qui dirigeait")
    assert figures.failed == [], described(figures)
    # Two incidents, each noticed once by each process.
    require_calm(figures, before=lost_at)
    require_few_slow(figures, fault_seconds=0, faults=2)
