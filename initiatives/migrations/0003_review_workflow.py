"""Create Wagtail's workflow « Relecture Dihal », its task, and the group of those who review.

The lists of sheets that exist are attached to it; later ones are when they are created (initiatives/review/workflow.py).
Going back leaves everything in place: reviews done since would lose their history.
"""

from typing import Any

from django.db import migrations

NAME = "Relecture Dihal"
TASK_NAME = "Relecture par la Dihal"
PAGE_PERMISSIONS = ("add_page", "change_page", "publish_page", "lock_page", "unlock_page")


def create_review(apps: Any, _schema_editor: Any) -> None:
    """Create what is missing; what an editor made under these names is kept as it is."""
    content_type, _created = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="wagtailcore", model="groupapprovaltask"
    )
    group, _created = apps.get_model("auth", "Group").objects.get_or_create(name=NAME)
    task, created = apps.get_model("wagtailcore", "GroupApprovalTask").objects.get_or_create(
        name=TASK_NAME, defaults={"content_type": content_type, "active": True}
    )
    if created:
        task.groups.add(group)
    workflow, created = apps.get_model("wagtailcore", "Workflow").objects.get_or_create(
        name=NAME, defaults={"active": True}
    )
    if created:
        apps.get_model("wagtailcore", "WorkflowTask").objects.create(workflow=workflow, task=task, sort_order=0)
    _let_the_group_in(apps, group)
    permissions = list(
        apps.get_model("auth", "Permission").objects.filter(
            content_type__app_label="wagtailcore", codename__in=PAGE_PERMISSIONS
        )
    )
    for index in apps.get_model("initiatives", "InitiativeIndexPage").objects.all():
        page = apps.get_model("wagtailcore", "Page").objects.get(pk=index.pk)
        apps.get_model("wagtailcore", "WorkflowPage").objects.get_or_create(page=page, defaults={"workflow": workflow})
        for permission in permissions:
            apps.get_model("wagtailcore", "GroupPagePermission").objects.get_or_create(
                group=group, page=page, permission=permission
            )


def _let_the_group_in(apps: Any, group: Any) -> None:
    """The right to enter the administration: Wagtail's own migration makes it under this name."""
    content_type, _created = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="wagtailadmin", model="admin"
    )
    permission, _created = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename="access_admin", defaults={"name": "Can access Wagtail admin"}
    )
    group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("initiatives", "0002_dossier"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
    ]

    operations = [migrations.RunPython(create_review, migrations.RunPython.noop)]
