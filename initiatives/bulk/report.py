from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from initiatives.bulk.tables import csv_line
from initiatives.bulk.values import Problem
from initiatives.enums import ImportOutcome

HEADINGS = ("ligne", "identifiant", "titre", "résultat", "colonne", "valeur", "raison", "fiche")
_MOST_NAMED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class LineResult:
    """What became of one line; ``problems`` say why it was refused. ``identity`` is the sheet it is about."""

    number: int
    external_id: str
    title: str
    identity: str
    outcome: ImportOutcome
    problems: tuple[Problem, ...] = ()
    page_id: int | None = None

    @property
    def reasons(self) -> str:
        return " ; ".join(map(str, self.problems))


@dataclass(slots=True)
class ImportTotals:
    """How many lines became what; ``hidden`` are the numbers of those the file hides, which became nothing."""

    counts: Counter[ImportOutcome] = field(default_factory=Counter)
    hidden: tuple[int, ...] = ()

    @property
    def refused(self) -> int:
        return self.counts[ImportOutcome.REFUSED]

    @property
    def lines(self) -> int:
        """How many lines the file has, headings and empty lines aside."""
        return self.counts.total()

    def __str__(self) -> str:
        parts = [f"{self.counts[outcome]} {outcome.label}(s)" for outcome in ImportOutcome if self.counts[outcome]]
        return f"{self.lines} ligne(s) : {', '.join(parts) or 'rien à importer'}."


def hidden_rows(*, numbers: Sequence[int]) -> str:
    """Say that the rows of these numbers, hidden in the workbook, were left out; which ones, when they are few."""
    some = f" ({', '.join(map(str, numbers))})" if len(numbers) <= _MOST_NAMED else ""
    lines = (
        "1 ligne masquée ou filtrée est laissée"
        if len(numbers) == 1
        else f"{len(numbers)} lignes masquées ou filtrées sont laissées"
    )
    return f"{lines} de côté{some} : affichez-les dans votre tableur pour les importer."


def report_texts(*, results: Iterable[LineResult]) -> Iterator[str]:
    """Yield a report as a file: the mark by which spreadsheets know UTF-8, the headings, each result."""
    yield "\ufeff"
    yield csv_line(HEADINGS)
    for result in results:
        yield result_text(result=result)


def result_text(*, result: LineResult) -> str:
    """Return what a report says of one line, a line of its own for each problem."""
    about = [str(result.number), result.external_id, result.title, str(result.outcome.label)]
    page = "" if result.page_id is None else str(result.page_id)
    problems = result.problems or (Problem("", "", ""),)
    return "".join(csv_line([*about, problem.heading, problem.text, problem.reason, page]) for problem in problems)


@contextmanager
def report_file(*, path: Path) -> Iterator[Callable[[LineResult], object]]:
    """Open a report at ``path``, and give what writes a line's result in it. Raises ``OSError``."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(report_texts(results=()))
        yield lambda result: stream.write(result_text(result=result))
