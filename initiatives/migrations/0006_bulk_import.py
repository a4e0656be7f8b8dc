"""Imports of sheets made from the administration, and who may make them."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GROUPS = ("Relecture Dihal", "Moderators", "Editors")


def grant(apps: Any, _schema_editor: Any) -> None:
    """Let the groups of Dihal import sheets; a group that does not exist is not created.

    The right is written under the name Django itself gives it after the migrations, when it finds it there.
    """
    content_type, _created = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="initiatives", model="bulkimport"
    )
    permission, _created = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename="add_bulkimport", defaults={"name": "Can add import de fiches"}
    )
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GROUPS):
        group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("initiatives", "0005_upkeep"),
        ("vocabulary", "0002_organisation_is_proposed"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BulkImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file_name", models.CharField(max_length=255, verbose_name="fichier")),
                ("is_to_submit", models.BooleanField(default=False, verbose_name="envoyer en relecture")),
                (
                    "phase",
                    models.CharField(
                        choices=[
                            ("checking", "Vérification en cours"),
                            ("checked", "Vérifié, rien n’est encore écrit"),
                            ("importing", "Import en cours"),
                            ("done", "Terminé"),
                        ],
                        default="checking",
                        max_length=10,
                        verbose_name="étape",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="envoyé le")),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="vocabulary.organisation",
                        verbose_name="structure des lignes qui n’en nomment pas",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "import de fiches",
                "verbose_name_plural": "imports de fiches",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="ImportLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="ligne")),
                ("content", models.TextField()),
                ("identity", models.CharField(blank=True, max_length=150)),
                ("external_id", models.CharField(blank=True, max_length=120, verbose_name="identifiant")),
                ("title", models.CharField(blank=True, max_length=255, verbose_name="titre")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("created", "créée"),
                            ("updated", "mise à jour"),
                            ("submitted", "envoyée en relecture"),
                            ("unchanged", "inchangée"),
                            ("refused", "refusée"),
                        ],
                        max_length=10,
                        verbose_name="résultat",
                    ),
                ),
                ("problems", models.JSONField(default=list)),
                (
                    "bulk_import",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="initiatives.bulkimport"
                    ),
                ),
                (
                    "page",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="initiatives.initiativepage",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "indexes": [models.Index(fields=["bulk_import", "identity"], name="import_line_identity")],
                "constraints": [models.UniqueConstraint(fields=("bulk_import", "number"), name="import_line_once")],
            },
        ),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
