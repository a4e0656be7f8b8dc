import contextlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from tqdm import tqdm

from hub.accounts.models import User
from hub.files.apart import patiently
from hub.territories.names import normalise_name
from hub.vocabulary.models import Organisation
from initiatives.bulk.importing import import_initiatives
from initiatives.bulk.reading import count_lines
from initiatives.bulk.report import LineResult, hidden_rows, report_file
from initiatives.bulk.tables import UnreadableFile
from initiatives.bulk.values import load_reference
from initiatives.enums import ImportOutcome
from initiatives.models import InitiativeIndexPage


class Command(BaseCommand):
    """Thin: prints what ``import_initiatives`` did (docs/import-fiches.md). Fails when a line was refused."""

    help = "Importe des fiches initiatives d’un fichier CSV ou XLSX ; relancé, reprend où il en était."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FICHIER")
        parser.add_argument("--dry-run", action="store_true", help="Vérifie chaque ligne sans rien écrire.")
        parser.add_argument("--organisation", metavar="NOM", help="Structure qui tient les fiches sans « structure ».")
        parser.add_argument("--submit", action="store_true", help="Envoie chaque fiche en relecture.")
        parser.add_argument("--user", metavar="COURRIEL", help="Au nom de qui les fiches sont écrites.")
        parser.add_argument("--report", type=Path, metavar="CSV", help="Fichier où écrire ce que devient chaque ligne.")

    def handle(
        self,
        *,
        file: Path,
        dry_run: bool,
        organisation: str | None,
        submit: bool,
        user: str | None,
        report: Path | None,
        **options: Any,
    ) -> None:
        if not InitiativeIndexPage.objects.exists():
            raise CommandError("Le site n’a pas encore de liste de fiches : lancez « manage.py prepare_site ».")
        person = _person(user)
        steward = _organisation(organisation)
        with contextlib.ExitStack() as stack:
            stack.enter_context(patiently())  # nobody waits for a page
            try:
                stream = stack.enter_context(file.open("rb"))
                written = stack.enter_context(report_file(path=report)) if report else None
            except OSError as error:
                raise CommandError(f"{error.filename} : {error.strerror}.") from error
            try:
                progress = stack.enter_context(
                    tqdm(
                        total=count_lines(stream=stream), unit=" fiche", disable=None if options["verbosity"] else True
                    )
                )

                def tell(result: LineResult) -> None:
                    progress.update()
                    if written is not None:
                        written(result)
                    if result.outcome is ImportOutcome.REFUSED:
                        message = (
                            f"ligne {result.number} ({result.external_id or 'sans identifiant'}) : {result.reasons}"
                        )
                        tqdm.write(self.style.WARNING(message), file=self.stderr)

                totals = import_initiatives(
                    stream=stream,
                    user=person,
                    organisation=steward,
                    is_to_submit=submit,
                    is_dry_run=dry_run,
                    tell=tell,
                )
            except UnreadableFile as error:
                raise CommandError(str(error)) from error
        self.stdout.write(f"{'Essai à blanc, rien n’est écrit. ' if dry_run else ''}{totals}")
        if totals.hidden:
            self.stdout.write(self.style.WARNING(hidden_rows(numbers=totals.hidden)))
        if totals.refused:
            raise CommandError(f"{totals.refused} ligne(s) refusée(s) : corrigez-les, puis relancez la même commande.")


def _person(given: str | None) -> User | None:
    if given is None:
        return None
    found = list(User.objects.filter(Q(email=given) | Q(username=given), is_active=True)[:2])
    if len(found) != 1:
        raise CommandError(f"--user : aucun compte, ou plusieurs, pour « {given} ».")
    return found[0]


def _organisation(given: str | None) -> Organisation | None:
    if given is None:
        return None
    found = load_reference().organisations.get(normalise_name(given))
    if found is None:
        raise CommandError(f"--organisation : aucune structure validée ne s’appelle « {given} ».")
    return Organisation.objects.get(pk=found)
