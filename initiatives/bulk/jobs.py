"""An import from the administration: the file becomes rows at once, and the rows become sheets a few seconds at a time.

No request lasts longer than a web server allows. What was done and the note of it are one transaction: a browser that
leaves or a server that is killed stops the import between two lines, and the next request takes it up there.
"""

import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from itertools import islice
from typing import IO

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from hub.accounts.models import User
from hub.vocabulary.models import Organisation
from initiatives.bulk.importing import FirstLine, ImportContext, import_line
from initiatives.bulk.reading import SourceLine, read_source
from initiatives.bulk.report import ImportTotals, LineResult, hidden_rows
from initiatives.bulk.tables import UnreadableFile
from initiatives.bulk.values import Problem
from initiatives.enums import ImportOutcome, ImportPhase
from initiatives.models import BulkImport, ImportLine

MAX_LINES = 5_000
MAX_BYTES = 20 * 1024 * 1024
# The lines hold names and addresses of persons: nobody needs them once the import is over.
KEPT = timedelta(days=30)

_ROWS_AT_ONCE = 200
_NEXT = {ImportPhase.CHECKING: ImportPhase.CHECKED, ImportPhase.IMPORTING: ImportPhase.DONE}


def receive_file(
    *, stream: IO[bytes], name: str, user: User, organisation: Organisation | None, is_to_submit: bool
) -> BulkImport:
    """Keep the lines of a file, to be checked; forget imports that are too old. Raises ``UnreadableFile``."""
    BulkImport.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    source = read_source(stream=stream)
    with transaction.atomic():
        job = BulkImport.objects.create(
            file_name=name[:255],
            user=user,
            organisation=organisation,
            is_to_submit=is_to_submit,
            hidden_count=len(source.hidden),
        )
        count = 0
        while lines := list(islice(source.lines, _ROWS_AT_ONCE)):
            count += len(lines)
            if count > MAX_LINES:
                raise UnreadableFile(
                    f"Plus de {MAX_LINES} lignes : coupez le fichier en plusieurs, ou demandez à votre exploitant de "
                    "l’importer en ligne de commande."
                )
            ImportLine.objects.bulk_create(
                ImportLine(bulk_import=job, number=line.number, content=json.dumps(line.cells)) for line in lines
            )
        if not count:
            hidden = f" {hidden_rows(numbers=source.hidden)}" if source.hidden else ""
            raise UnreadableFile(f"Le fichier n’a que des en-têtes : il n’y a rien à importer.{hidden}")
    return job


def advance(*, job: BulkImport, seconds: float) -> BulkImport:
    """Check or import lines for about ``seconds``, at least one, and return the import as it stands then.

    Several at once take turns. An import deleted meanwhile raises ``BulkImport.DoesNotExist``.
    """
    until = time.monotonic() + seconds
    context = ImportContext(
        user=job.user,
        default_steward_id=job.organisation_id,
        is_to_submit=job.is_to_submit,
        is_dry_run=job.phase == ImportPhase.CHECKING,
        first_line=_first_line(job),
    )
    while True:
        with transaction.atomic():
            row = _locked(job)
            # Somebody confirmed it in another window: what is under way is no longer what this request came for.
            if row.phase != job.phase or not row.is_under_way:
                return row
            line = row.lines.filter(outcome="").first()
            if line is None:
                row.phase = _NEXT[ImportPhase(row.phase)]
                row.save(update_fields=["phase"])
                return row
            _do(line, context=context)
        if time.monotonic() >= until:
            return row


def confirm(*, job: BulkImport) -> BulkImport:
    """Have the lines that passed the check written. Twice is once; raises ``ValueError`` while it is being checked."""
    with transaction.atomic():
        row = _locked(job)
        if row.phase == ImportPhase.CHECKING:
            raise ValueError("the check is not over")
        if row.phase == ImportPhase.CHECKED:
            row.lines.exclude(outcome=ImportOutcome.REFUSED).update(outcome="")
            row.phase = ImportPhase.IMPORTING
            row.save(update_fields=["phase"])
    return row


def totals_of(*, job: BulkImport) -> ImportTotals:
    """Return how many lines became what; those that wait are not counted."""
    counts = job.lines.exclude(outcome="").order_by().values_list("outcome").annotate(count=Count("pk"))
    return ImportTotals(Counter({ImportOutcome(outcome): count for outcome, count in counts}))


def results_of(*, job: BulkImport) -> Iterator[LineResult]:
    for line in job.lines.exclude(outcome="").defer("content").iterator(chunk_size=_ROWS_AT_ONCE):
        yield result_of(line=line)


def result_of(*, line: ImportLine) -> LineResult:
    return LineResult(
        number=line.number,
        external_id=line.external_id,
        title=line.title,
        identity=line.identity,
        outcome=ImportOutcome(line.outcome),
        problems=tuple(Problem(**problem) for problem in line.problems),
        page_id=line.page_id,
    )


def _locked(job: BulkImport) -> BulkImport:
    row: BulkImport = BulkImport.objects.select_for_update().get(pk=job.pk)
    return row


def _first_line(job: BulkImport) -> FirstLine:
    def first(identity: str, number: int) -> int:
        earlier = job.lines.filter(identity=identity, number__lt=number).values_list("number", flat=True)
        return earlier.first() or number

    return first


def _do(line: ImportLine, *, context: ImportContext) -> None:
    result = import_line(line=SourceLine(line.number, line.cells), context=context)
    line.external_id, line.title, line.identity = result.external_id, result.title, result.identity
    line.outcome, line.page_id = result.outcome, result.page_id
    line.problems = [asdict(problem) for problem in result.problems]
    line.save(update_fields=["external_id", "title", "identity", "outcome", "page_id", "problems"])
