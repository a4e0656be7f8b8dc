"""Workers and requests that deliver at the same time, hosts that disappear, engines that fail beside others."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from search import delivery, worker
from search.delivery import deliver
from search.models import IndexConsumer, OutboxEntry
from search.outbox import forget_absent_consumers, record_changes, register_consumer, worker_is_at_work
from search.rebuild import rebuild
from search.status import needs_rebuild
from search.worker import follow
from tests.factories import InitiativePageFactory, build_home
from tests.search.memory_engine import MemoryEngine
from tests.support.engines import search_engine

several_writers = pytest.mark.skipif(
    not connection.features.has_select_for_update, reason="SQLite has one writer at a time"
)


def in_threads(actions: list[Callable[[], object]]) -> None:
    """Do these at the same time, each on a connection of its own; fail if one fails."""
    failures: list[BaseException] = []

    def run(action: Callable[[], object]) -> None:
        try:
            action()
        except Exception as error:  # noqa: BLE001 — told to the test
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []


def wait_for(condition: Callable[[], bool], *, seconds: float = 15.0) -> None:
    """Return when ``condition`` is true; fail when it never is."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


def owed(name: str) -> int:
    return OutboxEntry.objects.of(consumer=name).owed().count()


# --- several at once --------------------------------------------------------------------------------------------------


@several_writers
@pytest.mark.django_db(transaction=True)
def test_workers_share_the_work_and_no_page_is_delivered_twice(monkeypatch):
    monkeypatch.setattr(delivery, "BATCH_SIZE", 10)
    server = MemoryEngine()
    rebuild(engine=server)
    record_changes(page_ids=range(1, 201))
    by_thread: Counter[int] = Counter()
    write = server.write

    def slow_write(generation, changes):
        by_thread[threading.get_ident()] += len(changes)
        time.sleep(0.02)
        return write(generation, changes)

    server.write = slow_write
    in_threads([lambda: deliver(engine=server)] * 3)
    assert owed("server") == 0
    assert set(server.writes.values()) == {1}
    assert len(by_thread) == 3


@several_writers
@pytest.mark.django_db(transaction=True)
def test_an_editor_never_waits_for_a_delivery_that_waits_for_the_server():
    server = MemoryEngine()
    rebuild(engine=server)
    record_changes(page_ids=[1])
    writing, changed = threading.Event(), threading.Event()

    def frozen_server():
        writing.set()
        assert changed.wait(20), "the editor waited"

    server.at["apply"] = frozen_server

    def edit():
        assert writing.wait(20)
        record_changes(page_ids=[1])
        changed.set()

    in_threads([lambda: deliver(engine=server), edit])
    assert server.indexes[server.current][1].version == 2
    assert owed("server") == 0


@several_writers
@pytest.mark.django_db(transaction=True)
def test_a_delivery_never_waits_for_an_editor_whose_transaction_is_long():
    server = MemoryEngine()
    rebuild(engine=server)
    record_changes(page_ids=[1, 2])
    editing, delivered = threading.Event(), threading.Event()

    def begin_editing():
        editing_thread.start()
        assert editing.wait(20)

    def long_transaction():
        with transaction.atomic():
            record_changes(page_ids=[1])
            editing.set()
            assert delivered.wait(20), "the delivery waited"
        connection.close()

    editing_thread = threading.Thread(target=long_transaction)
    server.at["applied"] = begin_editing  # between the write and its note
    report = deliver(engine=server)
    delivered.set()
    editing_thread.join(20)
    assert report.delivered == 2
    assert owed("server") == 1  # page 1, whose new version is due
    deliver(engine=server)
    assert owed("server") == 0


@several_writers
@pytest.mark.django_db(transaction=True)
def test_edits_deliveries_and_rebuilds_at_once_neither_deadlock_nor_lose_anything():
    server = MemoryEngine()
    rebuild(engine=server)
    stop = threading.Event()

    def edit(pages: list[int]) -> None:
        for _ in range(15):
            record_changes(page_ids=pages)
        time.sleep(0.2)

    def work() -> None:
        while not stop.is_set():
            deliver(engine=server)
            time.sleep(0.01)

    workers = [threading.Thread(target=lambda: (work(), connection.close())) for _ in range(2)]
    for thread in workers:
        thread.start()
    forwards, backwards = list(range(1, 101)), list(range(60, 160))[::-1]
    try:
        in_threads(
            [
                lambda: edit(forwards),
                lambda: edit(backwards),
                lambda: [rebuild(engine=server) for _ in range(5)],
            ]
        )
        wait_for(lambda: owed("server") == 0)
    finally:
        stop.set()
        for thread in workers:
            thread.join(20)
    known = {page_id: change.version for page_id, change in server.indexes[server.current].items()}
    for row in OutboxEntry.objects.all():
        assert row.version == row.delivered_version
        assert known.get(row.page_id, row.version) == row.version


# --- the worker -------------------------------------------------------------------------------------------------------


