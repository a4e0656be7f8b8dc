"""Open the old database: ``python -m tests.upgrade.opening FOLDER OUTPUT``, on an empty one that settings name.

The tables are made as the old migrations left them, filled, and brought to today by ``migrate``.
"""

# ruff: noqa: PLC0415, S608 — models can be imported only once Django is set up; names of tables come from migrations

import io
import json
import lzma
import sys
import tarfile
from pathlib import Path
from typing import Any

import django


def open_tables(old: dict[str, Any]) -> None:
    """Make the tables of the old migrations, and put the old rows in the place of those that migrations write."""
    from django.core.management.color import no_style
    from django.db import connection, transaction
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    targets = [(app, name) for app, name in old["migrations"]]
    apps = executor.migrate(targets).apps
    models = {label: apps.get_model(label) for label in old["tables"]}
    with transaction.atomic(), connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model._meta.managed and not model._meta.proxy and model._meta.app_label != "wagtailsearch":
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")
        for label, model in models.items():
            fields = [model._meta.get_field(name) for name in old["tables"][label]["fields"]]
            columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
            statement = (
                f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({columns}) "
                f"VALUES ({', '.join(['%s'] * len(fields))})"
            )
            values = [
                [_stored(field, value, connection) for field, value in zip(fields, row, strict=True)]
                for row in old["tables"][label]["rows"]
            ]
            cursor.executemany(statement, values)
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models.values())):
            cursor.execute(statement)


def _stored(field: Any, value: Any, connection: Any) -> Any:
    if value is None:
        return None
    if field.get_internal_type() == "JSONField":
        return json.dumps(value, ensure_ascii=False)
    return field.get_db_prep_save(field.to_python(value), connection)


def main(folder: Path, output: Path) -> None:
    from django.conf import settings
    from django.core.management import call_command

    from tests.upgrade import photograph

    open_tables(json.loads(lzma.decompress((folder / "contents.json.xz").read_bytes())))
    call_command("migrate", verbosity=0)
    with tarfile.open(fileobj=io.BytesIO((folder / "index.tar.xz").read_bytes())) as archive:
        archive.extractall(settings.SEARCH_INDEX_DIR, filter="data")
    call_command("rebuild_search", "--if-needed", verbosity=0)
    names = json.loads(lzma.decompress((folder / "expected.json.xz").read_bytes())).get("names")
    found = photograph.contents(names=names) | {"answers": photograph.answers(), "index": photograph.index()}
    output.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    django.setup()
    main(Path(sys.argv[1]), Path(sys.argv[2]))
