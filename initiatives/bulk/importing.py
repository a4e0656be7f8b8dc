"""Importing a file of sheets: each line is done whole or not at all, and doing it again changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import IO

from django.db import IntegrityError, transaction

from hub.accounts.models import User
from hub.vocabulary.models import Organisation
from initiatives.bulk.reading import SourceLine, read_source
from initiatives.bulk.reference import Reference, load_reference
from initiatives.bulk.report import ImportTotals, LineResult
from initiatives.bulk.values import EXTERNAL_ID_LENGTH, TITLE_LENGTH, Problem, SheetValues, read_values, visible
from initiatives.bulk.writing import LineRefused, write_line
from initiatives.enums import ImportOutcome
from initiatives.review.fields import field_label
from initiatives.review.refusal import ReviewRefused

Tell = Callable[[LineResult], object]
FirstLine = Callable[[str, int], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportContext:
    """What the lines of a file share. ``first_line`` gives the line that first had an identity."""

    user: User | None
    default_steward_id: int | None
    is_to_submit: bool
    is_dry_run: bool
    first_line: FirstLine
    reference: Reference = field(default_factory=load_reference)


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
    totals = ImportTotals()
    seen: dict[str, int] = {}
    context = ImportContext(
        user=user,
        default_steward_id=None if organisation is None else organisation.pk,
        is_to_submit=is_to_submit,
        is_dry_run=is_dry_run,
        first_line=seen.setdefault,
    )
    source = read_source(stream=stream)
    totals.hidden = source.hidden
    for line in source.lines:
        result = import_line(line=line, context=context)
        totals.add(result)
        if tell is not None:
            tell(result)
    return totals


def import_line(*, line: SourceLine, context: ImportContext) -> LineResult:
    """Write the sheet of a line, in a transaction of its own, and return what became of it."""
    values, problems = read_values(line=line, reference=context.reference, default_steward=context.default_steward_id)
    identity = f"{values.steward_id or ''} {values.external_id}" if values.external_id else ""
    former = context.first_line(identity, line.number) if identity else line.number
    if former != line.number:
        reason = f"le même identifiant est déjà à la ligne {former}"
        problems.append(Problem("identifiant", values.external_id, reason))
    result = LineResult(
        number=line.number,
        external_id=values.external_id or visible(line.cells.get("external_id", "")[:EXTERNAL_ID_LENGTH]),
        title=visible(line.cells.get("title", "")[:TITLE_LENGTH]),
        identity=identity,
        outcome=ImportOutcome.REFUSED,
        problems=tuple(problems),
    )
    return result if problems else _written(line, values, context=context, result=result)


def _written(line: SourceLine, values: SheetValues, *, context: ImportContext, result: LineResult) -> LineResult:
    try:
        with transaction.atomic():
            sheet, outcome = write_line(line=line, values=values, user=context.user, is_to_submit=context.is_to_submit)
            if context.is_dry_run:
                transaction.set_rollback(True)
    except LineRefused as refusal:
        problems = [Problem("", "", str(refusal))]
    except ReviewRefused as refusal:
        problems = [Problem(field_label(name=name), "", why) for name, why in refusal.fields.items()]
        problems = problems or [Problem("", "", str(refusal))]
    except IntegrityError:
        problems = [Problem("", "", "un autre import écrit cette ligne au même moment : recommencez")]
    else:
        return replace(result, outcome=outcome, page_id=None if context.is_dry_run else sheet.pk)
    return replace(result, problems=tuple(problems))