@pytest.fixture
def followed(monkeypatch: pytest.MonkeyPatch, own_search_index: Path) -> MemoryEngine:
    """A server, with the embedded engine of this host as its stand-by."""
    server = MemoryEngine()
    standby = search_engine()
    for module in (worker, delivery):
        monkeypatch.setattr(module, "engines", lambda: (server, standby))
    return server


@several_writers
@pytest.mark.django_db(transaction=True)
def test_the_worker_follows_every_engine_through_a_failure_of_one(followed):
    build_home()
    stop = threading.Event()
    complaints: list[str] = []

    def follow_then_close() -> None:
        follow(interval=0.05, stop=stop, say=lambda _text: None, complain=complaints.append)
        connection.close()

    thread = threading.Thread(target=follow_then_close)
    thread.start()
    try:
        wait_for(lambda: IndexConsumer.objects.exclude(rebuilt_at=None).count() == 2)
        followed.is_away = True
        InitiativePageFactory(title="Pendant la panne")
        wait_for(lambda: search_engine().document_count() == 1)
        wait_for(lambda: bool(complaints))
        time.sleep(1)
        assert IndexConsumer.objects.get(name="server").failing_since is not None
        assert complaints[0] == "server : le serveur ne répond pas"
        followed.is_away = False
        wait_for(lambda: followed.titles == {"Pendant la panne"}, seconds=10)
        wait_for(lambda: IndexConsumer.objects.get(name="server").failing_since is None)
        for name in ("server", search_engine().name):
            assert IndexConsumer.objects.get(name=name).worker_seen_at is not None
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()


@pytest.mark.django_db
def test_a_publication_reaches_each_engine_whichever_fails(followed, committed):
    build_home()
    rebuild(engine=followed)
    rebuild(engine=search_engine())
    followed.is_away = True
    with committed():
        InitiativePageFactory(title="Panne du serveur")
    assert search_engine().document_count() == 1
    followed.is_away = False
    IndexConsumer.objects.update(retry_at=None)
    with committed():
        InitiativePageFactory(title="Tout va bien")
    assert followed.titles == {"Panne du serveur", "Tout va bien"}
    assert search_engine().document_count() == 2


@pytest.mark.django_db
def test_a_server_known_to_fail_is_not_asked_by_each_request(followed, committed, caplog):
    build_home()
    rebuild(engine=followed)
    followed.is_away = True
    with committed():
        InitiativePageFactory()
    (known,) = IndexConsumer.objects.exclude(retry_at=None)
    assert known.name == followed.name
    # However long the rest of the test takes.
    IndexConsumer.objects.filter(pk=known.pk).update(retry_at=known.retry_at + timedelta(minutes=1))
    asked = []
    followed.answer = lambda: asked.append(1)
    with committed():
        InitiativePageFactory()
    assert asked == []


# --- hosts that disappear ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_host_that_nobody_sees_is_forgotten_and_comes_back_as_a_stranger(home):
    server = MemoryEngine(name="embedded:old-host")
    rebuild(engine=server)
    register_consumer(name="embedded:here")
    register_consumer(name="embedded:recent")
    long_ago = timezone.now() - timedelta(days=15)
    IndexConsumer.objects.exclude(name="embedded:recent").update(last_seen_at=long_ago)
    record_changes(page_ids=[1, 2])
    assert forget_absent_consumers(max_age=timedelta(days=14), keep=["embedded:here"]) == ["embedded:old-host"]
    assert set(IndexConsumer.objects.values_list("name", flat=True)) == {"embedded:here", "embedded:recent"}
    assert OutboxEntry.objects.count() == 4
    assert needs_rebuild(engine=server)
    assert forget_absent_consumers(max_age=timedelta(days=14), keep=["embedded:here"]) == []


@pytest.mark.django_db
def test_a_host_that_never_delivered_is_forgotten_after_as_long(settings):
    settings.SEARCH_CONSUMER_MAX_ABSENCE_DAYS = 1
    register_consumer(name="embedded:never")
    call_command("sync_search", forget_absent=True)
    assert IndexConsumer.objects.exists()
    IndexConsumer.objects.update(registered_at=timezone.now() - timedelta(days=2))
    call_command("sync_search", forget_absent=True)
    assert not IndexConsumer.objects.exists()


@pytest.mark.django_db
def test_a_worker_shows_that_it_is_alive_without_writing_at_each_pass():
    consumer = register_consumer(name="one")
    worker_is_at_work(name="one")
    consumer.refresh_from_db()
    first = consumer.worker_seen_at
    worker_is_at_work(name="one")
    consumer.refresh_from_db()
    assert consumer.worker_seen_at == consumer.last_seen_at == first
    IndexConsumer.objects.update(worker_seen_at=timezone.now() - timedelta(minutes=1))
    worker_is_at_work(name="one")
    consumer.refresh_from_db()
    assert consumer.worker_seen_at > first
