from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from hub.pages.document_words import read_documents


class Command(BaseCommand):
    help = (
        "Lit les mots des PDF joints aux ateliers publiés, pour la recherche. Le travail de fond le fait de lui-même ; "
        "ce qui est lu n’est pas relu."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", action="store_true", help="réessayer aussi ceux qui n’ont pas pu être lus")

    def handle(self, *, again: bool, **_options: Any) -> None:
        report = read_documents(again=again)
        self.stdout.write(f"{report.read} document(s) lu(s), {report.refused} qui ne peuvent pas l’être.")
