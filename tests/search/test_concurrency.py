"""Transactions that note changes at the same time, on a database that lets them."""

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from search.models import IndexConsumer, OutboxEntry
from search.outbox import record_changes, register_consumer

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not connection.features.has_select_for_update, reason="SQLite has one writer at a time"),
]


def in_thread(action: Callable[[], None], failures: list[BaseException]) -> threading.Thread:
    def run() -> None:
        try:
            action()
        except Exception as error:  # noqa: BLE001 — told to the test
            failures.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_large_changes_that_overlap_wait_for_each_other_and_lose_nothing():
    register_consumer(name="one")
    register_consumer(name="two")
    failures: list[BaseException] = []

    def note(pages: list[int]) -> None:
        for _ in range(10):
            record_changes(page_ids=pages)

    forwards, backwards = list(range(1, 301)), list(range(300, 0, -1))
    threads = [in_thread(lambda pages=pages: note(pages), failures) for pages in (forwards, backwards, forwards)]
    for thread in threads:
        thread.join()
    assert failures == []
    assert set(OutboxEntry.objects.values_list("version", flat=True)) == {30}
    assert OutboxEntry.objects.count() == 600


def test_an_engine_registers_only_when_those_who_did_not_know_it_are_done():
    IndexConsumer.objects.create(name="old")
    noted, registered = threading.Event(), threading.Event()
    failures: list[BaseException] = []

    def long_transaction() -> None:
        with transaction.atomic():
            record_changes(page_ids=[1])
            noted.set()
            time.sleep(0.5)
            assert not registered.is_set()

    def register() -> None:
        noted.wait(10)
        register_consumer(name="new")
        registered.set()

    threads = [in_thread(long_transaction, failures), in_thread(register, failures)]
    for thread in threads:
        thread.join()
    assert failures == []
    record_changes(page_ids=[1])
    assert OutboxEntry.objects.of(consumer="new").count() == 1
