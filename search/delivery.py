"""Deliveries: what the outbox holds is read again from the database and brought to an engine."""

import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from hub.pages.catalogue import CatalogueEntry, catalogue_models, published_entries
from hub.pages.records import CatalogueRecord
from search.engines.base import Engine, EngineBusyError, EngineError, EngineNotReadyError, EngineWriter, PageChange
from search.engines.selection import search_engine
from search.models import IndexConsumer, OutboxEntry
from search.throttle import Throttle

logger = logging.getLogger(__name__)

# An import of hundreds of pages beside an index to be rebuilt has one thing to say, not hundreds.
_warning_throttle = Throttle(seconds=60)

BATCH_SIZE = 250
# A request that publishes waits this long at most for the search to know; the rest is delivered by the next searches,
# or by sync_search.
REQUEST_SECONDS = 1.5
FIRST_RETRY_SECONDS = 5
LAST_RETRY_SECONDS = 600


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What a delivery did: pages brought to the engine, pages put off, and why it stopped early if it did."""

    delivered: int = 0
    postponed: int = 0
    stopped_by: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether everything that was due is delivered."""
        return not self.postponed and not self.stopped_by


def has_due_changes(*, consumer: str) -> bool:
    """Whether something waits to be delivered now. One short query."""
    return OutboxEntry.objects.of(consumer=consumer).due(now=timezone.now()).exists()


def deliver(*, engine: Engine, seconds: float | None = None, wait_seconds: float = 5.0) -> DeliveryReport:
    """Bring every due change to ``engine``, or as many as ``seconds`` allow.

    Never raises for what an engine does: what could not be delivered stays in the outbox with the reason, and is tried
    again later. ``wait_seconds`` is how long another writer is waited for.
    """
    if not has_due_changes(consumer=engine.name):
        return DeliveryReport()
    for _, scheduled in _scheduled():
        scheduled.page_ids.clear()  # a page that changes again in this transaction must be noted again
    deadline = None if seconds is None else time.monotonic() + seconds
    delivered = postponed = 0
    stopped_by = ""
    try:
        with engine.writing(wait_seconds=wait_seconds) as writer:
            while rows := _due_rows(consumer=engine.name):
                refusals = _deliver_rows(rows, writer=writer)
                delivered += len(rows) - len(refusals)
                postponed += len(refusals)
                if deadline is not None and time.monotonic() >= deadline:
                    stopped_by = "temps imparti écoulé" if has_due_changes(consumer=engine.name) else ""
                    break
    except (EngineBusyError, EngineNotReadyError) as error:
        stopped_by = str(error)
    if delivered:
        IndexConsumer.objects.filter(name=engine.name).update(last_seen_at=timezone.now())
    return DeliveryReport(delivered, postponed, stopped_by)


class _ScheduledDelivery:
    """A delivery to come, when the transaction is committed, and the pages it was asked for."""

    def __init__(self, page_ids: Iterable[int]) -> None:
        self.page_ids = set(page_ids)

    def __call__(self) -> None:
        report = deliver(engine=search_engine(), seconds=REQUEST_SECONDS, wait_seconds=REQUEST_SECONDS)
        if not report.is_complete and _warning_throttle.allows():
            logger.warning(
                "search index: %s page(s) put off, %s", report.postponed, report.stopped_by or "see the outbox"
            )


def schedule_delivery(*, page_ids: Iterable[int]) -> None:
    """Have these pages delivered, within the request, once the transaction is committed; at once without one."""
    here = set(connection.savepoint_ids)
    for savepoints, delivery in _scheduled():
        if savepoints == here:
            delivery.page_ids.update(page_ids)
            return
    transaction.on_commit(_ScheduledDelivery(page_ids), robust=True)


def noted_pages() -> set[int]:
    """Return the pages the current transaction has noted for sure: in this savepoint or in one around it."""
    here = set(connection.savepoint_ids)
    return {page_id for savepoints, delivery in _scheduled() if savepoints <= here for page_id in delivery.page_ids}


def _scheduled() -> list[tuple[set[str], _ScheduledDelivery]]:
    # Django's own list: it forgets, as it must, what a savepoint that is rolled back had asked for.
    return [(entry[0], entry[1]) for entry in connection.run_on_commit if isinstance(entry[1], _ScheduledDelivery)]


def read_changes(
    *, versions: Mapping[int, int], models: Iterable[type[CatalogueEntry]] | None = None
) -> tuple[list[PageChange], dict[int, str]]:
    """Return what each page of ``versions`` (page id → version) is now in the catalogue, read from the database.

    ``models`` are the page types to look among, all by default. Pages whose record cannot be made are given apart, with
    the reason.
    """
    records: dict[int, CatalogueRecord] = {}
    unreadable: dict[int, str] = {}
    for model in catalogue_models() if models is None else models:
        _read_records(published_entries(model).filter(pk__in=list(versions)), records=records, unreadable=unreadable)
    changes = [
        PageChange(page_id, version, (records[page_id],) if page_id in records else ())
        for page_id, version in versions.items()
        if page_id not in unreadable
    ]
    return changes, unreadable


def _read_records(
    entries: Iterable[CatalogueEntry], *, records: dict[int, CatalogueRecord], unreadable: dict[int, str]
) -> None:
    for entry in entries:
        try:
            records[entry.pk] = entry.catalogue_record()
        except Exception as error:
            logger.exception("search index: the record of page %s cannot be made", entry.pk)
            unreadable[entry.pk] = f"{type(error).__name__}: {error}"


def _due_rows(*, consumer: str) -> list[OutboxEntry]:
    return list(OutboxEntry.objects.of(consumer=consumer).due(now=timezone.now())[:BATCH_SIZE])


def _deliver_rows(rows: list[OutboxEntry], *, writer: EngineWriter) -> Mapping[int, str]:
    """Deliver a batch and return why, by page id, for those put off.

    The versions are those read before the pages: a page that changes meanwhile stays due.
    """
    changes, refusals = read_changes(versions={row.page_id: row.version for row in rows})
    try:
        refused = writer.apply(changes)
        refusals.update({page_id: refusal.reason for page_id, refusal in refused.items()})
    except EngineError as error:
        logger.exception("search index: a batch of %s page(s) could not be written", len(changes))
        refusals.update({change.page_id: str(error) for change in changes})
    mark_delivered([row for row in rows if row.page_id not in refusals])
    for row in rows:
        if row.page_id in refusals:
            _postpone(row, reason=refusals[row.page_id])
    return refusals


def mark_delivered(rows: Iterable[OutboxEntry]) -> None:
    """Note that the engine knows these rows at the version they were read with."""
    by_version: dict[tuple[int, int], list[int]] = defaultdict(list)
    for row in rows:
        by_version[row.consumer_id, row.version].append(row.page_id)
    for (consumer, version), page_ids in by_version.items():
        OutboxEntry.objects.filter(consumer=consumer, page_id__in=page_ids, delivered_version__lt=version).update(
            delivered_version=version, attempts=0, last_error=""
        )


def _postpone(row: OutboxEntry, *, reason: str) -> None:
    delay = min(FIRST_RETRY_SECONDS * 2**row.attempts, LAST_RETRY_SECONDS)
    # A page that changed again meanwhile is due at once, whatever became of its earlier state.
    OutboxEntry.objects.filter(pk=row.pk, version=row.version).update(
        attempts=F("attempts") + 1, next_attempt_at=timezone.now() + timedelta(seconds=delay), last_error=reason[:2000]
    )
