from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from search.thesaurus.exchange import load_thesaurus


class Command(BaseCommand):
    help = "Charge le thésaurus de départ ; n’ajoute jamais deux fois une entrée, ni ce qu’un éditeur a supprimé."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="dit ce qui serait ajouté, sans rien changer")

    def handle(self, *_args: Any, **options: Any) -> None:
        dry_run = options["dry_run"]
        report = load_thesaurus(dry_run=dry_run)
        verb = "à ajouter" if dry_run else "ajoutée(s)"
        self.stdout.write(f"Thésaurus : {len(report.created)} entrée(s) {verb}, {report.present} déjà proposée(s)")
        for label in report.created if dry_run or options["verbosity"] > 1 else ():
            self.stdout.write(f"  + {label}")
        for problem in report.problems:
            self.stderr.write(self.style.WARNING(f"  ! {problem}"))
