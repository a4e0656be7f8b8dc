"""Name in French the workflow that Wagtail creates in English, « Moderators approval », where nobody has named it."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ENGLISH, FRENCH = "Moderators approval", "Relecture avant publication"
MODELS = ("Workflow", "Task")


def _rename(apps: Apps, *, before: str, after: str) -> None:
    for model in MODELS:
        apps.get_model("wagtailcore", model).objects.filter(name=before).update(name=after)


def name_in_french(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    _rename(apps, before=ENGLISH, after=FRENCH)


def name_in_english(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    _rename(apps, before=FRENCH, after=ENGLISH)


class Migration(migrations.Migration):
    dependencies = [("pages", "0001_initial"), ("wagtailcore", "0098_apitoken")]

    operations = [migrations.RunPython(name_in_french, name_in_english)]
