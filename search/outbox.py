import itertools
import logging
import uuid
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from search.delivery import noted_pages, schedule_delivery
from search.models import IndexConsumer, OutboxEntry

_CHUNK = 2_000


def register_consumer(*, name: str) -> IndexConsumer:
    """Return the consumer ``name``, from now on told of every change.

    On return, a transaction that changed a page without knowing this consumer has ended, and its changes can be read.
    """
    if consumer := IndexConsumer.objects.filter(name=name).first():
        return consumer
    with transaction.atomic():
        stop_noting()
        consumer, _ = IndexConsumer.objects.get_or_create(name=name)
    return consumer


def stop_noting(*, nowait: bool = False) -> None:
    """Wait for whoever notes changes, and keep others from it. With ``nowait``, raises ``OperationalError`` instead."""
    if not connection.features.has_select_for_update:
        return  # SQLite has one writer at a time
    # Every transaction that records changes has read this table.
    table = connection.ops.quote_name(IndexConsumer._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE{' NOWAIT' if nowait else ''}")


def record_changes(*, page_ids: Iterable[int]) -> None:
    """Note, in the current transaction, that what the engines know of these pages is no longer true.

    One delivery follows once the transaction is committed. Costs a few statements, whatever the number of pages, and
    none for a page the transaction has already noted.
    """
    with transaction.atomic():
        ids = sorted(set(page_ids) - noted_pages())
        if not ids:
            return
        consumers = list(IndexConsumer.objects.order_by("pk").values_list("pk", flat=True))
        if not consumers:
            return
        for start in range(0, len(ids), _CHUNK):
            _raise_versions(ids=ids[start : start + _CHUNK], consumers=consumers)
    # After the savepoint, if it was one: what is noted here is true for the rest of the enclosing transaction.
    schedule_delivery(page_ids=ids)


def _raise_versions(*, ids: list[int], consumers: list[int]) -> None:
    rows = OutboxEntry.objects.filter(page_id__in=ids, consumer__in=consumers)
    if connection.features.has_select_for_update:
        # Locked in one order by everyone, so that two large changes wait for each other instead of deadlocking.
        known = set(rows.order_by("page_id", "consumer").select_for_update().values_list("page_id", "consumer"))
        missing = [key for key in itertools.product(ids, consumers) if key not in known]
        _increase(rows)
    else:
        missing = []
        if _increase(rows) < len(ids) * len(consumers):
            known = set(rows.values_list("page_id", "consumer"))
            missing = [key for key in itertools.product(ids, consumers) if key not in known]
    if missing:
        # Created at version 0 and raised like the others: if another transaction creates one first, none is lost.
        OutboxEntry.objects.bulk_create(
            [OutboxEntry(page_id=page_id, consumer_id=consumer) for page_id, consumer in missing], ignore_conflicts=True
        )
        _increase(rows.filter(page_id__in={page_id for page_id, _ in missing}))


def _increase(rows: QuerySet[OutboxEntry]) -> int:
    now = timezone.now()
    return rows.update(
        version=F("version") + 1, changed_at=now, next_attempt_at=now, attempts=0, set_aside_at=None, last_error=""
    )


def retry_set_aside(*, consumer: str = "", page_ids: Iterable[int] | None = None) -> int:
    """Have pages that were set aside tried again: of one engine or all, some or all. Returns how many."""
    rows = OutboxEntry.objects.set_aside()
    if consumer:
        rows = rows.of(consumer=consumer)
    if page_ids is not None:
        rows = rows.filter(page_id__in=list(page_ids))
    # The reason is kept until another one, or a delivery, replaces it.
    return OutboxEntry.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).update(
        set_aside_at=None, attempts=0, next_attempt_at=timezone.now()
    )


logger = logging.getLogger(__name__)

# A worker says that it is at work at least this often, even with nothing to deliver.
HEARTBEAT_SECONDS = 20
_READ_AT_ONCE = 5_000
_FORGOTTEN = "oublié:"


def worker_is_at_work(*, name: str) -> None:
    """Note that a worker looks after the engine ``name``; writes now and then only, however often it is called."""
    now = timezone.now()
    recently = now - timedelta(seconds=HEARTBEAT_SECONDS)
    IndexConsumer.objects.filter(Q(worker_seen_at=None) | Q(worker_seen_at__lte=recently), name=name).update(
        worker_seen_at=now, last_seen_at=now
    )


def forget_absent_consumers(*, max_age: timedelta, keep: Collection[str] = ()) -> list[str]:
    """Forget the engines that nobody has seen for ``max_age``, with all that is owed to them; returns their names.

    ``keep`` are never forgotten. A host that comes back is unknown, and makes its index anew. What cannot be removed
    without making somebody wait is left to the next call.
    """
    forgotten = []
    limit = timezone.now() - max_age
    for pk, name in _absent(since=limit).exclude(name__in=keep).values_list("pk", "name"):
        # Nameless at once, emptied at leisure: a host that comes back meanwhile begins with rows of its own.
        if not _absent(since=limit).filter(pk=pk).update(name=f"{_FORGOTTEN}{uuid.uuid4()}"):
            continue
        if not name.startswith(_FORGOTTEN):
            forgotten.append(name)
        while chunk := list(OutboxEntry.objects.filter(consumer=pk).values_list("pk", flat=True)[:_READ_AT_ONCE]):
            OutboxEntry.objects.filter(pk__in=chunk).delete()
        try:
            with transaction.atomic():
                stop_noting(nowait=True)
                IndexConsumer.objects.filter(pk=pk).delete()
        except OperationalError:
            logger.info("search index: what is left of %s will be removed later, changes are being noted", name)
    return forgotten


def _absent(*, since: datetime) -> QuerySet[IndexConsumer]:
    return IndexConsumer.objects.filter(
        Q(last_seen_at__lt=since) | Q(last_seen_at=None, registered_at__lt=since),
    )
