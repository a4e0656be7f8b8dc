"""Queries that Django writes once a process: for a few rows, writing one takes ten times as long as running it."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet


def place(name: str) -> str:
    """Return what stands in a statement for a value that changes: a text that no field holds."""
    return f"\0{name}"


class Statement:
    """Rows that are read again and again: ``write`` returns a ``values_list`` with a ``place`` for what changes.

    For fields of text, and columns that need no conversion only: SQLite says 0 and 1 for False and True.
    """

    def __init__(self, write: Callable[[], QuerySet[Any, Any]]) -> None:
        self._write = write
        self._written = lru_cache(maxsize=2)(self._write_for)

    def rows(self, values: Mapping[str, str] | None = None) -> list[tuple[Any, ...]]:
        sql, params = self._written(connection.vendor)
        given = values or {}
        filled = [given[param[1:]] if isinstance(param, str) and param.startswith("\0") else param for param in params]
        with connection.cursor() as cursor:
            cursor.execute(sql, filled)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def _write_for(self, vendor: str) -> tuple[str, tuple[Any, ...]]:
        del vendor  # each writes SQL in its own way
        sql, params = self._write().query.sql_with_params()
        return sql, tuple(params)


def places(name: str, *, count: int) -> list[str]:
    """Return the places of a list of ``count`` values at most (``field__in``)."""
    return [place(f"{name} {rank}") for rank in range(count)]


def fill(name: str, values: Sequence[str], *, count: int) -> dict[str, str]:
    """Return what to put in the ``places`` of a list; those left over get an empty text, which no row may have."""
    filled = [*values, *[""] * (count - len(values))]
    return {f"{name} {rank}": value for rank, value in enumerate(filled)}
