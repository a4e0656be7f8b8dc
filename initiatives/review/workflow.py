"""The moderation of sheets: Wagtail's workflow « Relecture Dihal », and the people who hold it.

The migration ``0003_review_workflow`` creates them; editors change them in the administration. They are found again by
name, so renaming the workflow there detaches nothing that is already attached, and a new list of sheets then has none.
"""

from django.contrib.auth.models import Group, Permission
from wagtail.models import GroupPagePermission, Workflow, WorkflowPage

from initiatives.models import InitiativeIndexPage

WORKFLOW_NAME = "Relecture Dihal"
TASK_NAME = "Relecture par la Dihal"
GROUP_NAME = "Relecture Dihal"
PAGE_PERMISSIONS = ("add_page", "change_page", "publish_page", "lock_page", "unlock_page")


def attach_review(*, index: InitiativeIndexPage) -> None:
    """Have the sheets of a new list go through the review, and let the reviewers edit and publish them."""
    workflow = Workflow.objects.filter(name=WORKFLOW_NAME, active=True).first()
    if workflow is not None:
        WorkflowPage.objects.get_or_create(page=index, defaults={"workflow": workflow})
    group = Group.objects.filter(name=GROUP_NAME).first()
    if group is not None:
        for permission in Permission.objects.filter(
            content_type__app_label="wagtailcore", codename__in=PAGE_PERMISSIONS
        ):
            GroupPagePermission.objects.get_or_create(group=group, page=index, permission=permission)
