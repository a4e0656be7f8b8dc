"""What is to be done each day: an app registers its own tasks from ``AppConfig.ready``."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DailyTask:
    """One task. ``run`` yields a line for each thing it did, for the logs; done twice, it does nothing twice.

    ``name`` is that of the command that does it by hand.
    """

    name: str
    label: str
    run: Callable[[], Iterable[str]]


_tasks: dict[str, DailyTask] = {}


def register_daily_task(task: DailyTask) -> None:
    _tasks[task.name] = task


def daily_tasks() -> list[DailyTask]:
    return list(_tasks.values())
