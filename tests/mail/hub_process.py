"""A hub in another process, which a test may kill: ``python -m tests.mail.hub_process ACTION …`` on ``HUB_VAR_DIR``."""

# ruff: noqa: PLC0415 — models can be imported only once Django is set up

import os
import signal
import sys
import time

import django


def say(word: object) -> None:
    """Tell the test, at once."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def _queue(key: str) -> None:
    from hub.mail.queueing import queue_mail

    queue_mail(key=key, recipient=f"{key}@structure.example", template="tests_mail", context={})


def queue_and_die(key: str) -> None:
    """Commit, and be killed before anything can be handed over."""
    from django.db import transaction

    with transaction.atomic():
        transaction.on_commit(lambda: os.kill(os.getpid(), signal.SIGKILL))
        _queue(key)


def queue_and_die_before_commit(key: str) -> None:
    """Be killed in the middle of the transaction."""
    from django.db import transaction

    with transaction.atomic():
        _queue(key)
        os.kill(os.getpid(), signal.SIGKILL)


def queue_many(prefix: str, count: str) -> None:
    """Write mails one after the other, and leave them to the workers."""
    for number in range(int(count)):
        _queue(f"{prefix}{number}")
    say("queued")


def hand_over_and_die() -> None:
    """Be killed once the server accepted the mail, before that is noted."""
    from hub.mail import delivery

    delivery.note_sent = lambda **_values: os.kill(os.getpid(), signal.SIGKILL)
    delivery.deliver()


def deliver_in(seconds: str) -> None:
    """Hand over what is due, as if these seconds had passed."""
    from datetime import timedelta

    from django.utils import timezone

    from hub.mail.delivery import deliver

    say(deliver(now=timezone.now() + timedelta(seconds=float(seconds))).sent)


def queue_as_a_server(key: str, seconds: str) -> None:
    """Write a mail as a web process does, and live on for a while."""
    _queue(key)
    say("queued")
    time.sleep(float(seconds))


def queue_as_a_command(key: str) -> None:
    """Write a mail and end at once, as a command does."""
    _queue(key)


if __name__ == "__main__":
    django.setup()
    ACTIONS = {
        action.__name__: action
        for action in (
            queue_and_die,
            queue_and_die_before_commit,
            queue_many,
            hand_over_and_die,
            deliver_in,
            queue_as_a_server,
            queue_as_a_command,
        )
    }
    ACTIONS[sys.argv[1]](*sys.argv[2:])
