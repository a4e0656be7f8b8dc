from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from initiatives.space.uploads import clean_uploads


class Command(BaseCommand):
    help = "Supprime les fichiers des partenaires qu’aucune version de leur fiche ne montre (tâche quotidienne)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="dit ce qui serait supprimé, sans rien supprimer")

    def handle(self, *_args: Any, **options: Any) -> None:
        count = 0
        for line in clean_uploads(now=timezone.now(), is_dry_run=options["dry_run"]):
            count += 1
            self.stdout.write(f"  - {line}")
        prefix = "Essai, rien n’a été supprimé. " if options["dry_run"] else ""
        self.stdout.write(f"{prefix}{count} fichier(s) inutile(s).")
