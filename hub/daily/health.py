"""The light of the daily tasks on ``/sante/pret``."""

from datetime import timedelta

from django.utils import timezone

from hub.daily.models import DailyRun
from hub.daily.registry import daily_tasks
from hub.health.enums import Light
from hub.health.registry import Reading, register_probe

# A day missed is caught up by the next one; past this somebody should look.
LATE_AFTER = timedelta(hours=36)


def register() -> None:
    """Have the light shown."""
    register_probe(name="quotidien", probe=daily_probe)


def daily_probe() -> Reading:
    """Look when each task last went well. Never ``DOWN``: the pages do not need them."""
    labels = {task.name: task.label for task in daily_tasks()}
    limit = timezone.now() - LATE_AFTER
    late = [
        labels[run.task]
        for run in DailyRun.objects.filter(task__in=labels)
        if (run.succeeded_at or run.expected_since) < limit
    ]
    if late:
        return Reading(
            Light.DEGRADED, f"pas faites depuis plus de {LATE_AFTER.total_seconds() / 3600:.0f} h : {', '.join(late)}"
        )
    return Reading(Light.OK, "les tâches quotidiennes sont faites")
