import logging
import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.utils import timezone

from hub.pages.catalogue import CatalogueEntry, catalogue_models, published_entries
from search.asking import Throttle
from search.engines.base import Engine, EngineBusyError, EngineError, EngineNotReadyError, EngineWriter, PageChange
from search.engines.selection import engines
from search.marking import conclude, give_back, note_answer, note_failure, take_due_rows
from search.models import IndexConsumer, OutboxEntry

logger = logging.getLogger(__name__)

# An import of hundreds of pages beside an index to be rebuilt has one thing to say, not hundreds.
_warning_throttle = Throttle(seconds=60)

BATCH_SIZE = 250
# A request that publishes waits this long at most for every engine to know; the rest is delivered by the next searches,
# or by sync_search.
REQUEST_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    delivered: int = 0
    postponed: int = 0
    set_aside: int = 0
    stopped_by: str = ""

    @property
    def is_complete(self) -> bool:
        return not (self.postponed or self.set_aside or self.stopped_by)


@dataclass(slots=True)
class _Outcome:
    """What became of rows: ``untouched`` ones, or ``being_changed`` (ids) belong to whoever changes them."""

    delivered: int = 0
    postponed: int = 0
    set_aside: int = 0
    being_changed: list[int] = field(default_factory=list)
    untouched: list[OutboxEntry] = field(default_factory=list)

    def add(self, other: "_Outcome") -> None:
        self.delivered += other.delivered
        self.postponed += other.postponed
        self.set_aside += other.set_aside
        self.being_changed += other.being_changed


def has_due_changes(*, consumer: str) -> bool:
    """Whether something waits to be delivered now, to an engine that did not just fail. One short query."""
    now = timezone.now()
    consumers = IndexConsumer.objects.filter(name=consumer).answering(now=now)
    return OutboxEntry.objects.filter(consumer__in=consumers).due(now=now).exists()


def deliver(*, engine: Engine, seconds: float | None = None, wait_seconds: float = 5.0) -> DeliveryReport:
    """Bring every due change to ``engine``, or as many as ``seconds`` allow.

    Never raises for what an engine does: what could not be delivered stays in the outbox with the reason, and is tried
    again later. ``wait_seconds`` is how long another writer is waited for. An engine that failed a moment ago is left
    alone.
    """
    if not has_due_changes(consumer=engine.name):
        return DeliveryReport()
    for _, scheduled in _scheduled():
        scheduled.page_ids.clear()  # a page that changes again in this transaction must be noted again
    consumer = IndexConsumer.objects.get(name=engine.name)
    total = _Outcome()
    stopped_by = ""
    try:
        with engine.writing(wait_seconds=wait_seconds) as writer:
            stopped_by = _deliver_batches(
                consumer=consumer, writer=writer, seconds=math.inf if seconds is None else seconds, total=total
            )
        note_answer(consumer=consumer)
    except (EngineBusyError, EngineNotReadyError) as error:
        stopped_by = str(error)
    except EngineError as error:
        # Nothing is held against the pages: the engine as a whole does not work.
        if _warning_throttle.allows():
            logger.exception("search index: %s does not take changes", engine.name)
        note_failure(name=engine.name, error=error)
        stopped_by = str(error)
    return DeliveryReport(total.delivered, total.postponed, total.set_aside, stopped_by)


def _deliver_batches(*, consumer: IndexConsumer, writer: EngineWriter, seconds: float, total: _Outcome) -> str:
    """Deliver batch after batch, adding to ``total``; return why it stopped before the end, if it did."""
    deadline = time.monotonic() + seconds
    while True:
        until = time.monotonic() + (writer.lease_seconds or math.inf)
        lease_seconds, leaving_out = writer.lease_seconds, total.being_changed
        rows = take_due_rows(consumer=consumer, size=BATCH_SIZE, lease_seconds=lease_seconds, leaving_out=leaving_out)
        if not rows:
            return ""
        try:
            outcome = _deliver_rows(rows, consumer=consumer, writer=writer, until=until)
        except EngineError:
            if writer.lease_seconds:
                give_back(rows)
            raise
        total.add(outcome)
        if outcome.untouched:
            if writer.lease_seconds:
                give_back(outcome.untouched)
            return "l’index a été remplacé entre-temps, ou ce processus a été suspendu"
        if time.monotonic() >= deadline:
            return "temps imparti écoulé" if has_due_changes(consumer=consumer.name) else ""


