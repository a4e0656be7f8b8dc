"""Which step of a review leads to which consequence; Wagtail’s own mails are kept silent."""

from typing import Any

from wagtail import signals
from wagtail.admin import mail
from wagtail.models import TaskState, WorkflowState
from wagtail.signals import task_submitted, workflow_approved, workflow_rejected, workflow_submitted

from initiatives.models import InitiativePage
from initiatives.review import consequences


class _NotForSheets(mail.Notifier):
    """Leaves the sheets to our own mails (consequences.py); other pages keep Wagtail's."""

    def can_handle(self, instance: TaskState | WorkflowState, **kwargs: Any) -> bool:
        workflow_state = instance.workflow_state if isinstance(instance, TaskState) else instance
        model = workflow_state.content_type.model_class()
        if model is not None and issubclass(model, InitiativePage):
            return False
        return bool(super().can_handle(instance, **kwargs))


class _TaskSubmission(_NotForSheets, mail.GroupApprovalTaskStateSubmissionEmailNotifier):
    pass


class _WorkflowSubmission(_NotForSheets, mail.WorkflowStateSubmissionEmailNotifier):
    pass


class _WorkflowApproval(_NotForSheets, mail.WorkflowStateApprovalEmailNotifier):
    pass


class _WorkflowRejection(_NotForSheets, mail.WorkflowStateRejectionEmailNotifier):
    pass


# Signal, sender, the name Wagtail connects its own notifier under (wagtail/admin/signal_handlers.py), and ours.
_NOTIFIERS = (
    (task_submitted, TaskState, "group_approval_task_submitted_email_notification", _TaskSubmission()),
    (workflow_submitted, WorkflowState, "workflow_state_submitted_email_notification", _WorkflowSubmission()),
    (workflow_rejected, WorkflowState, "workflow_state_rejected_email_notification", _WorkflowRejection()),
    (workflow_approved, WorkflowState, "workflow_state_approved_email_notification", _WorkflowApproval()),
)


def connect_review() -> None:
    # Of every page: which one it is about is in the workflow state, not in the sender.
    signals.task_submitted.connect(consequences.task_submitted, dispatch_uid="initiatives.task_submitted")
    signals.task_rejected.connect(consequences.task_rejected, dispatch_uid="initiatives.task_rejected")
    signals.workflow_cancelled.connect(consequences.workflow_cancelled, dispatch_uid="initiatives.workflow_cancelled")
    signals.page_published.connect(
        consequences.page_published, sender=InitiativePage, dispatch_uid="initiatives.page_published"
    )
    signals.page_unpublished.connect(
        consequences.page_unpublished, sender=InitiativePage, dispatch_uid="initiatives.page_unpublished"
    )
    # In the place of Wagtail's: a name is connected once, whichever application is ready first.
    for signal, sender, name, notifier in _NOTIFIERS:
        signal.disconnect(sender=sender, dispatch_uid=name)
        signal.connect(notifier, sender=sender, dispatch_uid=name, weak=False)
