import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import IO, Any

from django.db import IntegrityError, transaction
from wagtail.log_actions import log
from wagtail.models import PageLogEntry, Revision

from hub.accounts.models import User
from hub.refusals import Refused
from hub.vocabulary.models import Organisation
from initiatives.bulk.reading import SourceLine, read_source
from initiatives.bulk.report import ImportTotals, LineResult
from initiatives.bulk.values import (
    EXTERNAL_ID_LENGTH,
    TITLE_LENGTH,
    Problem,
    Reference,
    SheetValues,
    load_reference,
    read_values,
    visible,
)
from initiatives.drafts import create_draft, locked, save_text, text_of
from initiatives.enums import ImportOutcome, SheetState
from initiatives.fields import field_label
from initiatives.models import Dossier, InitiativePage
from initiatives.review.actions import submit
from initiatives.states import UNDER_REVIEW, state_of

LOG_ACTION = "initiatives.import"
_TO_SUBMIT = (SheetState.DRAFT, SheetState.ONLINE_CHANGING)


def write_line(
    *, line: SourceLine, values: SheetValues, user: User | None, is_to_submit: bool
) -> tuple[InitiativePage, ImportOutcome]:
    """Create or update the sheet of a line, and submit it if asked. Call it in a transaction of its own.

    Raises ``Refused`` when the sheet was changed by somebody, waits for an answer, is archived or cannot be submitted.
    """
    dossier = (
        Dossier.objects.filter(steward_id=values.steward_id, external_id=values.external_id).order_by("pk").first()
    )
    if dossier is None:
        sheet, outcome = _create(values, user=user), ImportOutcome.CREATED
    else:
        sheet = locked(pk=dossier.page_id)
        outcome = _what_to_do(sheet, line=line, is_to_submit=is_to_submit)
    if outcome in {ImportOutcome.CREATED, ImportOutcome.UPDATED}:
        text = text_of(sheet=sheet)
        values.write(text)
        save_text(text=text, user=user)
    if is_to_submit and outcome is not ImportOutcome.UNCHANGED:
        submit(sheet=sheet, user=user)
    if outcome is not ImportOutcome.UNCHANGED:
        data = {"line": _digest_of_line(line), "text": _digest_of_text(sheet)}
        log(instance=sheet, action=LOG_ACTION, user=user, data=data)
    return sheet, outcome


def _create(values: SheetValues, *, user: User | None) -> InitiativePage:
    steward = None if values.steward_id is None else Organisation.objects.get(pk=values.steward_id)
    sheet = create_draft(user=user, organisation=steward, title=values.title)
    Dossier.objects.filter(page=sheet).update(external_id=values.external_id)
    return sheet


def _what_to_do(sheet: InitiativePage, *, line: SourceLine, is_to_submit: bool) -> ImportOutcome:
    last = PageLogEntry.objects.filter(page=sheet.pk, action=LOG_ACTION).order_by("-timestamp", "-pk").first()
    if last is None:
        raise Refused("une fiche de cet identifiant existe déjà, que cet import n’a pas écrite")
    is_same_line = last.data.get("line", "") == _digest_of_line(line)
    if is_same_line and not is_to_submit:
        return ImportOutcome.UNCHANGED
    is_untouched = last.data.get("text", "") == _digest_of_text(sheet)
    state = state_of(sheet=sheet)
    if is_same_line:
        return ImportOutcome.SUBMITTED if is_untouched and state in _TO_SUBMIT else ImportOutcome.UNCHANGED
    if not is_untouched:
        raise Refused("la fiche a été modifiée depuis le dernier import : reprenez ce changement dans la fiche")
    if state in UNDER_REVIEW:
        raise Refused("la fiche est en relecture : attendez la réponse, ou reprenez-la d’abord")
    if state is SheetState.ARCHIVED:
        raise Refused("la fiche est archivée")
    return ImportOutcome.UPDATED


def _digest_of_line(line: SourceLine) -> str:
    # An empty cell empties the field, a column that is not there leaves it alone: not the same line.
    return _digest(line.cells)


def _digest_of_text(sheet: InitiativePage) -> str:
    content = Revision.page_revisions.filter(object_id=str(sheet.pk)).order_by("-created_at", "-pk")
    return _digest(content.values_list("content", flat=True).first())


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


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
    tell: Callable[[LineResult], object] | None = None,
) -> ImportTotals:
    """Read a file and write its sheets, as drafts or, with ``is_to_submit``, straight to the review.

    ``organisation`` keeps the sheets of the lines that name no structure; without either they are Dihal's own. ``tell``
    is given what became of each line, in order. Each line is a transaction: stopped half way, whole lines are written,
    and the same command again does the rest. A dry run does the very same and takes each line back. Raises
    ``UnreadableFile`` when the file cannot be read, or not to the end; the lines told of are done.
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
        totals.counts[result.outcome] += 1
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
    except Refused as refusal:
        problems = [Problem(field_label(name=name), "", why) for name, why in refusal.fields.items()]
        problems = problems or [Problem("", "", refusal.message)]
    except IntegrityError:
        problems = [Problem("", "", "un autre import écrit cette ligne au même moment : recommencez")]
    else:
        return replace(result, outcome=outcome, page_id=None if context.is_dry_run else sheet.pk)
    return replace(result, problems=tuple(problems))
