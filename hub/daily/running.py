"""Run what is due each day, and say when it was not."""

import logging
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from hub.daily.loops import Loop, Say, register_loop, repeated
from hub.daily.models import DailyRun
from hub.daily.registry import DailyTask, daily_tasks
from hub.web.health import Light, Reading, register_probe

logger = logging.getLogger(__name__)

# A little less than a day, so that a timer of the host that is early by some minutes does not skip one.
DUE_AFTER = timedelta(hours=20)
# After a failure, or when whoever ran it was killed, it is tried again.
TRIED_AGAIN_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Outcome:
    task: DailyTask
    count: int = 0
    error: str = ""


def run_due_tasks(*, now: datetime | None = None, say: Say = logger.info) -> list[Outcome]:
    """Run what is due, and return what became of it. Several hosts may ask at once: each task runs on one."""
    expect_tasks()
    return [_run(task, say=say) for task in daily_tasks() if _is_claimed(task, now=now or timezone.now())]


def _look(*, stop: threading.Event, say: Say) -> None:
    del stop  # a task that began is ended
    run_due_tasks(say=say)


def expect_tasks() -> None:
    known = set(DailyRun.objects.values_list("task", flat=True))
    missing = [DailyRun(task=task.name) for task in daily_tasks() if task.name not in known]
    if missing:
        DailyRun.objects.bulk_create(missing, ignore_conflicts=True)


def _is_claimed(task: DailyTask, *, now: datetime) -> bool:
    """Take the task, if it is due: one statement, which a single caller sees change the row."""
    went_well = Q(ended_at__isnull=False, error="")
    did_not = Q(ended_at__isnull=True) | ~Q(error="")
    due = (
        Q(started_at__isnull=True)
        | Q(went_well, started_at__lt=now - DUE_AFTER)
        | Q(did_not, started_at__lt=now - TRIED_AGAIN_AFTER)
    )
    return bool(DailyRun.objects.filter(due, task=task.name).update(started_at=now, ended_at=None))


def _run(task: DailyTask, *, say: Say) -> Outcome:
    count, error = 0, ""
    try:
        for line in task.run():
            count += 1
            say(f"{task.label} : {line}")
    except Exception as failure:  # one task that fails must not keep the others from running
        logger.exception("daily: the task %s failed", task.name)
        error = f"{type(failure).__name__} : {failure}"
    ended = timezone.now()
    changes = {"ended_at": ended, "error": error} | ({} if error else {"succeeded_at": ended})
    DailyRun.objects.filter(task=task.name).update(**changes)
    return Outcome(task=task, count=count, error=error)


# A day missed is caught up by the next one; past this somebody should look.
LATE_AFTER = timedelta(hours=36)


def daily_probe() -> Reading:
    """Look when each task last went well. Never ``DOWN``: the pages do not need them."""
    labels = {task.name: task.label for task in daily_tasks()}
    runs = DailyRun.objects.filter(task__in=labels)
    limit = timezone.now() - LATE_AFTER
    if late := [labels[run.task] for run in runs if (run.succeeded_at or run.expected_since) < limit]:
        hours = LATE_AFTER // timedelta(hours=1)
        return Reading(Light.DEGRADED, f"pas faites depuis plus de {hours} h : {', '.join(late)}")
    return Reading(Light.OK, "les tâches quotidiennes sont faites")


register_loop(Loop(name="quotidien", label="tâches quotidiennes", interval=600, follow=repeated(_look)))
register_probe(name="quotidien", probe=daily_probe)
