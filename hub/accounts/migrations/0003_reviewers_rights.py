"""Give those who review the right to answer requests for access, to correct memberships and to keep structures.

The group « Relecture Dihal » is made here when a migration of the sheets has not made it yet: it goes by its name.
"""

from typing import Any

from django.db import migrations

GROUPS = ("Relecture Dihal", "Moderators")
RIGHTS = {
    ("accounts", "accessrequest"): ("view", "change"),
    ("accounts", "membership"): ("view", "add", "change", "delete"),
    ("vocabulary", "organisation"): ("view", "add", "change", "delete"),
}


def grant(apps: Any, _schema_editor: Any) -> None:
    permissions = [
        _permission(apps, app_label=app_label, model=model, action=action)
        for (app_label, model), actions in RIGHTS.items()
        for action in actions
    ]
    for name in GROUPS:
        group, _created = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.add(*permissions)
        access = apps.get_model("auth", "Permission").objects.filter(
            content_type__app_label="wagtailadmin", codename="access_admin"
        )
        group.permissions.add(*access)


def _permission(apps: Any, *, app_label: str, model: str, action: str) -> Any:
    """The permission, which Django itself only makes once all migrations are done."""
    content_type, _created = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=app_label, model=model
    )
    verbose_name = apps.get_model(app_label, model)._meta.verbose_name_raw
    permission, _created = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type,
        codename=f"{action}_{model}",
        defaults={"name": f"Can {action} {verbose_name}"},
    )
    return permission


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_membership"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("vocabulary", "0002_organisation_is_proposed"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("wagtailcore", "0002_initial_data"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
