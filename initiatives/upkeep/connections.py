"""What a publication or a submission means for the upkeep of a sheet."""

from typing import Any

from django.db.models.signals import post_save
from wagtail.models import WorkflowState
from wagtail.signals import page_published, workflow_submitted

from initiatives.enums import ReportState
from initiatives.models import Dossier, ErrorReport, InitiativePage
from initiatives.reporting import note_settled


def register() -> None:
    """Connect the handlers; called once, when the applications are ready."""
    page_published.connect(_published, sender=InitiativePage, dispatch_uid="initiatives_upkeep_published")
    workflow_submitted.connect(_submitted, sender=WorkflowState, dispatch_uid="initiatives_upkeep_submitted")
    post_save.connect(_report_saved, sender=ErrorReport, dispatch_uid="initiatives_upkeep_report_saved")


def _published(instance: InitiativePage, **_options: Any) -> None:
    # A new text is known to be true: whatever was asked of the former one is settled, and nothing is archived.
    Dossier.objects.filter(page=instance.pk).update(
        archived_at=None, confirmation_asked_at=None, confirmation_reminders=0
    )


def _submitted(instance: WorkflowState, **_options: Any) -> None:
    if isinstance(instance.content_object, InitiativePage):
        Dossier.objects.filter(page=instance.content_object.pk).update(archived_at=None)


def _report_saved(instance: ErrorReport, raw: bool = False, **_options: Any) -> None:  # noqa: FBT001, FBT002 — Django's signature
    if not raw and instance.state == ReportState.CLOSED:
        note_settled(report=instance)
