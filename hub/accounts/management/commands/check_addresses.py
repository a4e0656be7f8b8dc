from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hub.accounts.addresses import findings
from hub.accounts.models import FormerAddress


class Command(BaseCommand):
    """Lists, and forgets what was settled (docs/exploitation.md). Fails while something is left."""

    help = "Liste les adresses écartées ou en conflit ; échoue tant qu’il en reste."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--settled", type=int, nargs="+", default=[], metavar="N°", help="Oublie ces lignes, une fois réglées."
        )

    def handle(self, *, settled: list[int], **_options: Any) -> None:
        found = FormerAddress.objects.to_look_at().filter(pk__in=settled)
        if unknown := sorted(set(settled) - set(found.values_list("pk", flat=True))):
            raise CommandError(f"Aucune adresse écartée n’a ce numéro : {', '.join(map(str, unknown))}.")
        found.delete()
        left = list(findings())
        for line in left:
            self.stdout.write(line)
        if left:
            raise CommandError(f"{len(left)} adresse(s) à regarder : voir docs/exploitation.md.")
        self.stdout.write("Chaque adresse est celle d’un seul compte.")
