"""How long a review takes, as it is promised to the partners."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from initiatives.models import InitiativePage

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
    """Return when the text now under review was last submitted, or ``None`` when none is."""
    task_state = sheet.current_workflow_task_state
    return task_state.started_at if task_state is not None else None
