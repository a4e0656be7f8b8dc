"""Changes are owed to each engine until it knows them, whatever happens in between."""

from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from initiatives.models import InitiativePage
from search import delivery
from search.delivery import deliver, has_due_changes
from search.engines.base import EngineBusyError, EngineError, PageChange, Refusal
from search.models import IndexConsumer, OutboxEntry
from search.outbox import record_changes, register_consumer, retry_set_aside
from tests.factories import InitiativePageFactory
from tests.search.conftest import titles
from tests.support.engines import search_engine

pytestmark = pytest.mark.django_db


class FailingEngine:
    """An engine on the other side of a cut cable."""

    name = "failing"
    is_shared = False
    generation = ""
    lease_seconds = 0.0

    def __init__(
        self, *, refused: Mapping[int, Refusal] | None = None, error: EngineError | None = None, busy: bool = False
    ):
        self.refused, self.error, self.busy = refused or {}, error, busy
        self.applied: list[PageChange] = []

    @contextmanager
    def writing(self, *, wait_seconds: float):  # noqa: ARG002 — the engine's interface
        if self.busy:
            raise EngineBusyError("occupé")
        yield self

    def apply(self, changes: Sequence[PageChange]) -> Mapping[int, Refusal]:
        if self.error:
            raise self.error
        self.applied.extend(change for change in changes if change.page_id not in self.refused)
        refused = {change.page_id for change in changes} & set(self.refused)
        return {page_id: self.refused[page_id] for page_id in refused}


def entry(page_id: int, consumer: str = "failing") -> OutboxEntry:
    return OutboxEntry.objects.of(consumer=consumer).get(page_id=page_id)


@pytest.fixture
def consumer() -> IndexConsumer:
    return register_consumer(name="failing")


def test_without_a_consumer_nothing_is_owed():
    record_changes(page_ids=[1, 2])
    assert not OutboxEntry.objects.exists()


def test_each_consumer_is_owed_each_change(consumer):
    register_consumer(name="other")
    record_changes(page_ids=[1, 2, 2])
    assert OutboxEntry.objects.pending().count() == 4
    deliver(engine=FailingEngine())
    assert not OutboxEntry.objects.of(consumer="failing").pending().exists()
    assert OutboxEntry.objects.of(consumer="other").pending().count() == 2


def test_a_consumer_registers_once(consumer):
    assert register_consumer(name="failing") == consumer
    with pytest.raises(IntegrityError), transaction.atomic():
        IndexConsumer.objects.create(name="failing")


def test_a_page_noted_twice_in_a_transaction_costs_nothing_more(consumer):
    record_changes(page_ids=[1])
    with CaptureQueriesContext(connection) as queries:
        record_changes(page_ids=[1])
    assert [query["sql"].split()[0] for query in queries] == ["SAVEPOINT", "RELEASE"]
    assert entry(1).version == 1


def test_a_page_that_changes_after_a_delivery_is_noted_again(consumer):
    record_changes(page_ids=[1])
    deliver(engine=FailingEngine())
    record_changes(page_ids=[1])
    assert (entry(1).version, entry(1).delivered_version) == (2, 1)


def test_what_a_savepoint_took_back_is_noted_again(consumer):
    with transaction.atomic():
        record_changes(page_ids=[1])
        transaction.set_rollback(True)
    assert not OutboxEntry.objects.exists()
    record_changes(page_ids=[1])
    assert entry(1).version == 1


