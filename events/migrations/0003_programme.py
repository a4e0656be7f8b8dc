"""A programme of its own; what is written today of a workshop still to come is its programme, not its recap."""

import django.utils.timezone
from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F, Q, TextField
from django.db.models.functions import Cast

import hub.pages.fields

EMPTY = {"", "[]", "null", None}


def _move(apps: Apps, *, source: str, target: str) -> None:
    """Exchange two contents where only the first holds something: raw, as the blocks are not known here."""
    today = django.utils.timezone.localdate()
    pages, revisions = (
        apps.get_model("events", "WorkshopPage").objects,
        apps.get_model("wagtailcore", "Revision").objects,
    )
    announced = (
        pages.filter(Q(starts_on__gte=today) | Q(ends_on__gte=today))
        .annotate(full=Cast(source, TextField()), free=Cast(target, TextField()))
        .values_list("pk", "latest_revision", "full", "free")
    )
    for pk, latest_revision, full, free in list(announced):
        if full not in EMPTY and free in EMPTY:
            pages.filter(pk=pk).update(**{target: F(source), source: F(target)})
        # The draft that the editor will open says the same; older versions stay as they were.
        draft = revisions.filter(pk=latest_revision).first()
        if draft and draft.content.get(source) not in EMPTY and draft.content.get(target) in EMPTY:
            draft.content = {**draft.content, target: draft.content[source], source: "[]"}
            draft.save(update_fields=["content"])


def tell_apart(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    _move(apps, source="body", target="programme")


def put_back(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    _move(apps, source="programme", target="body")


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0002_less_than"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [
        migrations.AddField(
            model_name="workshoppage",
            name="programme",
            field=hub.pages.fields.ContentField(
                blank=True,
                help_text="Ce qui est annoncé avant l’atelier. Il reste lisible ensuite, replié, sous le compte rendu.",
                verbose_name="programme",
            ),
        ),
        migrations.AlterField(
            model_name="workshoppage",
            name="body",
            field=hub.pages.fields.ContentField(
                blank=True,
                help_text=(
                    "Ce qui s’est dit. Sans lui ni texte de séquence, un atelier passé est « Compte rendu à venir »."
                ),
                verbose_name="compte rendu",
            ),
        ),
        migrations.RunPython(tell_apart, put_back),
    ]
