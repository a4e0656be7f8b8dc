"""What visitors were looking for; and Dihal's reviewers read it, and the report on the search.

Rights are written under the names Django itself gives them after the migrations, when it finds them there.
"""

from typing import Any

import django.utils.timezone
from django.db import migrations, models

GROUPS = ("Relecture Dihal", "Moderators")
PERMISSIONS = {
    "unansweredsearch": ("recherche sans réponse", ("view", "change", "delete")),
    "indexconsumer": ("index de recherche", ("view",)),
}


def grant(apps: Any, _schema_editor: Any) -> None:
    """Give the rights to the groups of Dihal; a group that does not exist is not created."""
    groups = list(apps.get_model("auth", "Group").objects.filter(name__in=GROUPS))
    for model, (label, actions) in PERMISSIONS.items():
        content_type, _created = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
            app_label="search", model=model
        )
        for action in actions:
            permission, _created = apps.get_model("auth", "Permission").objects.get_or_create(
                content_type=content_type, codename=f"{action}_{model}", defaults={"name": f"Can {action} {label}"}
            )
            for group in groups:
                group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("search", "0003_thesaurus"),
        ("accounts", "0003_reviewers_rights"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.CreateModel(
            name="UnansweredSearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(max_length=500, verbose_name="ce qui était cherché")),
                ("query", models.CharField(blank=True, max_length=200, verbose_name="mots de la recherche")),
                ("filters", models.TextField(blank=True, verbose_name="filtres")),
                ("querystring", models.TextField(blank=True, verbose_name="adresse de la recherche")),
                (
                    "created_at",
                    models.DateTimeField(db_index=True, default=django.utils.timezone.now, verbose_name="reçue le"),
                ),
                (
                    "is_handled",
                    models.BooleanField(
                        default=False,
                        help_text="Une fiche a été demandée, un mot ajouté au thésaurus… ou il n’y avait rien à faire.",
                        verbose_name="traitée",
                    ),
                ),
            ],
            options={
                "verbose_name": "recherche sans réponse",
                "verbose_name_plural": "recherches sans réponse",
                "ordering": ["is_handled", "-created_at", "-pk"],
            },
        ),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
