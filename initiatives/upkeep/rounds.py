"""The daily round: ask whether a sheet is still true, remind, and put away the sheets nobody answers for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from hub.accounts.models import User
from hub.mail.queueing import queue_mail
from hub.mail.site import page_url
from initiatives.drafts import locked
from initiatives.enums import ExchangeKind
from initiatives.models import Dossier, ErrorReport, InitiativePage, PartConfirmation
from initiatives.people import members_of, reviewers_of_sheet
from initiatives.states import UNDER_REVIEW, state_of
from initiatives.thread import record
from initiatives.upkeep.confirming import archive, confirmation_token, known_true_at

# A mail that could not leave for so long would ask about another round.
MAIL_LIFETIME = timedelta(days=20)


class Action(Enum):
    """What the round does of a sheet today, in the words of the command's report."""

    ASK = "confirmation demandée"
    ASK_DIHAL = "confirmation demandée à la Dihal : la structure n’a pas de membre"
    REMIND = "rappel envoyé"
    ARCHIVE = "archivée faute de réponse"
    WAIT_FOR_REVIEW = "en relecture : attend la fin de la relecture"
    WAIT_FOR_MEMBERS = "sans membre : laissée en ligne, à confirmer par la Dihal"


_DONE_WITHOUT_WRITING = {Action.WAIT_FOR_REVIEW, Action.WAIT_FOR_MEMBERS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    sheet: InitiativePage
    action: Action


def keep_alive(*, now: datetime, is_dry_run: bool = False) -> Iterator[Step]:
    """Yield each sheet something is due for, once it is done; run again the same day, it yields no letter twice.

    Each sheet is a transaction of its own: a failure stops the round there, and the next run goes on from it.
    """
    for pk in _candidates(now=now).values_list("page_id", flat=True):
        if is_dry_run:
            step = _due(dossier=Dossier.objects.select_related("page").get(page=pk), now=now)
        else:
            step = _take_care(pk=pk, now=now)
        if step is not None:
            yield step


def _candidates(*, now: datetime) -> QuerySet[Dossier]:
    limit = now - timedelta(days=settings.SHEET_CONFIRMATION_DAYS)
    return (
        Dossier.objects.filter(page__live=True, steward__isnull=False, page__last_published_at__lte=limit)
        .filter(Q(confirmed_at=None) | Q(confirmed_at__lte=limit))
        .order_by("page_id")
    )


def _take_care(*, pk: int, now: datetime) -> Step | None:
    with transaction.atomic():
        locked(pk=pk)
        # Read again under the lock: a colleague may have answered while the others were taken care of.
        dossier = Dossier.objects.select_related("page", "steward").get(page=pk)
        step = _due(dossier=dossier, now=now)
        if step is None or step.action in _DONE_WITHOUT_WRITING:
            return step
        if step.action == Action.ARCHIVE:
            archive(sheet=dossier.page, user=None, now=now)
        elif step.action == Action.REMIND:
            _remind(dossier=dossier, now=now)
        else:
            _ask(dossier=dossier, now=now)
    return step


def _due(*, dossier: Dossier, now: datetime) -> Step | None:
    action = _action(dossier=dossier, now=now)
    return Step(sheet=dossier.page, action=action) if action else None


def _action(*, dossier: Dossier, now: datetime) -> Action | None:
    if not _is_due(dossier=dossier, now=now):
        return None
    if state_of(sheet=dossier.page) in UNDER_REVIEW:
        return Action.WAIT_FOR_REVIEW
    has_members = bool(members_of(sheet=dossier.page))
    if dossier.confirmation_asked_at is None:
        return Action.ASK if has_members else Action.ASK_DIHAL
    if not has_members:
        return Action.WAIT_FOR_MEMBERS
    is_reminded = dossier.confirmation_reminders >= len(settings.SHEET_REMINDER_DAYS)
    return Action.ARCHIVE if is_reminded else Action.REMIND


def _is_due(*, dossier: Dossier, now: datetime) -> bool:
    known, asked = known_true_at(dossier=dossier), dossier.confirmation_asked_at
    if not dossier.page.live or dossier.steward_id is None or known is None:
        return False
    if now - known < timedelta(days=settings.SHEET_CONFIRMATION_DAYS):
        return False
    days = [*settings.SHEET_REMINDER_DAYS, settings.SHEET_ARCHIVE_DAYS]
    return asked is None or now - asked >= timedelta(days=days[min(dossier.confirmation_reminders, len(days) - 1)])


def _ask(*, dossier: Dossier, now: datetime) -> None:
    dossier.confirmation_asked_at = now
    dossier.confirmation_reminders = 0
    dossier.save()
    record(sheet=dossier.page, kind=ExchangeKind.CONFIRMATION_ASKED, author_name="Le hub", created_at=now)
    members = members_of(sheet=dossier.page)
    for member in members:
        _write(dossier=dossier, member=member, now=now)
    if not members:
        for reviewer in reviewers_of_sheet(sheet=dossier.page):
            queue_mail(
                key=f"sheet-{dossier.page_id}-confirmation-{now:%Y%m%d}-dihal-{reviewer.pk}",
                recipient=reviewer.email,
                template="initiatives/mail/confirmation_dihal",
                context={"sheet": dossier.page, "steward": dossier.steward},
                expires_at=now + MAIL_LIFETIME,
            )


def _remind(*, dossier: Dossier, now: datetime) -> None:
    # When the command did not run for a while, what follows is put off as much: nobody loses the time of a reminder.
    on_time = now - timedelta(days=settings.SHEET_REMINDER_DAYS[dossier.confirmation_reminders])
    asked = dossier.confirmation_asked_at
    dossier.confirmation_asked_at = max(asked, on_time) if asked else on_time
    dossier.confirmation_reminders += 1
    dossier.save()
    for member in members_of(sheet=dossier.page):
        _write(dossier=dossier, member=member, now=now)


def _write(*, dossier: Dossier, member: User, now: datetime) -> None:
    asked = dossier.confirmation_asked_at or now
    queue_mail(
        key=f"sheet-{dossier.page_id}-confirmation-{now:%Y%m%d}-{dossier.confirmation_reminders}-user-{member.pk}",
        recipient=member.email,
        template="initiatives/mail/confirmation",
        context={
            "sheet": dossier.page,
            "public_address": page_url(page=dossier.page),
            "steward": dossier.steward,
            "known_true_at": known_true_at(dossier=dossier),
            "reminders": dossier.confirmation_reminders,
            "archived_on": asked + timedelta(days=settings.SHEET_ARCHIVE_DAYS),
            "token": confirmation_token(dossier=dossier, user=member, now=now),
        },
        expires_at=now + MAIL_LIFETIME,
    )


def forget_addresses(*, now: datetime, is_dry_run: bool = False) -> int:
    """Erase the addresses of readers and partners whose business was settled long ago; return how many."""
    limit = now - timedelta(days=settings.SHEET_ADDRESSES_KEPT_DAYS)
    readers = ErrorReport.objects.filter(closed_at__lt=limit).exclude(email="")
    partners = PartConfirmation.objects.filter(asked_at__lt=limit).exclude(email="")
    if is_dry_run:
        return int(readers.count() + partners.count())
    return int(readers.update(email="") + partners.update(email=""))
