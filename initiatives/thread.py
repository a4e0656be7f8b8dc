"""What partner and Dihal told each other, remarks by field included."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from hub.accounts.models import User
from initiatives.enums import ExchangeKind
from initiatives.fields import FIELDS, field_address, field_label
from initiatives.models import Exchange, InitiativePage


def record(
    *,
    sheet: InitiativePage,
    kind: ExchangeKind,
    author: User | None = None,
    is_from_dihal: bool = False,
    author_name: str = "",
    text: str = "",
    **values: Any,
) -> Exchange:
    """Add an exchange to the thread of a sheet and return it. ``values`` are other fields of ``Exchange``.

    ``author_name`` is for those who have no account: a reader, the hub itself.
    """
    return Exchange.objects.create(
        page=sheet,
        kind=kind,
        author=author,
        # The name of an account may be longer than what the thread keeps of it.
        author_name=(str(author) if author else author_name)[: Exchange._meta.get_field("author_name").max_length],
        is_from_dihal=is_from_dihal,
        text=text,
        **values,
    )


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
    remarks = remarks_of(sheet=sheet)
    return [
        RemarkedField(field_label(name=name), field_address(page_id=sheet.pk, name=name), remarks[name])
        for name in FIELDS
        if name in remarks
    ]


def tick_remark(*, sheet: InitiativePage, pk: int, is_done: bool) -> Exchange:
    """Note whether a remark was dealt with; twice is once. ``Exchange.DoesNotExist`` for one of another sheet."""
    with transaction.atomic():
        remark: Exchange = Exchange.objects.select_for_update().get(page=sheet, pk=pk, kind=ExchangeKind.REMARK)
        if is_done != (remark.resolved_at is not None):
            remark.resolved_at = timezone.now() if is_done else None
            remark.save(update_fields=["resolved_at"])
    return remark


def resolve_remarks(*, sheet: InitiativePage) -> None:
    """Note that every remark was dealt with: the text they were about is published."""
    Exchange.objects.filter(page=sheet, kind=ExchangeKind.REMARK, resolved_at=None).update(resolved_at=timezone.now())
