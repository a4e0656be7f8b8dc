"""Run what is to be done each day."""

import logging
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import timezone

from hub.daily.models import DailyRun
from hub.daily.registry import daily_tasks
from hub.daily.running import expect_tasks, run_due_tasks

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """``daily_tasks [--watch] [--interval S] [--status]`` (docs/exploitation.md)."""

    help = "Fait ce qui doit l’être chaque jour : une fois par jour, quel que soit le nombre de fois où on le demande."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Once or for ever, or only look."""
        parser.add_argument("--watch", action="store_true", help="Continue jusqu’à l’arrêt (SIGTERM ou Ctrl-C).")
        parser.add_argument("--interval", type=float, default=600.0, help="Secondes entre deux regards avec --watch.")
        parser.add_argument(
            "--status", action="store_true", help="Dit quand chaque tâche a été faite, sans rien faire."
        )

    def handle(self, *, watch: bool, interval: float, status: bool, **_options: Any) -> None:
        """Run, or report."""
        if interval <= 0:
            raise CommandError("--interval doit être un nombre de secondes positif.")
        if status:
            self._print_status()
        elif watch:
            self._watch(interval)
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

    def _watch(self, interval: float) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        logger.info("Tâches quotidiennes : un regard toutes les %g s.", interval)
        while not stop.is_set():
            close_old_connections()
            try:
                run_due_tasks()
            except (OperationalError, InterfaceError) as error:  # the database may be back at the next look
                logger.warning("Base de données : %s", error)
            stop.wait(interval)
        logger.info("Arrêt demandé.")

    def _print_status(self) -> None:
        expect_tasks()
        labels = {task.name: task.label for task in daily_tasks()}
        for run in DailyRun.objects.filter(task__in=labels):
            done = timezone.localtime(run.succeeded_at).strftime("%d/%m/%Y %H:%M") if run.succeeded_at else "jamais"
            self.stdout.write(
                f"{labels[run.task]} ({run.task}) : {done}{f' ; échec : {run.error}' if run.error else ''}"
            )
