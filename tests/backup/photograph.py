"""What a database and a folder hold, reduced to what can be compared: a count and a digest for each table and file."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

BLOCK = 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Contents:
    """How many rows (or bytes), and a digest of all of them."""

    count: int
    digest: str


def tables(connection: psycopg.Connection) -> dict[str, Contents]:
    """Return the contents of every table, read row by row in one order, so that memory stays flat."""
    names = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
    ).fetchall()
    return {name: _table(connection, name) for (name,) in names}


def counters_behind(connection: psycopg.Connection) -> list[str]:
    """Return the tables whose next identifier is already taken: the first creation would fail."""
    owned = connection.execute(
        """
        SELECT c.relname, a.attname, s.oid::regclass::text
        FROM pg_class s
        JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i') AND d.classid = 'pg_class'::regclass
        JOIN pg_class c ON c.oid = d.refobjid
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
        WHERE s.relkind = 'S' AND c.relnamespace = current_schema()::regnamespace
        """
    ).fetchall()
    behind = []
    for table, column, sequence in owned:
        query = sql.SQL("SELECT (SELECT coalesce(max({}), 0) FROM {}), last_value FROM {}").format(
            sql.Identifier(column), sql.Identifier(table), sql.SQL(sequence)
        )
        highest, last = connection.execute(query).fetchone() or (0, 0)
        if highest > last:
            behind.append(table)
    return sorted(behind)


def files(folder: Path) -> dict[str, Contents]:
    """Return the contents of every file under a folder, by its path in it."""
    return {str(path.relative_to(folder)): _file(path) for path in sorted(folder.rglob("*")) if path.is_file()}


def _table(connection: psycopg.Connection, name: str) -> Contents:
    digest, count = hashlib.sha256(), 0
    # In an order that does not depend on how either database sorts texts.
    query = sql.SQL('COPY (SELECT t::text AS line FROM {} t ORDER BY t::text COLLATE "C") TO STDOUT')
    with connection.cursor() as cursor, cursor.copy(query.format(sql.Identifier(name))) as copy:
        for block in copy:
            digest.update(block)
            count += bytes(block).count(b"\n")
    return Contents(count, digest.hexdigest())


def _file(path: Path) -> Contents:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source:
        while block := source.read(BLOCK):
            digest.update(block)
            size += len(block)
    return Contents(size, digest.hexdigest())
