"""Importing a file of sheets: each line is done whole or not at all, and doing it again changes nothing."""

from collections.abc import Callable, Iterable
from typing import IO

from django.db import IntegrityError, transaction

from hub.accounts.models import User
from hub.vocabulary.models import Organisation
from initiatives.bulk.enums import Outcome
from initiatives.bulk.reading import SourceLine, read_lines
from initiatives.bulk.reference import Reference, load_reference
from initiatives.bulk.report import ImportTotals, LineResult
from initiatives.bulk.values import Problem, read_values
from initiatives.bulk.writing import LineRefused, write_line
from initiatives.review.fields import field_label
from initiatives.review.refusal import ReviewRefused

Tell = Callable[[LineResult], object]


def import_initiatives(
    *,
    stream: IO[bytes],
    user: User | None,
    organisation: Organisation | None = None,
    is_to_submit: bool = False,
    is_dry_run: bool = False,
    tell: Tell | None = None,
) -> ImportTotals:
    """Read a file and write its sheets, as drafts or, with ``is_to_submit``, straight to the review.

    ``organisation`` keeps the sheets of the lines that name no structure; without either they are Dihal's own. ``tell``
    is given what became of each line, in order. Each line is a transaction: stopped half way, whole lines are written,
    and the same command again does the rest. A dry run does the very same and takes each line back.

    Raises:
        UnreadableFile: when the file cannot be read, or not to the end; the lines told of are done.
    """
    return import_lines(
        lines=read_lines(stream=stream),
        user=user,
        organisation=organisation,
        is_to_submit=is_to_submit,
        is_dry_run=is_dry_run,
        tell=tell,
    )


def import_lines(
    *,
    lines: Iterable[SourceLine],
    user: User | None,
    organisation: Organisation | None,
    is_to_submit: bool,
    is_dry_run: bool,
    tell: Tell | None,
) -> ImportTotals:
    """Do as ``import_initiatives`` with lines already read."""
    totals = ImportTotals()
    reference = load_reference()
    seen: dict[tuple[int | None, str], int] = {}
    for line in lines:
        result = _import_line(
            line,
            reference=reference,
            seen=seen,
            default_steward=None if organisation is None else organisation.pk,
            user=user,
            is_to_submit=is_to_submit,
            is_dry_run=is_dry_run,
        )
        totals.add(result)
        if tell is not None:
            tell(result)
    return totals


def _import_line(
    line: SourceLine,
    *,
    reference: Reference,
    seen: dict[tuple[int | None, str], int],
    default_steward: int | None,
    user: User | None,
    is_to_submit: bool,
    is_dry_run: bool,
) -> LineResult:
    values, problems = read_values(line=line, reference=reference, default_steward=default_steward)
    former = (
        seen.setdefault((values.steward_id, values.external_id), line.number) if values.external_id else line.number
    )
    if former != line.number:
        reason = f"le même identifiant est déjà à la ligne {former}"
        problems.append(Problem("identifiant", values.external_id, reason))
    title = line.cells.get("title", "")
    if not problems:
        try:
            with transaction.atomic():
                sheet, outcome = write_line(line=line, values=values, user=user, is_to_submit=is_to_submit)
                if is_dry_run:
                    transaction.set_rollback(True)
            return LineResult(line.number, values.external_id, title, outcome, page_id=None if is_dry_run else sheet.pk)
        except LineRefused as refusal:
            problems = [Problem("", "", str(refusal))]
        except ReviewRefused as refusal:
            problems = [Problem(field_label(name=name), "", why) for name, why in refusal.fields.items()]
            problems = problems or [Problem("", "", str(refusal))]
        except IntegrityError:
            problems = [Problem("", "", "un autre import écrit cette ligne au même moment : recommencez")]
    external_id = values.external_id or line.cells.get("external_id", "")[:120]
    return LineResult(line.number, external_id, title, Outcome.REFUSED, problems=tuple(problems))
