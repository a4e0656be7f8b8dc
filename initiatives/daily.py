"""What the sheets need each day: to be confirmed in time, and to leave no file behind."""

from collections.abc import Iterator

from django.utils import timezone

from hub.daily.registry import DailyTask, register_daily_task
from initiatives.space.uploads import clean_uploads
from initiatives.upkeep.rounds import forget_addresses, keep_alive


def register() -> None:
    register_daily_task(DailyTask("keep_sheets_alive", "Fiches à confirmer", keep_sheets_alive))
    register_daily_task(DailyTask("clean_uploads", "Fichiers inutiles", remove_unused_files))


def keep_sheets_alive() -> Iterator[str]:
    now = timezone.now()
    for step in keep_alive(now=now):
        yield f"{step.sheet.pk} « {step.sheet.title} » : {step.action.value}"
    forgotten = forget_addresses(now=now)
    if forgotten:
        yield f"{forgotten} adresse(s) effacée(s)"


def remove_unused_files() -> Iterator[str]:
    yield from clean_uploads(now=timezone.now())
