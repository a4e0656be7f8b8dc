"""Ten thousand sheets indexed anew while people search and editors publish; and a rebuild killed half way."""

import os
import re
import signal
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.production.conftest import remove_indices
from tests.production.contents import in_folder, on_server
from tests.production.editor import WITHDRAWN
from tests.production.hosts import COMMAND_LIMIT, HostError
from tests.production.load import total_of
from tests.production.scenario import Scenario, described
from tests.servers.processes import last_lines, session_members

SMALL, LARGE = 2_500, 10_000
FLAT_MEMORY = 1.25  # four times the entries may not take more than this many times the memory
FOUND_SECONDS = 5.0
LEASE_SECONDS = 120.0  # search.marking: how long a killed rebuild keeps its place

POPULATE = """
from dataclasses import replace
from initiatives.models import InitiativeIndexPage
from hub.pages.models import HomePage
from hub.vocabulary.models import Audience
from tests.bench.corpus import Corpus
from tests.bench.population import populate
parent = InitiativeIndexPage(title="Fiches {first}", slug="fiches-{first}")
HomePage.objects.get().add_child(instance=parent)
known = dict(Audience.objects.values_list("label", "slug"))
def real(record):  # the corpus names some audiences otherwise than the vocabulary of the hub
    slugs = [known.get(slug.replace("-", " ").capitalize(), slug) for slug in record.audiences]
    return replace(record, audiences=tuple(dict.fromkeys(slugs)))

corpus = Corpus()
records = (real(corpus.record(number)) for number in range({first}, {last} + 1))
populate(records=records, parent=parent, progress=lambda count: None)
from django.db import connection
connection.cursor().execute("ANALYZE")
"""


@pytest.fixture(scope="module")
def large_hub(deployment, secured_node, search_account, say):
    """A hub with ten thousand sheets, and what rebuilding took at two sizes, by number of sheets."""
    url = deployment.copy_database("large")
    remove_indices(secured_node)
    with deployment.host("web-1", database_url=url, **search_account) as host:
        peaks = {}
        for first, last in ((1, SMALL), (SMALL + 1, LARGE)):
            began = time.monotonic()
            host.manage("shell", "--no-imports", "--command", POPULATE.format(first=first, last=last))
            say(f"{last - first + 1} fiches créées en {time.monotonic() - began:.0f} s")
            seconds, peaks[last] = rebuild(host)
            say(
                f"{last} fiches réindexées en {seconds:.1f} s ({last / seconds:.0f} par seconde), "
                f"mémoire au plus {peaks[last]:.0f} Mo"
            )
        host.manage("rebuild_search", "--if-needed")
        host.serve()
        host.follow()
        host.peaks, host.rebuild_seconds = peaks, seconds
        yield host


def rebuild(host):
    """Run a rebuild of the index on the server; return its seconds and the most memory it took, in megabytes."""
    began = time.monotonic()
    process = start_rebuild(host)
    peak = 0.0
    while not process.has_ended:
        assert time.monotonic() - began < COMMAND_LIMIT
        peak = max(peak, peak_memory(process))
        time.sleep(0.05)
    seconds = time.monotonic() - began
    process.close()
    said = last_lines(process.log)
    assert "index reconstruit" in said, said
    return seconds, peak


def start_rebuild(host):
    return host.start("rebuild_search", "--yes", "--engine", "elasticsearch", log=f"rebuild-{time.monotonic_ns()}.log")


def command_of(process):
    """The number of the command itself, below its guard; None when it is over."""
    guard = process.identity.pid
    return next((member.pid for member in session_members(session=guard) if member.parent == guard), None)


def peak_memory(process):
    """The most memory the command has taken until now, in megabytes."""
    pid = command_of(process)
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8") if pid else ""
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", text)
    return int(found.group(1)) / 1024 if found else 0.0


def indices_of(node):
    return {row["index"] for row in node.request(path="/_cat/indices/hub-*?format=json&h=index").data}


def in_use(node):
    (name,) = node.request(path="/_alias/hub").data
    return name


