"""A scenario: visitors who search and an editor at work while something happens; then what became of every change."""

import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.production.contents import Documents, difference, published
from tests.production.editor import Editor
from tests.production.hosts import WEB_PROCESSES, Host
from tests.production.load import Figures, Visitors, total_of

RATE = 20  # searches a second
BUSY_SECONDS = 0.5
WARM_UP_SECONDS, WARM_UP_ROUND = 60, 5
CONVERGENCE_SECONDS = 10
BREAKER_SECONDS = 10  # SEARCH_BREAKER_SECONDS, as production has it by default

WORDS = "", "logement", "jeunes", "accompagnement", "santé", "expulsion", "bailleur", "colocation", "insertion"
TERRITORIES = "", "pays-FR", "region-84", "region-11", "departement-13"
AUDIENCES = "", "jeunes", "familles-monoparentales"


def known_searches(host: Host) -> list[tuple[str, int]]:
    """Return searches, with words or not, filters or not, and how many results each has now: at least one."""
    found = []
    for word in WORDS:
        for territory in TERRITORIES:
            for audience in AUDIENCES:
                asked = {"q": word, "territoire": territory, "public": audience}
                path = "/recherche/?" + urlencode({name: value for name, value in asked.items() if value})
                total = total_of(host.get(path).text)
                if total:
                    found.append((path, total))
    return found


@dataclass
class Scenario:
    """Visitors and an editor on one or several hosts.

    Attributes:
        hosts: where visitors search, in turn; the editor works on the first.
        sources: what must hold the published set in the end: a name, and how to read it.
        seconds: how long visitors search.
    """

    hosts: Sequence[Host]
    sources: dict[str, Callable[[], Documents]]
    seconds: float
    label: str
    searches: list[tuple[str, int]] = field(init=False, default_factory=list)
    editing_rate: float = 3.0

    @contextmanager
    def under_way(self):
        """Bring visitors and the editor in; send them home whatever happens."""
        host = self.hosts[0]
        # Asked of each: what is measured is neither a process nor a server that has just started.
        self.searches, *_ = [known_searches(host) for host in self.hosts]
        self._warm_up()
        # The editor's host is a process like gunicorn's: the same variables, the same index folder.
        self.editor = Editor(label=self.label, folder=host.folder, environment=host.environment, rate=self.editing_rate)
        try:
            self.visitors = self._visitors(seconds=self.seconds)
            try:
                yield self
            finally:
                self.visitors.kill()
        finally:
            self.editor.kill()

    def _warm_up(self) -> None:
        """Send visitors until the servers answer as on any other day; those who never do are told after the run."""
        limit = time.monotonic() + WARM_UP_SECONDS
        while time.monotonic() < limit:
            visitors = self._visitors(seconds=WARM_UP_ROUND)
            try:
                figures = visitors.wait()
            finally:
                visitors.kill()
            if figures.from_standby == 0 and figures.usual < BUSY_SECONDS / 2:
                return

    def _visitors(self, *, seconds: float) -> Visitors:
        return Visitors(
            folder=self.hosts[0].folder,
            ports=[host.port for host in self.hosts],
            searches=self.searches,
            rate=RATE,
            seconds=seconds,
        )

    def wait_until(self, share: float) -> None:
        """Wait until that share of the visitors' time is over."""
        time.sleep(max(0.0, self.visitors.began + share * self.seconds - time.monotonic()))

    def converge(self, *, limit: float = CONVERGENCE_SECONDS) -> float:
        """Let the editor finish, then wait until every source holds what is published; return how long it took.

        Raises ``AssertionError`` after ``limit`` seconds, or when a change that was acknowledged is not there.
        """
        began = time.monotonic()
        self.editor.stop()
        expected = published(self.hosts[0].variables["DATABASE_URL"])
        titles = dict(expected.keys())
        for page, title in self.editor.last_titles().items():
            assert titles.get(page) == title, f"page {page}: {titles.get(page)!r}, acknowledged {title!r}"
        waiting = dict(self.sources)
        while waiting:
            said = {name: _compare(read, expected=expected) for name, read in waiting.items()}
            waiting = {name: read for name, read in waiting.items() if said[name]}
            seconds = time.monotonic() - began
            assert not waiting or seconds < limit, f"after {seconds:.1f} s: {said}"
            if waiting:
                time.sleep(0.1)
        return time.monotonic() - began


def _compare(read: Callable[[], Documents], *, expected: Documents) -> str:
    try:
        return difference(expected=expected, found=read())
    except OSError as error:
        return repr(error)


def require_calm(figures: Figures, *, before: float) -> None:
    """Raise ``AssertionError`` when the machine was too busy ``before`` the fault to tell what the fault caused."""
    usual = Figures([search for search in figures.searches if search.due < before]).usual
    assert usual < BUSY_SECONDS, (
        f"the machine is too busy for {RATE} searches a second: before the fault already, the 95th percentile was "
        f"{usual:.2f} s; nothing can be said of slow searches, let this run alone"
    )


def require_few_slow(figures: Figures, *, fault_seconds: float, faults: int = 1) -> None:
    """Hold slow searches to one a gunicorn process and breaker period: whoever waited for a server that is silent."""
    allowed = faults * WEB_PROCESSES * (1 + int(fault_seconds // BREAKER_SECONDS))
    assert len(figures.slow) <= allowed, described(figures)


def described(figures: Figures) -> str:
    """Return what failed or was slow, for the message of an assertion."""
    shown = [*figures.failed[:5], *figures.slow[:20]]
    return "\n".join([str(figures), *(f"  {search}" for search in shown)])
