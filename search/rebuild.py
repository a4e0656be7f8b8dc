import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from hub.pages.catalogue import catalogue_models, published_entries
from search.delivery import read_changes
from search.engines.base import Engine, EngineError, EngineRebuild, PageChange, Refusal
from search.marking import HeldLease, lease, note_replacement, note_rollback
from search.models import IndexConsumer, OutboxEntry
from search.outbox import register_consumer

_CHUNK = 250
# Whoever writes to the present index does it in a second or two.
_WAIT_SECONDS = 60


@dataclass(slots=True)
class RebuildReport:
    generation: str = ""
    indexed: int = 0
    caught_up: int = 0
    left_out: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Contents:
    """What the new index holds: the version it knows of each page, how many records, and what it has refused."""

    versions: dict[int, int]
    records: dict[int, int] = field(default_factory=dict)
    left_out: dict[int, tuple[int, Refusal]] = field(default_factory=dict)

    def note(self, *, change: PageChange, refusal: Refusal | None) -> None:
        if refusal is not None:
            self.leave_out(page_id=change.page_id, version=change.version, refusal=refusal)
            return
        self.left_out.pop(change.page_id, None)
        self.versions[change.page_id] = change.version
        if change.records:
            self.records[change.page_id] = len(change.records)
        else:
            self.records.pop(change.page_id, None)

    def leave_out(self, *, page_id: int, version: int, refusal: Refusal) -> None:
        self.left_out[page_id] = (version, refusal)
        if page_id not in self.records:
            self.versions.pop(page_id, None)  # known to the outbox, not to the new index


def rebuild(*, engine: Engine, progress: Callable[[int], object] = lambda _count: None) -> RebuildReport:
    """Make the index of ``engine`` anew from what is published.

    ``progress`` is told how many more entries were added. Interrupted at any moment, this leaves the present index in
    use and changes nothing. Raises ``EngineBusyError`` during another rebuild, ``EngineError`` when the engine fails,
    or when the new index does not hold what is published.
    """
    with _alone(engine) as held:
        return _rebuild(engine, held=held, progress=progress)


def rebuild_unless(
    *, engine: Engine, is_done: Callable[[], bool], progress: Callable[[int], object] = lambda _count: None
) -> RebuildReport | None:
    """Make the index anew, unless ``is_done`` once this process is alone to do it: another one just did."""
    with _alone(engine) as held:
        return None if is_done() else _rebuild(engine, held=held, progress=progress)


def roll_back(*, engine: Engine) -> int:
    """Put the index before in use again; returns how many pages it is then owed.

    Raises ``EngineBusyError`` during a rebuild, ``EngineError`` when no index was kept.
    """
    consumer = register_consumer(name=engine.name)
    with _alone(engine) as held, _certain(held):
        generation = engine.roll_back()
        return note_rollback(consumer=consumer, generation=generation)


def published_count() -> int:
    return sum(published_entries(model).count() for model in catalogue_models())


@contextlib.contextmanager
def _alone(engine: Engine) -> Iterator[HeldLease | None]:
    """Keep every other host from replacing this index; an engine of one host sees to it by itself."""
    if not engine.is_shared:
        yield None
        return
    with lease(name=f"rebuild:{engine.name}") as held:
        yield held


def _certain(held: HeldLease | None) -> contextlib.AbstractContextManager[None]:
    return contextlib.nullcontext() if held is None else held.certain()


