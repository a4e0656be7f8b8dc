"""The mails of the review. Each names its event in its key: queued again, it is the same mail."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from hub.accounts.models import User
from hub.mail.queueing import queue_mail
from initiatives.drafts import title_of
from initiatives.fields import field_address, field_label
from initiatives.models import Exchange
from initiatives.people import members_of, reviewers_of_sheet
from initiatives.review.queue import expected_by


def tell(
    *,
    people: Iterable[User],
    but: User | None,
    event: str,
    exchange: Exchange,
    address: str,
    distinct: str = "",
    **context: Any,
) -> None:
    """``event`` names the folder of the texts; ``distinct`` tells apart several mails about one exchange."""
    sheet = exchange.page
    for person in people:
        if but is not None and person.pk == but.pk:
            continue
        queue_mail(
            key=f"sheet-{sheet.pk}-{event}-{exchange.pk}{distinct}-user-{person.pk}",
            recipient=person.email,
            template=f"initiatives/mail/{event}",
            context={"title": title_of(sheet=sheet), "exchange": exchange, "address": address, **context},
        )


def tell_members(
    *, event: str, exchange: Exchange, but: User | None, people: Iterable[User] | None = None, **context: Any
) -> None:
    tell(
        people=members_of(sheet=exchange.page) if people is None else people,
        but=but,
        event=event,
        exchange=exchange,
        address=reverse("sheet", args=[exchange.page_id]),
        thread=reverse("sheet-exchanges", args=[exchange.page_id]),
        **context,
    )


def tell_reviewers(
    *, event: str, exchange: Exchange, but: User | None, people: Iterable[User] | None = None, **context: Any
) -> None:
    tell(
        people=reviewers_of_sheet(sheet=exchange.page) if people is None else people,
        but=but,
        event=event,
        exchange=exchange,
        address=reverse("review-sheet", args=[exchange.page_id]),
        **context,
    )


def tell_of_return(*, exchange: Exchange, remarks: Iterable[Exchange], but: User | None) -> None:
    quoted = [
        {
            "label": field_label(name=remark.field),
            "text": remark.text,
            "address": field_address(page_id=exchange.page_id, name=remark.field),
        }
        for remark in remarks
    ]
    tell_members(event="returned", exchange=exchange, but=but, remarks=quoted)


def tell_of_submission(
    *, exchange: Exchange, task_state_pk: int, people: Iterable[User], but: User | None, is_update: bool
) -> None:
    tell_reviewers(
        people=people,
        but=but,
        event="submitted",
        exchange=exchange,
        distinct=f"-task-{task_state_pk}",
        is_update=is_update,
        expected_by=expected_by(exchange.created_at),
    )


def acknowledge(*, exchange: Exchange, person: User, is_update: bool) -> None:
    if person.email:
        tell_members(
            people=[person],
            but=None,
            event="received",
            exchange=exchange,
            is_update=is_update,
            expected_by=expected_by(exchange.created_at),
        )
