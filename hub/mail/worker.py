"""The worker: it hands over what the web processes could not, and forgets old mails."""

import threading
import time
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils import timezone

from hub.mail.claiming import purge
from hub.mail.delivery import deliver

PURGE_EVERY_SECONDS = 3600.0
# A mail server that does not work is left alone, longer and longer.
LONGEST_PAUSE_SECONDS = 60.0

Say = Callable[[str], object]


def follow(*, interval: float, stop: threading.Event, say: Say, complain: Say) -> None:
    """Hand over what is due until ``stop``, looking every ``interval`` seconds."""
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
