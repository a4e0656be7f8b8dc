"""Things that several people do at the same moment, on a database that serves more than one at a time."""

import threading
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from django.db import connection, transaction

LIMIT = 10.0  # seconds
# Not pg_stat_activity, which a transaction reads once and for all.
_BLOCKED = "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"


def need_postgresql() -> None:
    """Skip the test on SQLite, which serves one writer at a time; continuous integration runs it on PostgreSQL."""
    if connection.vendor != "postgresql":
        pytest.skip("plusieurs à la fois : sur PostgreSQL seulement (make ci)")


def at_once(*acts: Callable[[], Any], holding: Callable[[], object]) -> list[Any]:
    """Do every act in a thread of its own, and return what each returned, or raised.

    ``holding`` locks a row that all of them need. Each act is begun once the former waits for that row; only then is it
    let go: all are half way at the same moment, and are served in their order.
    """
    found: list[Any] = [None] * len(acts)

    def run(number: int) -> None:
        with closing(connection):
            try:
                found[number] = acts[number]()
            except Exception as error:  # noqa: BLE001 — told to the test
                found[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    with transaction.atomic():
        holding()
        for count, thread in enumerate(threads, start=1):
            thread.start()
            _wait(lambda count=count, thread=thread: _blocked() >= count or not thread.is_alive())  # type: ignore[misc]
            assert thread.is_alive(), f"act {count} needed nothing of what was held: {found[count - 1]!r}"
    for thread in threads:
        thread.join(LIMIT)
        assert not thread.is_alive()
    return found


def _blocked() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_BLOCKED)
        return int(cursor.fetchone()[0])


def _wait(until: Callable[[], bool]) -> None:
    end = time.monotonic() + LIMIT
    while not until():
        assert time.monotonic() < end, "nobody waits"
        time.sleep(0.02)
