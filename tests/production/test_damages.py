"""The embedded index is damaged in twelve ways, with no Elasticsearch to answer in its place."""

import http.client
import time
from functools import partial

import pytest

from tests.production.hosts import PROXY_HEADERS, START_LIMIT
from tests.search.embedded.damages import DAMAGES, TWELVE
from tests.search.embedded.trial import get, require_nothing_lost, try_damage
from tests.servers.processes import command_line, session_members

PATHS = ("/recherche/?q=logement", "/recherche/", "/recherche/?q=jeunes&tri=recent", "/recherche/?q=logement+-zzz")


@pytest.fixture(scope="module")
def host(deployment):
    """A web host whose only engine is its own, and its worker."""
    with deployment.host("web-damaged", database_url=deployment.copy_database("damaged")) as made:
        made.manage("rebuild_search", "--if-needed")
        made.serve()
        made.follow()
        yield made


def worker_of(host) -> int:
    members = session_members(session=host.worker.identity.pid)
    return next(member.pid for member in members if "run_worker" in " ".join(command_line(member.pid)))


@pytest.mark.parametrize("damage", TWELVE)
def test_no_search_is_lost_and_the_light_tells(host, damage, say):
    ask = partial(get, port=host.port, headers=PROXY_HEADERS)
    limit = time.monotonic() + START_LIMIT
    while len(host.web_processes()) != 2 or ask(path="/sante/pret")[0] != http.client.OK:
        assert time.monotonic() < limit, "the hub is not whole"
        time.sleep(0.1)
    seen = try_damage(
        damage=partial(DAMAGES[damage], host.index_folder),
        folder=host.index_folder,
        ask=lambda path: ask(path=path),
        paths=PATHS,
        worker=worker_of(host),
        web=host.web_processes()[0].pid,
    )
    say(f"{damage} : {seen}")
    require_nothing_lost(seen)
