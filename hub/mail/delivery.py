"""Handing the mails of the outbox over to the mail server, each in its own time (docs/courriels.md)."""

import logging
import threading
import time
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils import timezone

from hub.mail.answers import FAILURES, RefusedError, ServerError, said, verdict_on
from hub.mail.claiming import CLAIM, claim, note_expired, note_given_up, note_put_off, note_sent
from hub.mail.models import OutgoingMail
from hub.mail.site import site_url

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class DeliveryReport:
    """What a delivery did, in mails. ``stopped_by`` says why it ended early: the server as a whole does not work."""

    sent: int = 0
    put_off: int = 0
    given_up: int = 0
    expired: int = 0
    stopped_by: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether every mail that was due left, or had no reason to leave any more."""
        return not (self.put_off or self.given_up or self.stopped_by)


def deliver(
    *, limit: int | None = None, now: datetime | None = None, stop: threading.Event | None = None
) -> DeliveryReport:
    """Hand over the mails that are due, ``limit`` at most, and note what became of each.

    Never raises for what the mail server does: a mail that did not leave stays in the outbox with the reason. Several
    may run at once, each mail is handed over by one of them. ``now`` is the moment the mails are due at, the current
    one by default. Once ``stop`` is set no other mail is begun.

    Raises:
        django.db.DatabaseError: when the outbox cannot be read or written. Mails in hand are due again when their
            claim ends.
    """
    report = DeliveryReport()
    backend = get_connection()
    tried = 0
    try:
        while (limit is None or tried < limit) and not (stop is not None and stop.is_set()):
            mail = claim(now=now or timezone.now())
            if mail is None:
                break
            tried += 1
            if not _deliver_one(mail, backend=backend, now=now, report=report):
                break
    finally:
        _close(backend)
    return report


def message_id(*, mail: OutgoingMail) -> str:
    """Return the Message-ID of a mail: the same however often it is handed over, so that a double is recognised."""
    host = urlsplit(site_url()).hostname or "localhost"
    return f"<{uuid.uuid5(uuid.NAMESPACE_URL, f'{site_url()}#{mail.key}')}@{host}>"


def _deliver_one(mail: OutgoingMail, *, backend: Any, now: datetime | None, report: DeliveryReport) -> bool:
    """Deliver a claimed mail and add to the report; return whether to go on with others."""
    began = time.monotonic()
    if mail.expires_at is not None and mail.expires_at <= (now or timezone.now()):
        note_expired(mail=mail, now=now or timezone.now())
        report.expired += 1
        return True
    try:
        _hand_over(mail, backend=backend, began=began)
    except ServerError as error:
        _close(backend)
        _count_put_off(mail, reason=str(error), now=now, report=report)
        report.stopped_by = str(error)
        return False
    except RefusedError as error:
        _close(backend)  # where a refusal left the conversation, nobody knows
        if error.is_final:
            note_given_up(mail=mail, reason=str(error), now=now or timezone.now())
            report.given_up += 1
            logger.warning("mail %s is given up: %s", mail.pk, error)
        else:
            _count_put_off(mail, reason=str(error), now=now, report=report)
        return True
    note_sent(mail=mail, now=now or timezone.now())
    report.sent += 1
    return True


def _count_put_off(mail: OutgoingMail, *, reason: str, now: datetime | None, report: DeliveryReport) -> None:
    if note_put_off(mail=mail, reason=reason, now=now or timezone.now()):
        report.put_off += 1
    else:
        report.given_up += 1
        logger.warning("mail %s is given up: %s", mail.pk, reason)


def _hand_over(mail: OutgoingMail, *, backend: Any, began: float) -> None:
    """Give one mail to the server. Raises ``ServerError`` or ``RefusedError``."""
    try:
        backend.open()
    except OSError as error:
        raise ServerError(said(error)) from error
    if time.monotonic() - began >= CLAIM.total_seconds():
        # Frozen for so long that somebody else was given this mail.
        raise ServerError("ce processus a été suspendu pendant l’envoi")
    try:
        accepted = backend.send_messages([_message(mail)])
    except FAILURES as error:
        raise verdict_on(error) from error
    if accepted == 0:
        raise RefusedError("le courriel n’a pas de destinataire", is_final=True)


def _message(mail: OutgoingMail) -> EmailMessage:
    return EmailMessage(
        subject=mail.subject,
        body=mail.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[mail.recipient],
        headers={"Message-ID": message_id(mail=mail), "Auto-Submitted": "auto-generated"},
    )


def _close(backend: Any) -> None:
    try:
        backend.close()
    except OSError as error:  # every error of smtplib is one
        # What it accepted is accepted; saying goodbye changes nothing.
        logger.debug("mail server: not closed properly: %s", error)
