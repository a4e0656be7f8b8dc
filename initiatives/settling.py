"""What becomes of sheets when a proposed structure is replaced by the one it really is."""

from typing import Any

from hub.vocabulary.merging import organisations_merging
from hub.vocabulary.models import Organisation
from initiatives.models import Dossier, PartConfirmation

_LONGEST_ID = Dossier._meta.get_field("external_id").max_length or 0


def connect_settling() -> None:
    organisations_merging.connect(settle_sheets, dispatch_uid="initiatives.settle_sheets")


def settle_sheets(*, source: Organisation, target: Organisation, **_kwargs: Any) -> None:
    """Keep every sheet, and one answer of the structure about each; the rest moves by itself."""
    _tell_identifiers_apart(source=source, target=target)
    _keep_answers(source=source, target=target)


def _tell_identifiers_apart(*, source: Organisation, target: Organisation) -> None:
    """Two files gave the same identifier to two sheets: that of ``source`` gets the name of its structure too.

    Sheets are kept, identifiers only serve the next import: the identifier as it was means the sheet of ``target``.
    """
    taken = set(target.dossiers.exclude(external_id="").values_list("external_id", flat=True))
    for dossier in source.dossiers.filter(external_id__in=taken).order_by("pk"):
        dossier.external_id = _free(dossier.external_id, name=source.name, taken=taken)
        taken.add(dossier.external_id)
        dossier.save(update_fields=["external_id"])


def _free(identifier: str, *, name: str, taken: set[str]) -> str:
    number = 1
    while True:
        ending = f" ({name[:40]})" if number == 1 else f" ({name[:40]} {number})"
        found = identifier[: _LONGEST_ID - len(ending)] + ending
        if found not in taken:
            return found
        number += 1


def _keep_answers(*, source: Organisation, target: Organisation) -> None:
    """Of two questions asked about one sheet, keep the one that was answered, the latest of two answers."""
    there = {row.page_id: row for row in PartConfirmation.objects.filter(organisation=target)}
    for row in PartConfirmation.objects.filter(organisation=source, page__in=list(there)):
        other = there[row.page_id]
        dropped = other if _weight(row) > _weight(other) else row
        dropped.delete()


def _weight(row: PartConfirmation) -> tuple[bool, float]:
    return row.answered_at is not None, (row.answered_at or row.asked_at).timestamp()
