"""Where a sheet stands: one answer for the dashboard, the review and the mails."""

from wagtail.models import WorkflowState

from initiatives.enums import SheetState
from initiatives.models import InitiativePage

# The text waits for Dihal: nobody else changes it meanwhile.
UNDER_REVIEW = (SheetState.IN_REVIEW, SheetState.ONLINE_IN_REVIEW)

_WHILE_ONLINE = {
    SheetState.DRAFT: SheetState.ONLINE_CHANGING,
    SheetState.IN_REVIEW: SheetState.ONLINE_IN_REVIEW,
    SheetState.TO_CORRECT: SheetState.ONLINE_TO_CORRECT,
}


def state_of(*, sheet: InitiativePage) -> SheetState:
    """Return the state of a sheet, from what Wagtail knows of its publication and of its moderation.

    Reads the current workflow state: for many sheets, prefetch it as ``initiatives.space.listing`` does.
    """
    dossier = getattr(sheet, "dossier", None)
    if not sheet.live and dossier is not None and dossier.archived_at is not None:
        return SheetState.ARCHIVED
    text = _state_of_the_text(sheet=sheet)
    return _WHILE_ONLINE.get(text, text) if sheet.live else text


def _state_of_the_text(*, sheet: InitiativePage) -> SheetState:
    workflow_state = sheet.current_workflow_state
    if workflow_state is not None and workflow_state.status == WorkflowState.STATUS_IN_PROGRESS:
        return SheetState.IN_REVIEW
    if workflow_state is not None:
        return SheetState.TO_CORRECT
    if sheet.live and not sheet.has_unpublished_changes:
        return SheetState.ONLINE
    return SheetState.DRAFT if sheet.live or sheet.first_published_at is None else SheetState.RETIRED
