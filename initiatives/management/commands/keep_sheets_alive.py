from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from initiatives.upkeep.rounds import forget_addresses, keep_alive


class Command(BaseCommand):
    help = "Demande si les fiches sont toujours vraies, rappelle, archive faute de réponse (tâche quotidienne)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="dit ce qui serait fait, sans rien faire")

    def handle(self, *_args: Any, **options: Any) -> None:
        now, is_dry_run = timezone.now(), options["dry_run"]
        count = 0
        for step in keep_alive(now=now, is_dry_run=is_dry_run):
            count += 1
            self.stdout.write(f"{step.sheet.pk} « {step.sheet.title} » : {step.action.value}")
        forgotten = forget_addresses(now=now, is_dry_run=is_dry_run)
        if forgotten:
            self.stdout.write(f"{forgotten} adresse(s) de lecteurs et de partenaires effacée(s).")
        prefix = "Essai, rien n’a été fait. " if is_dry_run else ""
        self.stdout.write(f"{prefix}{count} fiche(s) concernée(s).")
