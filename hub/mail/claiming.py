"""The bookkeeping of the outbox: who hands over which mail, and what became of it.

Transactions here are short: none is open while a mail server is waited for.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from hub.mail.models import OutgoingMail

# Longer than a mail server may be waited for, step by step, at ten seconds a step.
CLAIM = timedelta(minutes=5)

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=15)
# A mail that no server wants, though none refuses it for good, is given up when both are reached.
TRIED_FOR = timedelta(days=2)
MOST_ATTEMPTS = 10

KEPT_FOR = timedelta(days=90)
_LONGEST_REASON = 1000
# Beyond, a power of two is of no use: the pause is at its longest.
_LARGEST_EXPONENT = 16


def claim(*, now: datetime) -> OutgoingMail | None:
    """Return the next mail to hand over, which nobody else is given before ``CLAIM`` has passed, or ``None``."""
    due = OutgoingMail.objects.due(now=now)
    if not due.exists():
        return None  # without a transaction: on SQLite it would stop those who write
    with transaction.atomic():
        mail = due.nobody_else_holds().first()
        if mail is None:
            return None
        mail.claimed_until = now + CLAIM
        # The condition again: where rows cannot be held, only one of two who saw the mail changes it.
        is_ours = OutgoingMail.objects.due(now=now).filter(pk=mail.pk).update(claimed_until=mail.claimed_until)
    return mail if is_ours else None


def note_sent(*, mail: OutgoingMail, now: datetime) -> None:
    """Note that a server accepted the mail, and forget its text: it may hold a code."""
    OutgoingMail.objects.filter(pk=mail.pk).update(
        sent_at=now, given_up_at=None, text="", claimed_until=None, attempts=F("attempts") + 1, last_error=""
    )


def note_put_off(*, mail: OutgoingMail, reason: str, now: datetime) -> bool:
    """Note that the mail did not leave this time; return whether it will be tried again.

    The pause doubles from 5 s to 15 min. After two days and ten attempts the mail is given up.
    """
    attempts = mail.attempts + 1
    if attempts >= MOST_ATTEMPTS and now - mail.created_at >= TRIED_FOR:
        note_given_up(mail=mail, reason=reason, now=now)
        return False
    pause = min(FIRST_PAUSE * 2 ** min(mail.attempts, _LARGEST_EXPONENT), LONGEST_PAUSE)
    _note(mail, reason=reason, next_attempt_at=now + pause)
    return True


def note_given_up(*, mail: OutgoingMail, reason: str, now: datetime) -> None:
    """Note that the mail will not leave unless somebody asks for it again."""
    _note(mail, reason=reason, given_up_at=now)


def note_expired(*, mail: OutgoingMail, now: datetime) -> None:
    """Note that the mail would say nothing true any more, and forget its text. It was not handed over."""
    reason = "Périmé avant d’avoir pu partir."
    if mail.last_error:
        reason = f"{reason} Dernière erreur : {mail.last_error}"
    OutgoingMail.objects.filter(pk=mail.pk, sent_at=None).update(
        given_up_at=now, claimed_until=None, text="", last_error=reason[:_LONGEST_REASON]
    )


def retry_given_up(*, pks: Iterable[int] | None = None) -> int:
    """Have mails that were given up tried again now, all of them by default; return how many. Expired ones stay."""
    now = timezone.now()
    mails = OutgoingMail.objects.given_up().order_by().filter(sent_at=None).exclude(expires_at__lte=now)
    if pks is not None:
        mails = mails.filter(pk__in=list(pks))
    return mails.update(given_up_at=None, claimed_until=None, attempts=0, next_attempt_at=now)


def purge(*, now: datetime) -> int:
    """Forget the mails accepted or given up 90 days ago; return how many."""
    return OutgoingMail.objects.finished_before(moment=now - KEPT_FOR).delete()[0]


def _note(mail: OutgoingMail, *, reason: str, **values: datetime) -> None:
    # Only if it is still ours, or nobody's: who was frozen for longer than its claim has nothing to say any more.
    OutgoingMail.objects.filter(pk=mail.pk, sent_at=None, claimed_until=mail.claimed_until).update(
        attempts=F("attempts") + 1, last_error=reason[:_LONGEST_REASON], claimed_until=None, **values
    )
