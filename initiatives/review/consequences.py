"""What follows from a step of the review, wherever it was made: the partner space, our screens, Wagtail's own.

Wagtail sends these signals inside the transaction of the step (docs/relecture.md tells how that is made sure), so that
the thread, the mails and the state of the sheet are written together or not at all.
"""

from typing import Any

from django.utils import timezone
from wagtail.models import Revision, TaskState, WorkflowState

from hub.mail.site import page_url
from hub.vocabulary.models import Organisation
from initiatives.enums import ExchangeKind
from initiatives.models import Dossier, Exchange, InitiativePage
from initiatives.people import acting_person, is_member, reviewers_of
from initiatives.review.acting import words_said
from initiatives.review.mails import acknowledge, tell_members, tell_of_return, tell_of_submission
from initiatives.thread import record, resolve_remarks


def sheet_of(*, workflow_state: WorkflowState) -> InitiativePage | None:
    model = workflow_state.content_type.model_class()
    if model is None or not issubclass(model, InitiativePage):
        return None
    return InitiativePage.objects.filter(pk=workflow_state.object_id).first()


def task_submitted(instance: TaskState, user: Any = None, **_kwargs: Any) -> None:
    """A text waits at a task: note the submission when it is the first task, and tell those who review there."""
    sheet = sheet_of(workflow_state=instance.workflow_state)
    if sheet is None:
        return
    person = acting_person(told=user)
    former = instance.workflow_state.task_states.exclude(pk=instance.pk).order_by("-pk").first()
    exchange = None
    if former is not None and former.status == TaskState.STATUS_APPROVED:
        exchange = Exchange.objects.filter(page=sheet, kind=ExchangeKind.SUBMITTED).last()
    if exchange is None:
        exchange = record(
            sheet=sheet,
            kind=ExchangeKind.SUBMITTED,
            author=person,
            is_from_dihal=not is_member(sheet=sheet, user=person),
            text=words_said(),
            revision=instance.revision,
        )
        # Once: not at each task, and not to an editor of Dihal who sends a sheet from the administration.
        if person is not None and not exchange.is_from_dihal:
            acknowledge(exchange=exchange, person=person, is_update=sheet.live)
    tell_of_submission(
        exchange=exchange,
        task_state_pk=instance.pk,
        people=reviewers_of(task=instance.task),
        but=person,
        is_update=sheet.live,
    )


def task_rejected(instance: TaskState, user: Any = None, **_kwargs: Any) -> None:
    sheet = sheet_of(workflow_state=instance.workflow_state)
    if sheet is None:
        return
    person = acting_person(told=user)
    exchange = record(
        sheet=sheet,
        kind=ExchangeKind.RETURNED,
        author=person,
        is_from_dihal=True,
        text=instance.comment,
        revision=instance.revision,
    )
    # Written just before, in the same transaction, by ``actions.return_for_changes``.
    remarks = Exchange.objects.filter(
        page=sheet,
        kind=ExchangeKind.REMARK,
        resolved_at=None,
        created_at__gte=instance.started_at,
        revision=instance.revision,
    )
    tell_of_return(exchange=exchange, remarks=remarks, but=person)


def workflow_cancelled(instance: WorkflowState, user: Any = None, **_kwargs: Any) -> None:
    sheet = sheet_of(workflow_state=instance)
    if sheet is None or _was_just_published(sheet=sheet, workflow_state=instance):
        return
    person = acting_person(told=user)
    by_member = is_member(sheet=sheet, user=person)
    exchange = record(
        sheet=sheet, kind=ExchangeKind.WITHDRAWN, author=person, is_from_dihal=not by_member, text=words_said()
    )
    if not by_member:
        tell_members(event="cancelled", exchange=exchange, but=person)


def page_published(instance: InitiativePage, revision: Revision, **_kwargs: Any) -> None:
    """Nothing is noted of a sheet of Dihal's own that went through no review."""
    if not instance.live:
        return  # it is scheduled: this signal comes again on the day
    _validate_structures(sheet=instance)
    dossiers = Dossier.objects.filter(page=instance)
    dossiers.update(confirmed_at=timezone.now(), confirmation_asked_at=None, confirmation_reminders=0, archived_at=None)
    resolve_remarks(sheet=instance)
    approval = _approval_not_told_yet(sheet=instance)
    if approval is None and not dossiers.exists() and instance.current_workflow_state is None:
        return
    if approval is None and _is_already_told(sheet=instance, revision=revision):
        return
    person = acting_person() or (approval.finished_by if approval else None) or revision.user
    exchange = record(
        sheet=instance,
        kind=ExchangeKind.APPROVED,
        author=person,
        is_from_dihal=True,
        text=approval.comment if approval else words_said(),
        revision=revision,
    )
    is_first = instance.first_published_at == instance.last_published_at
    tell_members(
        event="approved", exchange=exchange, but=person, is_first=is_first, public_address=page_url(page=instance)
    )


def page_unpublished(instance: InitiativePage, **_kwargs: Any) -> None:
    """A sheet leaves the site: note it and tell the members, unless it was archived, which is told otherwise."""
    if InitiativePage.objects.filter(pk=instance.pk, live=True).exists():
        return  # it is being deleted, and its thread with it
    dossier = Dossier.objects.filter(page=instance).first()
    if dossier is None or dossier.archived_at is not None:
        return
    Dossier.objects.filter(pk=dossier.pk).update(unpublication_asked_at=None)
    person = acting_person()
    exchange = record(
        sheet=instance, kind=ExchangeKind.UNPUBLISHED, author=person, is_from_dihal=True, text=words_said()
    )
    tell_members(event="unpublished", exchange=exchange, but=person)


def _validate_structures(*, sheet: InitiativePage) -> None:
    """What Dihal publishes names only structures it accepts. One at a time: the search follows each of them."""
    for organisation in Organisation.objects.filter(is_proposed=True, partnerships__page=sheet).distinct():
        organisation.is_proposed = False
        organisation.save(update_fields=["is_proposed"])


def _approval_not_told_yet(*, sheet: InitiativePage) -> TaskState | None:
    """The approval this publication comes from: the last one, when nothing was published since."""
    last = sheet.workflow_states.order_by("-created_at", "-pk").first()
    if last is None or last.status != WorkflowState.STATUS_APPROVED or last.current_task_state is None:
        return None
    approval: TaskState = last.current_task_state
    approved = Exchange.objects.filter(page=sheet, kind=ExchangeKind.APPROVED)
    told = approved.filter(created_at__gte=approval.finished_at).exists() if approval.finished_at else True
    return None if told else approval


def _is_already_told(*, sheet: InitiativePage, revision: Revision) -> bool:
    """Whether this very text was online already: it was published a second time, by a second click for example."""
    stays = (ExchangeKind.APPROVED, ExchangeKind.UNPUBLISHED, ExchangeKind.ARCHIVED)
    last = Exchange.objects.filter(page=sheet, kind__in=stays).last()
    return last is not None and last.kind == ExchangeKind.APPROVED and last.revision_id == revision.pk


def _was_just_published(*, sheet: InitiativePage, workflow_state: WorkflowState) -> bool:
    """Whether a publication, at once or on a day to come, stopped the review: each does, so none is older than it."""
    if sheet.scheduled_revision is not None:
        return True
    approved = Exchange.objects.filter(page=sheet, kind=ExchangeKind.APPROVED)
    return approved.filter(created_at__gte=workflow_state.created_at).exists()
