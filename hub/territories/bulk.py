"""Writing hundreds of thousands of narrow rows at once."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, cast

from django.db import connections, models, router

DELETE_SIZE = 500  # SQLite takes 999 values in one statement


def insert_rows(*, model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Insert ``rows``, whose values follow ``columns`` (names in the database), without building model instances.

    Ten times faster and lighter than ``bulk_create``; values are passed as they are, and no signal is sent.
    """
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    places = ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({places})"  # noqa: S608 — names of our own models
    with connection.cursor() as cursor:
        cursor.executemany(statement, cast("Any", rows))  # the stubs ask for a list; an iterator will do


def delete_rows(*, model: type[models.Model], ids: Iterable[int]) -> None:
    """Delete the rows of these primary keys, a batch at a time."""
    for batch in _batches(ids):
        model._default_manager.filter(pk__in=batch).delete()


def refresh_statistics(*, model: type[models.Model]) -> None:
    """Tell the database's planner about a table that has just been filled, instead of waiting until it notices."""
    connection = connections[router.db_for_write(model)]
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def _batches(values: Iterable[int]) -> Iterator[list[int]]:
    iterator = iter(values)
    while batch := list(islice(iterator, DELETE_SIZE)):
        yield batch
