"""Deliver what waits in the outbox: claimed, handed over, answered."""

import atexit
import logging
import threading
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.errors import MessageError
from email.mime.text import MIMEText
from smtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPDataError,
    SMTPException,
    SMTPHeloError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
)
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import InterfaceError, OperationalError, close_old_connections, connection, connections, transaction
from django.db.models import F
from django.utils import timezone

from hub.daily.loops import Loop, Say, register_loop
from hub.mail.models import MailDelivery, OutgoingMail
from hub.mail.site import site_url

PERMANENT = 500  # from here on, an answer of a mail server is final (RFC 5321, 4.2.1)
TOO_BUSY = 421  # the server closes the connection: it is not about the mail

# What handing a mail over may raise. An address or a text that no mail can be written with is a ``ValueError``.
FAILURES = (OSError, ValueError, MessageError)

_ABOUT_THE_SERVER = (SMTPAuthenticationError, SMTPConnectError, SMTPHeloError, SMTPServerDisconnected)


class NotSentError(Exception):
    """Says why to an operator. ``is_final``: trying again is of no use; ``stops``: no other mail would leave now."""

    def __init__(self, reason: str, *, is_final: bool = False, stops: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final
        self.stops = stops


def verdict_on(error: Exception) -> NotSentError:
    if isinstance(error, SMTPRecipientsRefused):
        code, answer = next(iter(error.recipients.values()))
        return NotSentError(_answer(code, answer), is_final=code >= PERMANENT)
    code = error.smtp_code if isinstance(error, SMTPResponseException) else 0
    if isinstance(error, SMTPException) and not isinstance(error, _ABOUT_THE_SERVER) and code != TOO_BUSY:
        # A sender or a command refused is our configuration: it may be mended. A content refused is for good.
        return NotSentError(said(error), is_final=isinstance(error, SMTPDataError) and code >= PERMANENT)
    if isinstance(error, OSError):  # as every error of smtplib is
        return NotSentError(said(error), stops=True)
    return NotSentError(f"adresse ou texte impossible à envoyer : {error}", is_final=True)


def said(error: Exception) -> str:
    if isinstance(error, SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    if isinstance(error, TimeoutError) or "timed out" in str(error):  # smtplib keeps only the words of the latter
        return "le serveur d’envoi n’a pas répondu à temps"
    if isinstance(error, ConnectionRefusedError):
        return "le serveur d’envoi refuse la connexion"
    return f"serveur d’envoi : {error or type(error).__name__}"


def _answer(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", errors="replace") if isinstance(text, bytes) else text
    return f"réponse {code} du serveur d’envoi : {' '.join(words.split())}"


# Longer than a mail server may be waited for, step by step, at ten seconds a step.
CLAIM = timedelta(minutes=5)

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=15)
# A mail that no server wants, though none refuses it for good, is given up when both are reached.
TRIED_FOR = timedelta(days=2)
MOST_ATTEMPTS = 10

KEPT_FOR = timedelta(days=90)
_LONGEST_REASON = 1000


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
        sent_at=now,
        given_up_at=None,
        text="",
        calendar="",
        claimed_until=None,
        attempts=F("attempts") + 1,
        last_error="",
    )


def note_put_off(*, mail: OutgoingMail, reason: str, now: datetime) -> bool:
    """Note that the mail did not leave this time, to be tried again after a longer pause; False: it is given up."""
    attempts = mail.attempts + 1
    if attempts >= MOST_ATTEMPTS and now - mail.created_at >= TRIED_FOR:
        note_given_up(mail=mail, reason=reason, now=now)
        return False
    pause = min(FIRST_PAUSE * 2 ** min(mail.attempts, 16), LONGEST_PAUSE)  # at its longest long before the sixteenth
    _note(mail, reason=reason, next_attempt_at=now + pause)
    return True


def note_given_up(*, mail: OutgoingMail, reason: str, now: datetime) -> None:
    _note(mail, reason=reason, given_up_at=now)


def note_expired(*, mail: OutgoingMail, now: datetime) -> None:
    """Note that the mail would say nothing true any more, and forget its text. It was not handed over."""
    reason = "Périmé avant d’avoir pu partir."
    if mail.last_error:
        reason = f"{reason} Dernière erreur : {mail.last_error}"
    OutgoingMail.objects.filter(pk=mail.pk, sent_at=None).update(
        given_up_at=now, claimed_until=None, text="", calendar="", last_error=reason[:_LONGEST_REASON]
    )


def retry_given_up(*, pks: Iterable[int] | None = None) -> int:
    """Have mails that were given up tried again now, all of them by default; return how many. Expired ones stay."""
    now = timezone.now()
    mails = OutgoingMail.objects.given_up().order_by().filter(sent_at=None).exclude(expires_at__lte=now)
    if pks is not None:
        mails = mails.filter(pk__in=list(pks))
    return mails.update(given_up_at=None, claimed_until=None, attempts=0, next_attempt_at=now)


def purge(*, now: datetime) -> int:
    return OutgoingMail.objects.finished_before(moment=now - KEPT_FOR).delete()[0]


def _note(mail: OutgoingMail, *, reason: str, **values: datetime) -> None:
    # Only if it is still ours, or nobody's: who was frozen for longer than its claim has nothing to say any more.
    OutgoingMail.objects.filter(pk=mail.pk, sent_at=None, claimed_until=mail.claimed_until).update(
        attempts=F("attempts") + 1, last_error=reason[:_LONGEST_REASON], claimed_until=None, **values
    )


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
        return not (self.put_off or self.given_up or self.stopped_by)


def deliver(
    *, limit: int | None = None, now: datetime | None = None, stop: threading.Event | None = None
) -> DeliveryReport:
    """Hand over the mails due ``now``, ``limit`` at most, and begin no other once ``stop`` is set.

    What the mail server refuses stays in the outbox with the reason. Several may run at once: each mail is one's.
    Raises ``DatabaseError`` when the outbox cannot be read or written; a mail in hand is due again after its claim.
    """
    report = DeliveryReport()
    backend = get_connection()
    tried = 0
    try:
        while (limit is None or tried < limit) and not (stop is not None and stop.is_set()):
            mail = claim(now=now or timezone.now())
            if mail is None or not _deliver_one(mail, backend=backend, now=now, report=report):
                break
            tried += 1
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
    except NotSentError as failure:
        reason, ended = str(failure), now or timezone.now()
        _close(backend)  # where a refusal left the conversation, nobody knows
        if failure.stops:
            report.stopped_by = reason
        if not failure.is_final and note_put_off(mail=mail, reason=reason, now=ended):
            report.put_off += 1
        else:
            if failure.is_final:
                note_given_up(mail=mail, reason=reason, now=ended)
            report.given_up += 1
            logger.warning("mail %s is given up: %s", mail.pk, reason)
        return not failure.stops
    note_sent(mail=mail, now=now or timezone.now())
    report.sent += 1
    return True


def _hand_over(mail: OutgoingMail, *, backend: Any, began: float) -> None:
    try:
        backend.open()
    except OSError as error:
        raise NotSentError(said(error), stops=True) from error
    if time.monotonic() - began >= CLAIM.total_seconds():
        # Frozen for so long that somebody else was given this mail.
        raise NotSentError("ce processus a été suspendu pendant l’envoi", stops=True)
    try:
        accepted = backend.send_messages([_message(mail)])
    except FAILURES as error:
        raise verdict_on(error) from error
    if accepted == 0:
        raise NotSentError("le courriel n’a pas de destinataire", is_final=True)


def _message(mail: OutgoingMail) -> EmailMessage:
    message = EmailMessage(
        subject=mail.subject,
        body=mail.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[mail.recipient],
        headers={"Message-ID": message_id(mail=mail), "Auto-Submitted": "auto-generated"},
    )
    if mail.calendar:
        message.attach(_event(mail))
    return message


def _event(mail: OutgoingMail) -> MIMEText:
    """Make the part that calendars take in: they look for the method beside the type (RFC 6047)."""
    part = MIMEText(mail.calendar, "calendar", "utf-8")
    part.set_param("method", mail.calendar_method)
    part.add_header("Content-Disposition", "attachment", filename="atelier.ics")
    return part


def _close(backend: Any) -> None:
    try:
        backend.close()
    except OSError as error:  # every error of smtplib is one
        # What it accepted is accepted; saying goodbye changes nothing.
        logger.debug("mail server: not closed properly: %s", error)


# A process that ends lets the mail in hand arrive, this long: less than any supervisor waits before it kills.
END_SECONDS = 15.0


class Courier:
    """A thread of this process that delivers what is due, and ends when nothing is left."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_called = False
        self._ending = threading.Event()

    def call(self) -> None:
        """Have the mails that are due delivered, and return at once."""
        with self._lock:
            self._is_called = True
            # A thread of the process this one was forked from is not alive here.
            if self._ending.is_set() or (self._thread is not None and self._thread.is_alive()):
                return
            self._thread = threading.Thread(target=self._run, name="mail", daemon=True)
            self._thread.start()

    def end(self) -> None:
        """Begin no other mail, and wait for the one in hand."""
        self._ending.set()
        if (thread := self._thread) is not None:
            thread.join(END_SECONDS)

    def _run(self) -> None:
        try:
            while self._has_work():
                self._deliver()
        finally:
            connections.close_all()  # this thread's own

    def _has_work(self) -> bool:
        with self._lock:
            if self._is_called and not self._ending.is_set():
                self._is_called = False
                return True
            self._thread = None  # the next call begins another thread
            return False

    def _deliver(self) -> None:
        try:
            report = deliver(stop=self._ending)
            if report.stopped_by:
                logger.warning("mails wait: %s", report.stopped_by)
        except (OperationalError, InterfaceError) as error:
            logger.warning("mails wait, the database does not answer: %s", error)


_courier = Courier()
atexit.register(_courier.end)


def deliver_after_commit() -> None:
    """Have the mails delivered after the commit; with ``MAIL_DELIVERY = "worker"``, all are left to ``send_mails``."""
    if settings.MAIL_DELIVERY == MailDelivery.THREAD:
        transaction.on_commit(_courier.call, robust=True)


PURGE_EVERY_SECONDS = 3600.0
# A mail server that does not work is left alone, longer and longer.
LONGEST_PAUSE_SECONDS = 60.0


def follow(*, interval: float, stop: threading.Event, say: Say, complain: Say) -> None:
    purge_at = time.monotonic()
    pause = interval
    try:
        while not stop.is_set():
            close_old_connections()
            is_time_to_purge = time.monotonic() >= purge_at
            went_well = one_pass(say=say, complain=complain, stop=stop, with_purge=is_time_to_purge)
            if is_time_to_purge:
                purge_at = time.monotonic() + PURGE_EVERY_SECONDS
            pause = interval if went_well else max(interval, min(pause * 2, LONGEST_PAUSE_SECONDS))
            stop.wait(pause)
    finally:
        connection.close()


def one_pass(*, say: Say, complain: Say, stop: threading.Event | None = None, with_purge: bool = True) -> bool:
    """Hand over what is due; say whether everything that had to leave left."""
    try:
        report = deliver(stop=stop)
        purged = purge(now=timezone.now()) if with_purge else 0
    except (OperationalError, InterfaceError) as error:  # the database may be back at the next pass
        complain(f"Base de données : {error}")
        return False
    if report.sent:
        say(f"{report.sent} courriel(s) envoyé(s).")
    if report.expired:
        say(f"{report.expired} courriel(s) périmé(s), non envoyé(s).")
    if purged:
        say(f"{purged} ancien(s) courriel(s) oublié(s).")
    if not report.is_complete:
        counts = f"{report.put_off} courriel(s) remis à plus tard, {report.given_up} abandonné(s)."
        complain(f"{counts} {report.stopped_by}".rstrip())
    return report.is_complete


# Its light tells how long the oldest mail waits (hub/mail/status.py).
register_loop(Loop(name="courriels", label="courriels", interval=5, follow=follow))
