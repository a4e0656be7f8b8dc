"""What visitors said they were looking for is forgotten in time."""

from collections.abc import Iterator

from django.utils import timezone

from hub.daily.registry import DailyTask, register_daily_task
from search.unanswered.keeping import forget


def register() -> None:
    """Have it done each day."""
    task = DailyTask("forget_unanswered_searches", "Anciennes recherches sans réponse", forget_unanswered_searches)
    register_daily_task(task)


def forget_unanswered_searches() -> Iterator[str]:
    """Delete those that are older than thirteen months."""
    forgotten = forget(now=timezone.now())
    if forgotten:
        yield f"{forgotten} recherche(s) sans réponse effacée(s)"
