"""Which step of a review leads to which consequence."""

from wagtail import signals

from initiatives.models import InitiativePage
from initiatives.review import consequences
from initiatives.review.silence import silence_wagtail_mails


def connect_review() -> None:
    """Connect the consequences to Wagtail's signals; called once, when the applications are ready."""
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
    silence_wagtail_mails()
