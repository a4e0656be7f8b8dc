"""Delivery right after the commit, in the process that queued the mail, while nobody waits for it."""

import atexit
import logging
import threading

from django.conf import settings
from django.db import InterfaceError, OperationalError, connections, transaction

from hub.mail.delivery import deliver
from hub.mail.enums import MailDelivery

logger = logging.getLogger(__name__)

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
        thread = self._thread
        if thread is not None:
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
    """Have the mails delivered once the transaction is committed, at once without one.

    Nothing is lost if the process dies meanwhile: ``send_mails`` finds them. With ``MAIL_DELIVERY = "worker"`` this
    process leaves them all to it.
    """
    if settings.MAIL_DELIVERY == MailDelivery.THREAD:
        transaction.on_commit(_courier.call, robust=True)
