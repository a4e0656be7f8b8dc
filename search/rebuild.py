"""Making an index anew from the database, while the present one goes on answering."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from django.utils import timezone

from hub.pages.catalogue import catalogue_models, published_entries
from search.delivery import mark_delivered, read_changes
from search.engines.base import Engine, EngineRebuild, PageChange
from search.models import IndexConsumer, OutboxEntry
from search.outbox import register_consumer
from search.querysets import OutboxEntryQuerySet

_CHUNK = 250
# Whoever writes to the present index does it in a second or two.
_WAIT_SECONDS = 60


@dataclass(slots=True)
class RebuildReport:
    """What a rebuild did: entries indexed, changes caught up with, and pages left out with the reason."""

    generation: str = ""
    indexed: int = 0
    caught_up: int = 0
    left_out: dict[int, str] = field(default_factory=dict)


def rebuild(*, engine: Engine, progress: Callable[[int], object] = lambda _count: None) -> RebuildReport:
    """Make the index of ``engine`` anew from what is published.

    ``progress`` is told how many more entries were added. Interrupted at any moment, this leaves the present index in
    use and changes nothing. Raises ``EngineBusyError`` during another rebuild, ``EngineError`` when the engine fails.
    """
    consumer = register_consumer(name=engine.name)
    report = RebuildReport()
    with engine.rebuilding() as new:
        # Before the first page is read: whatever changes from here on is brought up to date below.
        versions = dict(_rows(consumer).values_list("page_id", "version"))
        for chunk in published_chunks(report, versions=versions):
            refusals = new.add(chunk)
            report.left_out.update({page_id: refusal.reason for page_id, refusal in refusals.items()})
            report.indexed += len(chunk) - len(refusals)
            progress(len(chunk))
        new.settle()
        _catch_up(new, consumer=consumer, versions=versions, report=report)
        with new.exclusive(wait_seconds=_WAIT_SECONDS):
            _catch_up(new, consumer=consumer, versions=versions, report=report)
            new.publish()
            _note(consumer=consumer, generation=new.generation, versions=versions)
    report.generation = new.generation
    return report


def published_count() -> int:
    """Return how many entries a rebuild would index."""
    return sum(published_entries(model).count() for model in catalogue_models())


def _rows(consumer: IndexConsumer) -> OutboxEntryQuerySet:
    return OutboxEntry.objects.of(consumer=consumer.name)


def published_chunks(report: RebuildReport, *, versions: Mapping[int, int]) -> Iterator[list[PageChange]]:
    """Yield everything published, at its version in ``versions``, a few pages at a time so that memory stays flat."""
    for model in catalogue_models():
        ids = iter(list(published_entries(model).values_list("pk", flat=True)))
        while page_ids := list(islice(ids, _CHUNK)):
            wanted = {page_id: versions.get(page_id, 0) for page_id in page_ids}
            changes, unreadable = read_changes(versions=wanted, models=[model])
            report.left_out.update(unreadable)
            yield [change for change in changes if change.records]


def _catch_up(new: EngineRebuild, *, consumer: IndexConsumer, versions: dict[int, int], report: RebuildReport) -> None:
    """Bring the pages whose version is no longer the one in ``versions`` to the new index, and note it there."""
    current = _rows(consumer).values_list("page_id", "version")
    changed = iter([(page_id, version) for page_id, version in current if versions.get(page_id, 0) != version])
    while batch := dict(islice(changed, _CHUNK)):
        changes, unreadable = read_changes(versions=batch)
        refused = {page_id: refusal.reason for page_id, refusal in new.apply(changes).items()}
        refusals = {**unreadable, **refused}
        report.left_out.update(refusals)
        report.caught_up += len(batch) - len(refusals)
        versions.update({page_id: version for page_id, version in batch.items() if page_id not in refusals})


def _note(*, consumer: IndexConsumer, generation: str, versions: dict[int, int]) -> None:
    """Record that the new index is in use, and knows these versions."""
    pending = list(_rows(consumer).pending())
    for row in pending:
        row.version = versions.get(row.page_id, 0)
    mark_delivered(pending)
    now = timezone.now()
    IndexConsumer.objects.filter(pk=consumer.pk).update(generation=generation, rebuilt_at=now, last_seen_at=now)
