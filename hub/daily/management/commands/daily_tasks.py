from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from hub.daily.models import DailyRun
from hub.daily.registry import daily_tasks
from hub.daily.running import expect_tasks, run_due_tasks


class Command(BaseCommand):
    """``daily_tasks [--status]`` (docs/exploitation.md)."""

    help = "Fait ce qui doit l’être chaque jour : une fois par jour, quel que soit le nombre de fois où on le demande."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--status", action="store_true", help="Dit quand chaque tâche a été faite, sans rien faire."
        )

    def handle(self, *, status: bool, **_options: Any) -> None:
        if status:
            self._print_status()
        else:
            outcomes = run_due_tasks(say=self.stdout.write)
            for outcome in outcomes:
                if not outcome.error:
                    self.stdout.write(f"{outcome.task.label} : fait ({outcome.count}).")
            if not outcomes:
                self.stdout.write("Rien à faire : tout a été fait aujourd’hui.")
            failed = [f"{outcome.task.label} ({outcome.error})" for outcome in outcomes if outcome.error]
            if failed:
                raise CommandError(f"En échec : {' ; '.join(failed)}")

    def _print_status(self) -> None:
        expect_tasks()
        labels = {task.name: task.label for task in daily_tasks()}
        for run in DailyRun.objects.filter(task__in=labels):
            done = timezone.localtime(run.succeeded_at).strftime("%d/%m/%Y %H:%M") if run.succeeded_at else "jamais"
            self.stdout.write(
                f"{labels[run.task]} ({run.task}) : {done}{f' ; échec : {run.error}' if run.error else ''}"
            )
