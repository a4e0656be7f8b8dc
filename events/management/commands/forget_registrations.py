from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from events.registrations.rounds import forget


class Command(BaseCommand):
    help = "Efface les inscriptions aux ateliers passés depuis REGISTRATIONS_KEPT_DAYS jours (tâche quotidienne)."

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(f"{forget(now=timezone.now())} inscription(s) effacée(s).")
