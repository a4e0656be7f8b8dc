from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from events.demo.loading import delete_demo, load_demo
from events.demo.sources import DemoDataError


class Command(BaseCommand):
    help = "Charge les fiches et les ateliers de démonstration ; ne touche à aucun autre contenu."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--reset", action="store_true", help="supprime d’abord les pages de démonstration, puis les recrée"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            if options["reset"]:
                delete_demo(progress=self.stdout.write)
            report = load_demo(progress=self.stdout.write)
        except DemoDataError as error:
            raise CommandError(str(error)) from error
        for title in report.foreign:
            self.stderr.write(self.style.WARNING(f"  ! « {title} » existe hors démonstration : laissé tel quel."))
        self.stdout.write(f"Démonstration : {report.created} page(s) créée(s), {report.kept} déjà là.")