class _ScheduledDelivery:
    """A delivery to come, when the transaction is committed, and the pages it was asked for."""

    def __init__(self, page_ids: Iterable[int]) -> None:
        self.page_ids = set(page_ids)

    def run(self) -> None:
        deadline = time.monotonic() + REQUEST_SECONDS
        # The index of this host first: nothing but its own disk can make it wait.
        for engine in sorted(engines(), key=lambda engine: engine.is_shared):
            left = deadline - time.monotonic()
            if left <= 0:
                return
            report = deliver(engine=engine, seconds=left, wait_seconds=left)
            if not report.is_complete and _warning_throttle.allows():
                logger.warning(
                    "search index: %s: %s page(s) put off, %s set aside, %s",
                    engine.name,
                    report.postponed,
                    report.set_aside,
                    report.stopped_by or "see the outbox",
                )


def schedule_delivery(*, page_ids: Iterable[int]) -> None:
    """Have these pages delivered, within the request, once the transaction is committed; at once without one."""
    here = set(connection.savepoint_ids)
    for savepoints, delivery in _scheduled():
        if savepoints == here:
            delivery.page_ids.update(page_ids)
            return
    # A method, which has the name that Django wants to write when it fails: an object that is called has none.
    transaction.on_commit(_ScheduledDelivery(page_ids).run, robust=True)


def noted_pages() -> set[int]:
    """Return the pages the current transaction has noted for sure: in this savepoint or in one around it."""
    here = set(connection.savepoint_ids)
    return {page_id for savepoints, delivery in _scheduled() if savepoints <= here for page_id in delivery.page_ids}


def _scheduled() -> list[tuple[set[str], _ScheduledDelivery]]:
    # Django's own list: it forgets, as it must, what a savepoint that is rolled back had asked for.
    asked = ((entry[0], getattr(entry[1], "__self__", None)) for entry in connection.run_on_commit)
    return [(savepoints, found) for savepoints, found in asked if isinstance(found, _ScheduledDelivery)]


def read_changes(
    *, versions: Mapping[int, int], models: Iterable[type[CatalogueEntry]] | None = None
) -> tuple[list[PageChange], dict[int, str]]:
    """Return what each page of ``versions`` (page id → version) is now in the catalogue, read from the database.

    ``models`` are the page types to look among, all by default. Pages whose record cannot be made are given apart, with
    the reason.
    """
    records = {}
    unreadable: dict[int, str] = {}
    for model in catalogue_models() if models is None else models:
        for entry in published_entries(model).filter(pk__in=list(versions)):
            try:
                records[entry.pk] = entry.catalogue_record()
            except Exception as error:
                logger.exception("search index: the record of page %s cannot be made", entry.pk)
                unreadable[entry.pk] = f"{type(error).__name__}: {error}"
    changes = [
        PageChange(page_id, version, (records[page_id],) if page_id in records else ())
        for page_id, version in versions.items()
        if page_id not in unreadable
    ]
    return changes, unreadable


def _deliver_rows(rows: list[OutboxEntry], *, consumer: IndexConsumer, writer: EngineWriter, until: float) -> _Outcome:
    """Deliver a batch, before the monotonic time ``until``.

    The versions are those read before the pages: a page that changes meanwhile stays due. Raises ``EngineError``.
    """
    changes, unreadable = read_changes(versions={row.page_id: row.version for row in rows})
    if time.monotonic() >= until:
        # Frozen for so long that others have been given these pages: what was read may be old.
        return _Outcome(untouched=rows)
    refusals = writer.apply(changes)
    noted = conclude(rows, consumer=consumer, generation=writer.generation, refusals=refusals, unreadable=unreadable)
    if noted is None:
        return _Outcome(untouched=rows)
    failed = [row for row in rows if row.page_id in unreadable or row.page_id in refusals]
    aside = [row for row in failed if row.page_id in refusals and refusals[row.page_id].is_final]
    return _Outcome(
        delivered=len(rows) - len(failed),
        postponed=len(failed) - len(aside),
        set_aside=len(aside),
        being_changed=[row.pk for row in rows if row.pk not in noted],
    )