def _rebuild(engine: Engine, *, held: HeldLease | None, progress: Callable[[int], object]) -> RebuildReport:
    consumer = register_consumer(name=engine.name)
    report = RebuildReport()
    with engine.rebuilding() as new:
        # Before the first page is read: whatever changes from here on is brought up to date below.
        contents = _Contents(dict(_versions(consumer)))
        for chunk in published_chunks(contents):
            refusals = new.add(chunk)
            for change in chunk:
                contents.note(change=change, refusal=refusals.get(change.page_id))
            report.indexed += len(chunk) - len(refusals)
            if held:
                held.renew()
            progress(len(chunk))
        # What was left out is owed: it needs a row of the outbox. The catching up tries it once more.
        owed = [OutboxEntry(page_id=page_id, consumer=consumer, version=1) for page_id in contents.left_out]
        OutboxEntry.objects.bulk_create(owed, ignore_conflicts=True)
        new.settle()
        report.caught_up += _catch_up(new, consumer=consumer, contents=contents)
        with new.exclusive(wait_seconds=_WAIT_SECONDS):
            report.caught_up += _catch_up(new, consumer=consumer, contents=contents)
            _require_everything(new, consumer=consumer, contents=contents)
            with _certain(held):
                new.publish()
                _note(consumer=consumer, generation=new.generation, contents=contents)
    report.generation = new.generation
    report.left_out = {page_id: refusal.reason for page_id, (_version, refusal) in contents.left_out.items()}
    return report


def _versions(consumer: IndexConsumer) -> Iterator[tuple[int, int]]:
    return OutboxEntry.objects.filter(consumer=consumer).values_list("page_id", "version").iterator()


def published_chunks(contents: _Contents) -> Iterator[list[PageChange]]:
    """Yield everything published, at the version the outbox has, a few pages at a time so that memory stays flat."""
    for model in catalogue_models():
        ids = iter(list(published_entries(model).values_list("pk", flat=True)))
        while page_ids := list(islice(ids, _CHUNK)):
            wanted = {page_id: contents.versions.get(page_id, 0) for page_id in page_ids}
            changes, unreadable = read_changes(versions=wanted, models=[model])
            _leave_out_unreadable(contents, unreadable=unreadable, versions=wanted)
            yield [change for change in changes if change.records]


def _catch_up(new: EngineRebuild, *, consumer: IndexConsumer, contents: _Contents) -> int:
    """Bring the pages whose version is not the one the new index knows up to date; returns how many."""
    done = 0
    changed = iter([row for row in _versions(consumer) if not _is_settled(contents, *row)])
    while batch := dict(islice(changed, _CHUNK)):
        changes, unreadable = read_changes(versions=batch)
        refusals = new.apply(changes)
        _leave_out_unreadable(contents, unreadable=unreadable, versions=batch)
        for change in changes:
            contents.note(change=change, refusal=refusals.get(change.page_id))
        done += len(changes) - len(refusals)
    return done


def _leave_out_unreadable(contents: _Contents, *, unreadable: Mapping[int, str], versions: Mapping[int, int]) -> None:
    for page_id, reason in unreadable.items():
        contents.leave_out(page_id=page_id, version=versions[page_id], refusal=Refusal(reason))


def _is_settled(contents: _Contents, page_id: int, version: int) -> bool:
    if contents.versions.get(page_id, 0) == version:
        return True
    refused_version, refusal = contents.left_out.get(page_id, (None, None))
    return refused_version == version and refusal is not None and refusal.is_final


def _require_everything(new: EngineRebuild, *, consumer: IndexConsumer, contents: _Contents) -> None:
    """Raise ``EngineError`` unless the new index holds what was brought to it, and that is what is published."""
    expected, found = sum(contents.records.values()), new.document_count()
    if found != expected:
        raise EngineError(f"le nouvel index contient {found} documents au lieu de {expected}")
    published = {pk for model in catalogue_models() for pk in published_entries(model).values_list("pk", flat=True)}
    # Read afterwards: a page that changed since it was brought has another version here, and will be delivered.
    versions = dict(_versions(consumer))
    unexplained = [
        page_id
        for page_id in published.symmetric_difference(contents.records)
        if page_id not in contents.left_out and versions.get(page_id, 0) == contents.versions.get(page_id, 0)
    ]
    if unexplained:
        raise EngineError(
            f"le nouvel index et la base ne contiennent pas les mêmes pages ({len(unexplained)} différences, "
            f"dont la page {min(unexplained)})"
        )


def _note(*, consumer: IndexConsumer, generation: str, contents: _Contents) -> None:
    try:
        note_replacement(consumer=consumer, generation=generation, known=contents.versions, left_out=contents.left_out)
    except IndexConsumer.DoesNotExist as error:
        raise EngineError(f"l’index {consumer.name} a été oublié pendant sa reconstruction") from error
