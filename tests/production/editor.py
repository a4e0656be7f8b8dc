"""An editor: publishes, changes and withdraws sheets, a few a second, and keeps a journal of what was acknowledged.

    python -m tests.production.editor LABEL JOURNAL RATE

with the environment of a host. Titles bear LABEL, and no two are the same. A line of the journal is written once the
hub has said that the change is made; its ``title`` is null for a withdrawn sheet.
"""

# ruff: noqa: PLC0415 — models can be imported only once Django is set up

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import django

from tests.production.helpers import Helper, asked_to_stop, say

PUBLISHED, CHANGED, WITHDRAWN = "publiée", "modifiée", "retirée"


@dataclass(frozen=True, slots=True)
class Change:
    """A change that was acknowledged, ``at`` a moment of ``time.monotonic``, after ``seconds`` of work."""

    kind: str
    page: int
    title: str | None
    at: float
    seconds: float


class Editor:
    """An editor at work in another process."""

    def __init__(self, *, label: str, folder: Path, environment: Mapping[str, str], rate: float = 3.0) -> None:
        self.label = label
        self._journal = folder / f"journal-{label}.jsonl"
        self._helper = Helper("editor", label, str(self._journal), str(rate), environment=environment)
        if self._helper.hear() != "at work":
            raise RuntimeError("the editor does not work")

    def stop(self) -> None:
        """Let the editor finish what is under way."""
        self._helper.finish()

    def kill(self) -> None:
        """End the editor at once; nothing when the work is over."""
        self._helper.kill()

    def changes(self) -> list[Change]:
        """Return what was acknowledged until now."""
        if not self._journal.exists():
            return []
        lines = self._journal.read_text(encoding="utf-8").splitlines(keepends=True)
        return [Change(**json.loads(line)) for line in lines if line.endswith("\n")]

    def last_titles(self) -> dict[int, str | None]:
        """Return the last acknowledged state of each page: its title, or None when it was withdrawn."""
        return {change.page: change.title for change in self.changes()}

    def __str__(self) -> str:
        kinds = Counter(change.kind for change in self.changes())
        return f"{kinds.total()} changements ({', '.join(f'{kinds[kind]} {kind}s' for kind in sorted(kinds))})"


def main() -> None:
    label, journal, rate = sys.argv[1:]
    django.setup()
    from initiatives.models import InitiativeIndexPage, InitiativePage
    from tests.factories import InitiativePageFactory

    draw = random.Random(label)  # noqa: S311
    parent = InitiativeIndexPage.objects.earliest("pk")
    states: dict[int, int] = {}
    published: list[int] = []
    stop = asked_to_stop()
    say("at work")
    with Path(journal).open("a", encoding="utf-8") as file:
        due = time.monotonic()
        while not stop.wait(max(0.0, due - time.monotonic())):
            due = max(due + 1 / float(rate), time.monotonic())
            began = time.monotonic()
            kind = draw.choice((PUBLISHED, CHANGED, CHANGED, WITHDRAWN)) if len(published) > 3 else PUBLISHED
            number = len(states) + 1
            title: str | None = None
            if kind == PUBLISHED:
                title = f"{label} fiche {number} état 1"
                pk = InitiativePageFactory(parent=parent, title=title, summary="Publiée pendant l’épreuve.").pk
                published.append(pk)
                states[pk] = 1
            else:
                pk = draw.choice(published)
                page = InitiativePage.objects.get(pk=pk)
                if kind == CHANGED:
                    states[pk] += 1
                    title = page.title = f"{page.title.rpartition(' ')[0]} {states[pk]}"
                    page.save_revision().publish()
                else:
                    page.unpublish()
                    published.remove(pk)
            now = time.monotonic()
            file.write(json.dumps(asdict(Change(kind, pk, title, now, now - began))) + "\n")
            file.flush()


if __name__ == "__main__":
    main()
