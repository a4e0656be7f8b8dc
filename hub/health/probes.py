"""What every page needs: a database that answers, in the shape this version of the hub expects."""

from functools import lru_cache

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from hub.health.enums import Light
from hub.health.registry import Reading


def database_probe() -> Reading:
    """Ask the database for a row. Raises ``OperationalError`` when it does not answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return Reading(Light.OK, "la base de données répond")


def migrations_probe() -> Reading:
    """Compare the last migration of each app with those the database had. Costs one query.

    A database ahead of this process is no fault: a release migrates before it restarts the servers.
    """
    missing = _last_migrations() - set(MigrationRecorder(connection).applied_migrations())
    if missing:
        return Reading(Light.DOWN, f"migrations à appliquer dans {len(missing)} application(s)")
    return Reading(Light.OK, "toutes les migrations sont appliquées")


@lru_cache(maxsize=1)
def _last_migrations() -> frozenset[tuple[str, str]]:
    # Reading them off the disk takes a tenth of a second, and they cannot change while the process runs.
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return frozenset((app, name) for app, name in loader.graph.leaf_nodes())
