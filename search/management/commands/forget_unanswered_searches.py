from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from search.unanswered.keeping import forget


class Command(BaseCommand):
    help = "Efface les recherches sans réponse de plus de treize mois (tâche quotidienne)."

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(f"{forget(now=timezone.now())} recherche(s) sans réponse effacée(s).")
