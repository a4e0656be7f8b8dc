"""What happens to the search server while people search and editors publish: no visitor notices, nothing is lost."""

import time
from dataclasses import dataclass

import pytest

from tests.production.contents import in_folder, on_server
from tests.production.proxy import Proxy
from tests.production.scenario import Scenario, described, require_calm, require_few_slow

BEGINS, ENDS = 0.1, 0.6  # shares of the visitors' time
RESTARTS = 0.3  # a server takes some time to start


@dataclass
class Fault:
    """Something that happens to a server, and is mended."""

    hub: object
    node: object
    scenario: Scenario

    # Whether visitors are answered by the stand-by meanwhile.
    is_noticed_by_searches = True

    def happens(self):
        raise NotImplementedError

    def is_mended(self):
        raise NotImplementedError


class Killed(Fault):
    """kill -9, then started again."""

    def happens(self):
        self.node.kill()
        self.scenario.wait_until(RESTARTS)
        self.node.restart()

    def is_mended(self):
        self.node.wait_ready()


class Frozen(Fault):
    """SIGSTOP: connections are accepted, and nothing is answered."""

    def happens(self):
        self.node.freeze()

    def is_mended(self):
        self.node.thaw()


class WithoutAlias(Fault):
    """The alias is removed by hand, and put back unless the hub has done so."""

    def happens(self):
        (self.index,) = self.node.request(path="/_alias/hub").data
        assert self.node.request(path=f"/{self.index}/_alias/hub", method="DELETE").status == 200

    def is_mended(self):
        if self.node.request(path="/_alias/hub").status == 404:
            assert self.node.request(path=f"/{self.index}/_alias/hub", method="PUT").status == 200


class ReadOnly(Fault):
    """Index and cluster refuse every write, as they do when a disk is full."""

    is_noticed_by_searches = False

    def happens(self):
        self._set(index=True, cluster="true")

    def is_mended(self):
        self._set(index=None, cluster=None)

    def _set(self, *, index, cluster):
        orders = [
            ("/hub/_settings", {"index.blocks.write": index}),
            ("/_cluster/settings", {"persistent": {"cluster.blocks.read_only": cluster}}),
        ]
        # A cluster that is read-only lets nobody change an index.
        for path, body in orders if index else reversed(orders):
            answer = self.node.request(path=path, method="PUT", body=body)
            assert answer.status == 200, answer.data


class Saturated(Fault):
    """429 to everything."""

    def happens(self):
        self.hub.proxy.refuse()

    def is_mended(self):
        self.hub.proxy.forward()


@pytest.fixture
def hub_behind_proxy(deployment, hub, secured_node, search_account):
    """Another web host of the same hub, which reaches the search server through a proxy of ours."""
    proxy = Proxy(secured_node)
    variables = {**hub.variables, **search_account, "ELASTICSEARCH_URL": proxy.url}
    hub.stop()
    try:
        with deployment.host("web-1", database_url=variables.pop("DATABASE_URL"), **variables) as host:
            host.manage("rebuild_search", "--yes")
            host.proxy = proxy
            host.serve()
            host.follow()
            yield host
    finally:
        proxy.stop()


def run(fault_type, *, hub, node, seconds, say):
    """Make a fault happen under load, mend it, and hold the hub to its promises."""
    scenario = Scenario(
        hosts=[hub],
        sources={"elasticsearch": lambda: on_server(node), "stand-by": lambda: in_folder(hub.index_folder)},
        seconds=seconds,
        label=f"{fault_type.__name__.lower()}-{time.monotonic_ns()}",
    )
    fault = fault_type(hub, node, scenario)
    with scenario.under_way():
        scenario.wait_until(BEGINS)
        began = time.monotonic()
        fault.happens()
        scenario.wait_until(ENDS)
        fault.is_mended()
        mended = time.monotonic()
        converged = scenario.converge()
        figures = scenario.visitors.wait()
    say(f"{figures} ; {scenario.editor} ; panne de {mended - began:.0f} s, tout livré {converged:.1f} s après")
    assert figures.failed == [], described(figures)
    require_calm(figures, before=began)
    require_few_slow(figures, fault_seconds=mended - began)
    assert any(change.at > began for change in scenario.editor.changes()), "nothing was published during the fault"
    if fault.is_noticed_by_searches:
        assert figures.from_standby > 0, "the fault changed nothing"
    else:
        assert figures.from_standby == 0
    # The circuit closes by itself, at most one rest after the server is back.
    later = [search for search in figures.searches if search.due > mended + 13]
    assert [search for search in later if search.is_standby] == []


@pytest.mark.parametrize("fault_type", [Killed, Frozen, WithoutAlias, ReadOnly])
def test_no_search_fails_and_nothing_is_lost(fault_type, hub, secured_node, fault_seconds, say):
    run(fault_type, hub=hub, node=secured_node, seconds=fault_seconds, say=say)


def test_no_search_fails_and_nothing_is_lost_when_the_server_is_saturated(
    hub_behind_proxy, secured_node, fault_seconds, say
):
    run(Saturated, hub=hub_behind_proxy, node=secured_node, seconds=fault_seconds, say=say)
