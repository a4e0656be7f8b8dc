"""Leases and marks: who indexes what, and up to where."""

import contextlib
import os
import secrets
import socket
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from search.engines.base import EngineBusyError, EngineError, Refusal
from search.models import IndexConsumer, Lease, OutboxEntry, OutboxEntryQuerySet, locked_elsewhere_skipped

# After a kill -9 the work may be taken up again by another process this many seconds later.
LEASE_SECONDS = 120.0


class HeldLease:
    """The right to go on with a piece of work. It has to be renewed in less than its seconds."""

    def __init__(self, *, name: str, holder: str, seconds: float) -> None:
        self._rows = Lease.objects.filter(name=name, holder=holder)
        self._name = name
        self._seconds = seconds

    def renew(self) -> None:
        """Keep the work for as long again. Raises ``EngineError`` when another process has taken it up."""
        # By the clock of the database: those of the hosts may differ.
        if not self._rows.update(expires_at=Now() + timedelta(seconds=self._seconds)):
            self._raise_lost()

    @contextlib.contextmanager
    def certain(self) -> Iterator[None]:
        """Do something, in a transaction, during which nobody can take the work up. Raises ``EngineError`` if lost."""
        with transaction.atomic():
            if not list(self._rows.select_for_update().values_list("pk")):
                self._raise_lost()
            yield

    def release(self) -> None:
        self._rows.update(holder="", expires_at=Now())

    def _raise_lost(self) -> None:
        raise EngineError(f"un autre processus a repris ce travail ({self._name}), trop longtemps interrompu ici")


@contextlib.contextmanager
def lease(*, name: str, seconds: float | None = None) -> Iterator[HeldLease]:
    """Have the work ``name`` to oneself. Raises ``EngineBusyError`` when another process, of any host, has it.

    The next one that asks takes it from a process of this host that was killed, at once; from one of another host, or
    frozen, after ``seconds`` without ``renew``.
    """
    seconds = LEASE_SECONDS if seconds is None else seconds
    holder = f"{_this_host()}:{os.getpid()}:{secrets.token_hex(8)}"
    found, _ = Lease.objects.get_or_create(name=name)
    if _is_dead(found.holder):
        Lease.objects.filter(name=name, holder=found.holder).update(holder="", expires_at=Now())
    with transaction.atomic():
        free = locked_elsewhere_skipped(Lease.objects.filter(Q(holder="") | Q(expires_at__lte=Now()), name=name))
        taken = Lease.objects.filter(pk__in=list(free.values_list("pk", flat=True))).update(
            holder=holder, expires_at=Now() + timedelta(seconds=seconds)
        )
    if not taken:
        raise EngineBusyError(f"un autre processus fait déjà ce travail : {name}")
    held = HeldLease(name=name, holder=holder, seconds=seconds)
    try:
        yield held
    finally:
        held.release()


