"""What a structure confirmed, in its words; and who may look after the sheets in the administration.

Rights are written under the names Django itself gives them after the migrations, when it finds them there.
"""

from typing import Any

from django.db import migrations, models

GROUPS = ("Relecture Dihal", "Moderators", "Editors")
PERMISSIONS = {
    "dossier": ("dossier de fiche", ("view", "add", "change")),
    "errorreport": ("signalement", ("view", "change")),
    "partconfirmation": ("confirmation d’un partenaire", ("view",)),
}


def grant(apps: Any, _schema_editor: Any) -> None:
    """Let the groups of Dihal keep dossiers and reports; a group that does not exist is not created."""
    permission_model = apps.get_model("auth", "Permission")
    content_type_model = apps.get_model("contenttypes", "ContentType")
    groups = list(apps.get_model("auth", "Group").objects.filter(name__in=GROUPS))
    for model, (label, actions) in PERMISSIONS.items():
        content_type, _created = content_type_model.objects.get_or_create(app_label="initiatives", model=model)
        for action in actions:
            permission, _created = permission_model.objects.get_or_create(
                content_type=content_type, codename=f"{action}_{model}", defaults={"name": f"Can {action} {label}"}
            )
            for group in groups:
                group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("initiatives", "0003_review_workflow"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.AddField(
            model_name="partconfirmation",
            name="statement",
            field=models.TextField(blank=True, verbose_name="ce que la fiche disait"),
        ),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
