"""What the reviewers said of single fields, and whether it was dealt with."""

from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from initiatives.enums import ExchangeKind
from initiatives.models import Exchange, InitiativePage
from initiatives.review.fields import field_address, field_label
from initiatives.space.steps import LABELS


def remarks_of(*, sheet: InitiativePage) -> dict[str, list[Exchange]]:
    """Return the remarks nobody has dealt with yet, oldest first, by the name of the field they are about."""
    found: dict[str, list[Exchange]] = defaultdict(list)
    for remark in Exchange.objects.filter(page=sheet, kind=ExchangeKind.REMARK, resolved_at=None):
        found[remark.field].append(remark)
    return dict(found)


@dataclass(frozen=True, slots=True)
class RemarkedField:
    """A field with remarks nobody has dealt with, and the way to where it is corrected."""

    label: str
    address: str
    remarks: list[Exchange]


def remarked_fields(*, sheet: InitiativePage) -> list[RemarkedField]:
    """Return the fields with open remarks, in the order of the form."""
    remarks = remarks_of(sheet=sheet)
    return [
        RemarkedField(field_label(name=name), field_address(page_id=sheet.pk, name=name), remarks[name])
        for name in LABELS
        if name in remarks
    ]


def tick_remark(*, sheet: InitiativePage, pk: int, is_done: bool) -> Exchange:
    """Note that a remark was dealt with, or that it was not after all, and return it. Ticked twice, it is ticked once.

    Raises:
        Exchange.DoesNotExist: when the sheet has no such remark.
    """
    with transaction.atomic():
        remark: Exchange = Exchange.objects.select_for_update().get(page=sheet, pk=pk, kind=ExchangeKind.REMARK)
        if is_done != (remark.resolved_at is not None):
            remark.resolved_at = timezone.now() if is_done else None
            remark.save(update_fields=["resolved_at"])
    return remark


def resolve_remarks(*, sheet: InitiativePage) -> None:
    """Note that every remark was dealt with: the text they were about is published."""
    Exchange.objects.filter(page=sheet, kind=ExchangeKind.REMARK, resolved_at=None).update(resolved_at=timezone.now())