def scenario_on(host, *, node, seconds, label):
    return Scenario(
        hosts=[host],
        sources={"elasticsearch": lambda: on_server(node), "stand-by": lambda: in_folder(host.index_folder)},
        seconds=seconds,
        label=label,
    )


class Reader:
    """Looks for what the editor has just written, by its exact title, until it is found."""

    def __init__(self, *, host, editor):
        self.host = host
        self.editor = editor
        self.delays = []
        self.late = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self):
        seen = 0
        while not self._stop.wait(0.05):
            changes = [change for change in self.editor.changes() if change.kind != WITHDRAWN]
            if len(changes) == seen:
                continue
            seen = len(changes)
            self._look_for(changes[-1])

    def _look_for(self, change):
        path = "/recherche/?" + urlencode({"q": f'"{change.title}"'})
        while total_of(self.host.get(path).text) != 1:
            if self.editor.last_titles()[change.page] != change.title:
                return  # changed again meanwhile
            if time.monotonic() - change.at > FOUND_SECONDS:
                self.late.append(change)
                return
            time.sleep(0.05)
        self.delays.append(time.monotonic() - change.at)

    def stop(self):
        self._stop.set()
        self._thread.join()


def test_memory_does_not_grow_with_the_catalogue(large_hub):
    assert large_hub.peaks[LARGE] < FLAT_MEMORY * large_hub.peaks[SMALL]


def test_no_answer_is_empty_or_stale_while_everything_is_indexed_anew(large_hub, secured_node, fault_seconds, say):
    # Visitors are there from before to after, on a slow machine too.
    lasting = max(fault_seconds, 3 * large_hub.rebuild_seconds + 10)
    scenario = scenario_on(large_hub, node=secured_node, seconds=lasting, label="reconstruction")
    before = in_use(secured_node)
    with scenario.under_way():
        scenario.wait_until(0.05)
        reader = Reader(host=large_hub, editor=scenario.editor)
        try:
            seconds, _ = rebuild(large_hub)
        finally:
            reader.stop()
        assert time.monotonic() < scenario.visitors.began + lasting
        assert in_use(secured_node) != before
        converged = scenario.converge()
        figures = scenario.visitors.wait()
    say(
        f"reconstruction sous charge en {seconds:.0f} s ; {figures} ; {scenario.editor} ; {len(reader.delays)} titres "
        f"cherchés, trouvés en {max(reader.delays, default=0):.2f} s au plus ; tout livré {converged:.1f} s après"
    )
    assert figures.failed == [], described(figures)
    assert reader.late == []
    assert len(reader.delays) > 3


def test_a_rebuild_killed_half_way_leaves_the_index_in_use_and_the_next_one_cleans_up(large_hub, secured_node, say):
    before, present = indices_of(secured_node), in_use(secured_node)
    searched = "/recherche/?q=logement"
    total = total_of(large_hub.get(searched).text)
    process = start_rebuild(large_hub)
    limit = time.monotonic() + COMMAND_LIMIT
    while not indices_of(secured_node) - before:
        assert not process.has_ended, last_lines(process.log)
        assert time.monotonic() < limit
        time.sleep(0.05)
    time.sleep(1)
    os.kill(command_of(process), signal.SIGKILL)
    process.wait(limit=30)
    process.close()
    (leftover,) = indices_of(secured_node) - before
    assert in_use(secured_node) == present
    assert total_of(large_hub.get(searched).text) == total
    killed = time.monotonic()
    while True:
        try:
            large_hub.manage("rebuild_search", "--yes", "--engine", "elasticsearch")
            break
        except HostError as error:
            # Nobody can know that the killed process will not come back, until its place is given to another.
            is_waiting = "une autre reconstruction est en cours" in str(error)
            if not is_waiting or time.monotonic() - killed > LEASE_SECONDS + 10:
                raise
            time.sleep(2)
    say(f"reconstruction tuée, puis refaite : réussie {time.monotonic() - killed:.0f} s après")
    assert in_use(secured_node) not in {present, leftover}
    # The one in use, and the one before it.
    assert indices_of(secured_node) == {in_use(secured_node), present}
    assert total_of(large_hub.get(searched).text) == total