def _is_dead(holder: str) -> bool:
    """Whether the holder is known to be gone: a process of this host that no longer exists."""
    host, _, rest = holder.partition(":")
    if host != _this_host():
        return False
    try:
        os.kill(int(rest.partition(":")[0]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False  # somebody else's, and alive
    return False


def _this_host() -> str:
    return socket.gethostname().replace(":", "-")[:80]


# A page that the engine could not take now is tried again soon: the engine itself works.
FIRST_RETRY_SECONDS = 0.5
LAST_RETRY_SECONDS = 5.0
# A page whose record cannot be made waits for a person, or for a new version of the hub.
FIRST_UNREADABLE_SECONDS = 5.0
LAST_UNREADABLE_SECONDS = 600.0
# An engine that failed as a whole is left alone this long, then longer and longer.
FIRST_PAUSE_SECONDS = 0.5
LAST_PAUSE_SECONDS = 5.0

_LONGEST_REASON = 2000
_CHUNK = 2_000


def take_due_rows(
    *, consumer: IndexConsumer, size: int, lease_seconds: float, leaving_out: Iterable[int] = ()
) -> list[OutboxEntry]:
    """Return rows to deliver, the oldest change first, ``leaving_out`` some row ids.

    With a lease nobody else is given these rows before it ends, unless their page changes again.
    """
    now = timezone.now()
    due = OutboxEntry.objects.filter(consumer=consumer).exclude(pk__in=list(leaving_out)).due(now=now)
    if not lease_seconds:
        return list(due[:size])
    with transaction.atomic():
        rows = list(locked_elsewhere_skipped(due)[:size])
        until = now + timedelta(seconds=lease_seconds)
        OutboxEntry.objects.filter(pk__in=[row.pk for row in rows]).update(next_attempt_at=until)
    for row in rows:
        row.next_attempt_at = until
    return rows


def give_back(rows: Sequence[OutboxEntry]) -> None:
    if not rows:
        return
    until = max(row.next_attempt_at for row in rows)
    with transaction.atomic():
        taken = OutboxEntry.objects.filter(pk__in=[row.pk for row in rows], next_attempt_at=until)
        free = list(locked_elsewhere_skipped(taken).values_list("pk", flat=True))
        OutboxEntry.objects.filter(pk__in=free).update(next_attempt_at=timezone.now())


def conclude(
    rows: Sequence[OutboxEntry],
    *,
    consumer: IndexConsumer,
    generation: str,
    refusals: Mapping[int, Refusal],
    unreadable: Mapping[int, str],
) -> set[int] | None:
    """Note what became of delivered rows: known to the index ``generation``, put off, or set aside.

    Returns the ids of the rows that could be noted, or ``None``, with nothing noted, when that index is no longer the
    one in use.
    """
    with transaction.atomic():
        # Held to the end: an index cannot be replaced while it is noted what it knows.
        current = IndexConsumer.objects.locked().filter(pk=consumer.pk).first()
        if current is None or current.generation != generation:
            return None
        ours = OutboxEntry.objects.filter(pk__in=[row.pk for row in rows])
        free = set(locked_elsewhere_skipped(ours).values_list("pk", flat=True))
        noted = [row for row in rows if row.pk in free]
        _mark_delivered([row for row in noted if row.page_id not in refusals and row.page_id not in unreadable])
        for row in noted:
            if row.page_id in unreadable:
                delay = min(FIRST_UNREADABLE_SECONDS * 2**row.attempts, LAST_UNREADABLE_SECONDS)
                _put_off(row, reason=unreadable[row.page_id], seconds=delay)
            elif row.page_id in refusals:
                _refused(row, refusal=refusals[row.page_id])
        IndexConsumer.objects.filter(pk=consumer.pk).update(last_seen_at=timezone.now())
    return free


def _mark_delivered(rows: Iterable[OutboxEntry]) -> None:
    by_version: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        by_version[row.version].append(row.pk)
    for version, pks in by_version.items():
        OutboxEntry.objects.filter(pk__in=pks, delivered_version__lt=version).update(
            delivered_version=version, attempts=0, last_error=""
        )


def _refused(row: OutboxEntry, *, refusal: Refusal) -> None:
    if refusal.is_final:
        # Due at once if it comes back: only the date keeps it aside.
        _note(row, reason=refusal.reason, next_attempt_at=timezone.now(), set_aside_at=timezone.now())
    else:
        _put_off(row, reason=refusal.reason, seconds=min(FIRST_RETRY_SECONDS * 2**row.attempts, LAST_RETRY_SECONDS))


def _put_off(row: OutboxEntry, *, reason: str, seconds: float) -> None:
    _note(row, reason=reason, next_attempt_at=timezone.now() + timedelta(seconds=seconds))


def _note(row: OutboxEntry, *, reason: str, **values: datetime) -> None:
    # A page that changed again meanwhile is due at once, whatever became of its earlier state.
    OutboxEntry.objects.filter(pk=row.pk, version=row.version).update(
        attempts=F("attempts") + 1, last_error=reason[:_LONGEST_REASON], **values
    )


def note_replacement(
    *,
    consumer: IndexConsumer,
    generation: str,
    known: Mapping[int, int],
    left_out: Mapping[int, tuple[int, Refusal]],
) -> None:
    """Note that the index ``generation``, which knows the versions ``known`` of the pages, is now the one in use.

    In one transaction, exactly: what was delivered to the former index and not to this one is owed again. ``left_out``
    are the published pages it does not hold, with the version it refused: they are owed, or set aside if it was for
    good. Raises ``IndexConsumer.DoesNotExist`` when the engine was forgotten meanwhile.
    """
    with transaction.atomic():
        rows = OutboxEntry.objects.filter(consumer=consumer)
        # The rows first, in the order of those who note changes; then the engine. Whoever marks a delivery holds the
        # engine and waits for no row, so nobody can wait for another in a circle.
        list(rows.order_by("page_id", "consumer").select_for_update().values_list("pk"))
        former = IndexConsumer.objects.locked().get(pk=consumer.pk)
        rows.exclude(previous_version=F("delivered_version")).update(previous_version=F("delivered_version"))
        _set_delivered(rows, known=known)
        for row in rows.filter(page_id__in=left_out):
            version, refusal = left_out[row.page_id]
            if row.version == version:
                _refused(row, refusal=refusal)
        now = timezone.now()
        IndexConsumer.objects.filter(pk=consumer.pk).update(
            generation=generation,
            previous_generation=former.generation,
            rebuilt_at=now,
            last_seen_at=now,
            failing_since=None,
            retry_at=None,
            last_error="",
        )


def _set_delivered(rows: OutboxEntryQuerySet, *, known: Mapping[int, int]) -> None:
    by_version: dict[int, list[int]] = defaultdict(list)
    for pk, page_id, version, delivered in rows.values_list("pk", "page_id", "version", "delivered_version"):
        knows = min(known.get(page_id, 0), version)
        if knows != delivered:
            by_version[knows].append(pk)
    now = timezone.now()
    for version, pks in by_version.items():
        for start in range(0, len(pks), _CHUNK):
            OutboxEntry.objects.filter(pk__in=pks[start : start + _CHUNK]).update(
                delivered_version=version, next_attempt_at=now
            )
    rows.filter(Q(attempts__gt=0) | ~Q(set_aside_at=None)).update(
        attempts=0, set_aside_at=None, last_error="", next_attempt_at=now
    )


def note_rollback(*, consumer: IndexConsumer, generation: str) -> int:
    """Note that the index before is in use again, and owe it what it missed; returns how many pages."""
    with transaction.atomic():
        rows = OutboxEntry.objects.filter(consumer=consumer)
        list(rows.order_by("page_id", "consumer").select_for_update().values_list("pk"))
        current = IndexConsumer.objects.locked().get(pk=consumer.pk)
        if current.previous_generation == generation:
            # Right-hand sides are the values before: the two change places.
            rows.update(delivered_version=F("previous_version"), previous_version=F("delivered_version"))
        else:  # nobody noted what that index knows
            rows.update(delivered_version=0, previous_version=F("delivered_version"))
        rows.pending().update(next_attempt_at=timezone.now(), attempts=0, set_aside_at=None, last_error="")
        IndexConsumer.objects.filter(pk=consumer.pk).update(
            generation=generation, previous_generation=current.generation, last_seen_at=timezone.now()
        )
    return rows.pending().count()


def note_failure(*, name: str, error: EngineError) -> None:
    """Remember that an engine failed as a whole, and leave it alone for a moment: 0.5 s at first, 5 s in the end."""
    now = timezone.now()
    consumer = IndexConsumer.objects.filter(name=name).first()
    if consumer is None:
        return
    since = consumer.failing_since or now
    pause = min(max((now - since).total_seconds(), FIRST_PAUSE_SECONDS), LAST_PAUSE_SECONDS)
    IndexConsumer.objects.filter(pk=consumer.pk).update(
        failing_since=since, retry_at=now + timedelta(seconds=pause), last_error=str(error)[:_LONGEST_REASON]
    )


def note_answer(*, consumer: IndexConsumer) -> None:
    if consumer.failing_since is not None:
        IndexConsumer.objects.filter(pk=consumer.pk).update(failing_since=None, retry_at=None, last_error="")
