"""What waits for the reviewers: the oldest first, with what changed."""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils import timezone
from wagtail.models import TaskState

from initiatives.drafts import title_of
from initiatives.models import Dossier, InitiativePage
from initiatives.review.delay import expected_by
from initiatives.review.people import review_tasks


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One sheet that waits. ``age`` is in whole days since it was submitted."""

    sheet: InitiativePage
    title: str
    steward: str
    submitted_at: datetime
    submitted_by: str
    age: int
    expected_by: date
    is_late: bool
    is_update: bool


def waiting_states(*, user: AbstractBaseUser | AnonymousUser) -> QuerySet[TaskState]:
    """Return the tasks in progress about sheets on which the person may act, the oldest first."""
    found: QuerySet[TaskState] = TaskState.objects.filter(
        task__in=[task.pk for task in review_tasks(user=user)],
        status=TaskState.STATUS_IN_PROGRESS,
        workflow_state__content_type__app_label=InitiativePage._meta.app_label,
        workflow_state__content_type__model=InitiativePage._meta.model_name,
    )
    return found.order_by("started_at", "pk")


def waiting(*, user: AbstractBaseUser | AnonymousUser, nature: str = "", words: str = "") -> list[Waiting]:
    """Return the sheets that wait for the person, the oldest first.

    ``nature`` is « nouvelle », « mise-a-jour » or empty; ``words`` are looked for in the titles and the structures.
    """
    states = list(waiting_states(user=user).select_related("workflow_state__requested_by", "revision__user"))
    sheets = InitiativePage.objects.in_bulk([int(state.workflow_state.object_id) for state in states])
    stewards = {
        dossier.page_id: str(dossier.steward)
        for dossier in Dossier.objects.filter(page__in=sheets, steward__isnull=False).select_related("steward")
    }
    lines = [
        _line(state=state, sheet=sheet, steward=stewards.get(sheet.pk, ""))
        for state in states
        if (sheet := sheets.get(int(state.workflow_state.object_id))) is not None
    ]
    sought = words.casefold().split()
    return [
        line
        for line in lines
        if (not nature or line.is_update == (nature == "mise-a-jour"))
        and all(word in f"{line.title} {line.steward}".casefold() for word in sought)
    ]


def _line(*, state: TaskState, sheet: InitiativePage, steward: str) -> Waiting:
    today = timezone.localdate()
    answer = expected_by(state.started_at)
    person = state.revision.user or state.workflow_state.requested_by
    return Waiting(
        sheet=sheet,
        title=title_of(sheet=sheet),
        steward=steward,
        submitted_at=state.started_at,
        submitted_by=str(person) if person else "",
        age=(today - timezone.localdate(state.started_at)).days,
        expected_by=answer,
        is_late=today > answer,
        is_update=sheet.live,
    )


def unpublications_asked(*, user: AbstractBaseUser | AnonymousUser) -> list[Dossier]:
    """Return the dossiers of online sheets whose partner asks that they leave the site, the oldest request first."""
    if not review_tasks(user=user):
        return []
    asked = Dossier.objects.filter(unpublication_asked_at__isnull=False, page__live=True)
    return list(asked.select_related("page", "steward").order_by("unpublication_asked_at"))
