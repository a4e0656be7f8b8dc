"""Migrate once, not at every run: the empty migrated SQLite database is kept, and copied into memory at each start.

The copy is made when Django opens the test database, before it migrates: ``migrate`` still runs, finds nothing left to
apply, and refreshes permissions and content types. The file is named after the contents of every migration and of
``uv.lock``: a changed migration or library means a new database from nothing. ``pytest --create-db`` ignores the file.
"""

import hashlib
import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.backends.signals import connection_created


def snapshot_path(*, folder: Path) -> Path:
    """Where the migrated database of this very code is kept, whether it is there yet or not."""
    digest = hashlib.sha256((settings.BASE_DIR / "uv.lock").read_bytes())
    for app in sorted(apps.get_app_configs(), key=lambda app: app.label):
        migrations = Path(app.path) / "migrations"
        if migrations.is_relative_to(settings.BASE_DIR) and "site-packages" not in migrations.parts:
            for migration in sorted(migrations.glob("*.py")):
                digest.update(migration.name.encode())
                digest.update(migration.read_bytes())
    return folder / f"{digest.hexdigest()[:16]}.sqlite3"


def restore_when_opened(*, snapshot: Path) -> None:
    """Copy ``snapshot`` into the in-memory test database the first time Django opens it."""

    def restore(connection: Any, **_kwargs: Any) -> None:
        if connection.vendor == "sqlite" and connection.is_in_memory_db():
            connection_created.disconnect(restore)
            with closing(sqlite3.connect(snapshot)) as source:
                source.backup(connection.connection)

    connection_created.connect(restore, weak=False)


def keep(*, connection: Any, snapshot: Path) -> None:
    """Save the migrated in-memory database for the next run, in the place of older ones."""
    if connection.vendor != "sqlite" or not connection.is_in_memory_db():
        return
    handle, name = tempfile.mkstemp(dir=snapshot.parent, suffix=".part")
    os.close(handle)
    connection.ensure_connection()
    with closing(sqlite3.connect(name)) as target:
        connection.connection.backup(target)
    for older in snapshot.parent.glob("*.sqlite3"):
        older.unlink(missing_ok=True)
    Path(name).replace(snapshot)
