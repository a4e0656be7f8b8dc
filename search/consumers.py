"""What is known of each engine that keeps an index: that it is alive, that it fails, that it is gone for good."""

import logging
import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import OperationalError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from search.models import IndexConsumer, OutboxEntry
from search.outbox import stop_noting

logger = logging.getLogger(__name__)

# A worker says that it is at work at least this often, even with nothing to deliver.
HEARTBEAT_SECONDS = 20
_CHUNK = 5_000
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
        while chunk := list(OutboxEntry.objects.filter(consumer=pk).values_list("pk", flat=True)[:_CHUNK]):
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
