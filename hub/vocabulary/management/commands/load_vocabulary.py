from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from hub.vocabulary.loading import load_vocabulary


class Command(BaseCommand):
    help = "Charge le vocabulaire de départ ; ajoute ce qui manque, ne modifie jamais une entrée existante."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="dit ce qui serait ajouté, sans rien changer")

    def handle(self, *_args: Any, **options: Any) -> None:
        dry_run = options["dry_run"]
        for report in load_vocabulary(dry_run=dry_run):
            verb = "à ajouter" if dry_run else "ajouté(s)"
            self.stdout.write(
                f"{report.label.capitalize()} : {len(report.created)} {verb}, {report.present} déjà présent(s)"
            )
            for label in report.created if dry_run or options["verbosity"] > 1 else ():
                self.stdout.write(f"  + {label}")
            for problem in report.problems:
                self.stderr.write(self.style.WARNING(f"  ! {problem}"))