def test_a_savepoint_that_ends_well_is_kept(consumer, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        with transaction.atomic():
            record_changes(page_ids=[1])
        record_changes(page_ids=[1, 2])
    assert OutboxEntry.objects.pending().count() == 2
    assert 1 <= len(callbacks) <= 2


def test_deleted_pages_keep_their_row_and_their_version_grows(site, committed):
    with committed():
        page = InitiativePageFactory()
    name, page_id = search_engine().name, page.pk
    version = entry(page_id, name).version
    with committed():
        page.delete()
    assert entry(page_id, name).version == entry(page_id, name).delivered_version > version


def test_an_engine_that_fails_is_left_alone_for_a_moment_and_nothing_is_held_against_the_pages(consumer, caplog):
    record_changes(page_ids=[1])
    report = deliver(engine=FailingEngine(error=EngineError("disque plein")))
    assert (report.delivered, report.postponed, report.stopped_by) == (0, 0, "disque plein")
    assert (entry(1).attempts, entry(1).last_error) == (0, "")
    consumer.refresh_from_db()
    assert consumer.last_error == "disque plein"
    assert 0 < (consumer.retry_at - timezone.now()).total_seconds() <= 0.5
    assert not has_due_changes(consumer="failing")
    assert deliver(engine=FailingEngine()).delivered == 0  # not yet
    IndexConsumer.objects.update(retry_at=timezone.now(), failing_since=timezone.now() - timedelta(hours=1))
    deliver(engine=FailingEngine(error=EngineError("disque plein")))
    consumer.refresh_from_db()
    assert 4 < (consumer.retry_at - timezone.now()).total_seconds() <= 5  # never longer
    assert timezone.now() - consumer.failing_since > timedelta(minutes=59)
    IndexConsumer.objects.update(retry_at=timezone.now())
    assert deliver(engine=FailingEngine()).delivered == 1
    consumer.refresh_from_db()
    assert (consumer.failing_since, consumer.retry_at, consumer.last_error) == (None, None, "")


def test_a_page_the_engine_cannot_take_now_is_tried_again_soon(consumer):
    record_changes(page_ids=[1])
    refusing = FailingEngine(refused={1: Refusal("surcharge")})
    for attempt, longest in enumerate((0.5, 1, 2, 4, 5, 5), start=1):
        assert deliver(engine=refusing).postponed == 1
        row = entry(1)
        assert (row.attempts, row.last_error) == (attempt, "surcharge")
        assert longest / 2 < (row.next_attempt_at - timezone.now()).total_seconds() <= longest
        assert not has_due_changes(consumer="failing")
        OutboxEntry.objects.update(next_attempt_at=timezone.now())
    assert deliver(engine=FailingEngine()).is_complete
    row = entry(1)
    assert (row.attempts, row.last_error, row.delivered_version) == (0, "", 1)


def test_a_page_refused_for_good_is_set_aside_until_it_changes(consumer):
    record_changes(page_ids=[1, 2])
    report = deliver(engine=FailingEngine(refused={1: Refusal("champ inconnu", is_final=True)}))
    assert (report.delivered, report.postponed, report.set_aside, report.is_complete) == (1, 0, 1, False)
    assert entry(1).last_error == "champ inconnu"
    assert not has_due_changes(consumer="failing")
    assert [row.page_id for row in OutboxEntry.objects.set_aside()] == [1]
    record_changes(page_ids=[1])
    assert (entry(1).set_aside_at, entry(1).last_error) == (None, "")
    assert deliver(engine=FailingEngine()).delivered == 1


def test_pages_set_aside_are_tried_again_when_somebody_asks(consumer):
    record_changes(page_ids=[1, 2, 3])
    refusal = Refusal("champ inconnu", is_final=True)
    deliver(engine=FailingEngine(refused={1: refusal, 2: refusal}))
    assert retry_set_aside(page_ids=[2, 3]) == 1
    assert deliver(engine=FailingEngine()).delivered == 1
    assert retry_set_aside(consumer="another") == 0
    assert retry_set_aside() == 1
    assert deliver(engine=FailingEngine()).is_complete
    assert not OutboxEntry.objects.pending().exists()


def test_what_was_written_to_an_index_replaced_meanwhile_stays_owed(consumer):
    record_changes(page_ids=[1])

    class Replaced(FailingEngine):
        def apply(self, changes):
            IndexConsumer.objects.filter(name=self.name).update(generation="neuf")
            return super().apply(changes)

    engine = Replaced()
    report = deliver(engine=engine)
    assert (len(engine.applied), report.delivered, report.is_complete) == (1, 0, False)
    assert (entry(1).delivered_version, entry(1).attempts) == (0, 0)
    assert has_due_changes(consumer="failing")


def test_a_change_made_meanwhile_is_due_at_once(consumer):
    record_changes(page_ids=[1])
    deliver(engine=FailingEngine(refused={1: Refusal("surcharge")}))
    assert not has_due_changes(consumer="failing")
    record_changes(page_ids=[1])
    assert has_due_changes(consumer="failing")


def test_one_refused_page_does_not_hold_back_the_others(consumer):
    record_changes(page_ids=[1, 2, 3])
    engine = FailingEngine(refused={2: Refusal("champ inconnu")})
    report = deliver(engine=engine)
    assert (report.delivered, report.postponed) == (2, 1)
    assert [change.page_id for change in engine.applied] == [1, 3]
    assert entry(2).last_error == "champ inconnu"


def test_a_busy_engine_is_no_failure(consumer):
    record_changes(page_ids=[1])
    report = deliver(engine=FailingEngine(busy=True))
    assert report.stopped_by
    assert (entry(1).attempts, has_due_changes(consumer="failing")) == (0, True)


def test_a_page_that_changes_during_its_delivery_stays_owed(consumer):
    record_changes(page_ids=[1])

    class Meanwhile(FailingEngine):
        def apply(self, changes):
            if not self.applied:
                OutboxEntry.objects.filter(page_id=1).update(version=2)
            return super().apply(changes)

    engine = Meanwhile()
    deliver(engine=engine)
    assert [change.version for change in engine.applied] == [1, 2]
    assert entry(1).delivered_version == 2


def test_an_unreadable_page_does_not_hold_back_the_others(site, committed, monkeypatch, caplog):
    with committed():
        good, bad = InitiativePageFactory(title="Bonne"), InitiativePageFactory(title="Mauvaise")
    whole = InitiativePage.catalogue_record

    def broken(self):
        if self.pk == bad.pk:
            raise KeyError("bloc")
        return whole(self)

    monkeypatch.setattr(InitiativePage, "catalogue_record", broken)
    record_changes(page_ids=[good.pk, bad.pk])
    report = deliver(engine=search_engine())
    assert (report.delivered, report.postponed) == (1, 1)
    assert "KeyError" in entry(bad.pk, search_engine().name).last_error
    assert titles() == {"Bonne", "Mauvaise"}  # its earlier state is still there


def test_a_delivery_has_a_time_limit_and_says_so(consumer, monkeypatch):
    monkeypatch.setattr(delivery, "BATCH_SIZE", 10)
    record_changes(page_ids=range(1, 31))
    engine = FailingEngine()
    report = deliver(engine=engine, seconds=0)
    assert (len(engine.applied), bool(report.stopped_by)) == (10, True)
    assert deliver(engine=engine).is_complete
    assert len(engine.applied) == 30


def test_publishing_never_fails_because_of_the_index(site, committed, monkeypatch, caplog):
    def broken(*_args, **_kwargs):
        raise EngineError("disque plein")

    monkeypatch.setattr("search.engines.embedded.documents.EmbeddedWriter.apply", broken)
    with committed():
        page = InitiativePageFactory(title="Bail glissant")
    assert page.live
    assert IndexConsumer.objects.get().last_error == "disque plein"
    assert titles() == set()  # it is left alone for a moment
    monkeypatch.undo()
    IndexConsumer.objects.update(retry_at=timezone.now())
    assert titles() == {"Bail glissant"}  # the next search delivers what was owed


def test_a_search_delivers_what_a_killed_process_left(site):
    InitiativePageFactory(title="Bail glissant")  # its commit was never followed by a delivery
    assert OutboxEntry.objects.pending().exists()
    assert titles() == {"Bail glissant"}


def test_noting_many_pages_takes_few_statements(consumer):
    record_changes(page_ids=range(1, 1001))
    deliver(engine=FailingEngine())
    with CaptureQueriesContext(connection) as queries:
        record_changes(page_ids=range(1, 1001))
    assert len(queries) <= 5
    assert OutboxEntry.objects.pending().count() == 1000
