"""What became of each line, for the screen and for a file."""

import csv
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from initiatives.bulk.enums import Outcome
from initiatives.bulk.escaping import as_data
from initiatives.bulk.values import Problem

HEADINGS = ("ligne", "identifiant", "titre", "résultat", "colonne", "valeur", "raison", "fiche")


@dataclass(frozen=True, slots=True)
class LineResult:
    """What became of one line; ``problems`` say why it was refused."""

    number: int
    external_id: str
    title: str
    outcome: Outcome
    problems: tuple[Problem, ...] = ()
    page_id: int | None = None

    @property
    def reasons(self) -> str:
        """Every reason, in one text."""
        return " ; ".join(map(str, self.problems))


@dataclass(slots=True)
class ImportTotals:
    """How many lines became what."""

    counts: Counter[Outcome] = field(default_factory=Counter)

    def add(self, result: LineResult) -> None:
        """Count a line."""
        self.counts[result.outcome] += 1

    @property
    def refused(self) -> int:
        """How many lines were not taken."""
        return self.counts[Outcome.REFUSED]

    @property
    def lines(self) -> int:
        """How many lines the file has, headings and empty lines aside."""
        return self.counts.total()

    def __str__(self) -> str:
        parts = [f"{self.counts[outcome]} {outcome.label}(s)" for outcome in Outcome if self.counts[outcome]]
        return f"{self.lines} ligne(s) : {', '.join(parts) or 'rien à importer'}."


class ReportWriter:
    """Writes results as they come, one line for each problem, in a table where no spreadsheet computes anything."""

    def __init__(self, rows: Any) -> None:
        self._rows = rows
        rows.writerow(HEADINGS)

    def write(self, result: LineResult) -> None:
        """Add a line's result."""
        about = [str(result.number), result.external_id, result.title, str(result.outcome.label)]
        for problem in result.problems or (Problem("", "", ""),):
            page = "" if result.page_id is None else str(result.page_id)
            cells = [*about, problem.heading, problem.text, problem.reason, page]
            self._rows.writerow([as_data(cell) for cell in cells])


@contextmanager
def report_file(*, path: Path) -> Iterator[ReportWriter]:
    """Write a report to ``path``, in UTF-8 that spreadsheets recognise, separated by semicolons. Raises ``OSError``."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        yield ReportWriter(csv.writer(stream, delimiter=";"))
