"""What is to be done each day: an app registers its own tasks from ``AppConfig.ready``."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DailyTask:
    """``run`` yields a line of log for each thing it did, and nothing twice; ``name`` is the command that does it."""

    name: str
    label: str
    run: Callable[[], Iterable[str]]


_tasks: dict[str, DailyTask] = {}


def register_daily_task(task: DailyTask) -> None:
    _tasks[task.name] = task


def daily_tasks() -> list[DailyTask]:
    return list(_tasks.values())
