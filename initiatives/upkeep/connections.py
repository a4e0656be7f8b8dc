"""What follows for the upkeep of a sheet from what happens to it (its publication: initiatives/review)."""

from typing import Any

from django.db.models.signals import post_save
from wagtail.models import WorkflowState
from wagtail.signals import workflow_submitted

from initiatives.enums import ReportState
from initiatives.models import Dossier, ErrorReport
from initiatives.reporting import note_settled
from initiatives.review.consequences import sheet_of


def connect_upkeep() -> None:
    workflow_submitted.connect(_submitted, sender=WorkflowState, dispatch_uid="initiatives_upkeep_submitted")
    post_save.connect(_report_saved, sender=ErrorReport, dispatch_uid="initiatives_upkeep_report_saved")


def _submitted(instance: WorkflowState, **_options: Any) -> None:
    # Sent for review again, a sheet has left the archives.
    sheet = sheet_of(workflow_state=instance)
    if sheet is not None:
        Dossier.objects.filter(page=sheet).update(archived_at=None)


def _report_saved(instance: ErrorReport, raw: bool = False, **_options: Any) -> None:  # noqa: FBT001, FBT002 — Django's signature
    if not raw and instance.state == ReportState.CLOSED:
        note_settled(report=instance)
