"""What the reviewers said of single fields, and whether it was dealt with."""

from collections import defaultdict

from django.db import transaction
from django.utils import timezone

from initiatives.enums import ExchangeKind
from initiatives.models import Exchange, InitiativePage


def remarks_of(*, sheet: InitiativePage) -> dict[str, list[Exchange]]:
    """Return the remarks nobody has dealt with yet, oldest first, by the name of the field they are about."""
    found: dict[str, list[Exchange]] = defaultdict(list)
    for remark in Exchange.objects.filter(page=sheet, kind=ExchangeKind.REMARK, resolved_at=None):
        found[remark.field].append(remark)
    return dict(found)


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
