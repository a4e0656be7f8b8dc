"""The sheets that wait for Dihal, since when, and the way to them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.menu import LinkMenuItemComponent, MenuItem
from wagtail.admin.widgets.button import Button
from wagtail.models import Page, TaskState

from initiatives.drafts import title_of
from initiatives.models import Dossier, InitiativePage
from initiatives.people import may_review, review_tasks

_SATURDAY = 5


def expected_by(submitted_at: datetime) -> date:
    """Return the day an answer is promised for: ``REVIEW_DELAY_DAYS`` days later, Saturdays and Sundays left out."""
    day = timezone.localdate(submitted_at)
    left = settings.REVIEW_DELAY_DAYS
    while left > 0:
        day += timedelta(days=1)
        if day.weekday() < _SATURDAY:
            left -= 1
    return day


def submitted_at(*, sheet: InitiativePage) -> datetime | None:
    task_state = sheet.current_workflow_task_state
    return task_state.started_at if task_state is not None else None


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
    """``nature`` is « nouvelle », « mise-a-jour » or empty; ``words`` are looked for in titles and structures."""
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


class ReviewMenuItem(MenuItem):
    """Shown to those who review, with the number of sheets that wait for them."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_review(user=request.user)

    def render_component(self, request: HttpRequest) -> LinkMenuItemComponent:
        component = super().render_component(request)
        if count := waiting_states(user=request.user).count():
            component.label = f"{self.label} ({count})"
        return component


def review_menu_item() -> ReviewMenuItem:
    return ReviewMenuItem("Relectures", reverse("review-queue"), name="reviews", icon_name="clipboard-list", order=105)


def review_button(*, page: Page, user: AbstractBaseUser) -> Iterator[Button]:
    model = page.specific_class
    if page.pk and model is not None and issubclass(model, InitiativePage) and may_review(user=user):
        arguments: dict[str, Any] = {"icon_name": "clipboard-list", "priority": 5}
        yield Button("Relecture et échanges", reverse("review-sheet", args=[page.pk]), **arguments)
