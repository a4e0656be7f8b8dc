import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from events.models import WorkshopIndexPage
from events.recap.draft.drafting import draft_workshop
from events.recap.find.lexicon import RecapVocabulary
from events.recap.importing import check_recap
from events.recap.read.sources import RecapSource, expand_sources
from events.recap.report import report_lines
from events.recap.vocabulary import build_vocabulary
from hub.files.apart import patiently
from hub.refusals import Refused


class Command(BaseCommand):
    help = (
        "Importe des comptes rendus d’ateliers (texte ou HTML) en brouillons à vérifier. Le brouillon du même numéro "
        "est mis à jour ; une page en ligne ne change jamais. Le code de retour est 1 si un fichier a échoué, les "
        "autres étant importés."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "fichiers",
            nargs="+",
            help="fichiers, dossiers ou motifs (« comptes-rendus/*.html ») ; « - » pour l’entrée standard",
        )
        parser.add_argument("--dry-run", action="store_true", help="montre ce qui serait importé, sans rien écrire")
        parser.add_argument(
            "--parent",
            metavar="PAGE",
            help="identifiant ou adresse (slug) de la liste d’ateliers où créer les brouillons",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        sources = list(expand_sources(names=options["fichiers"]))
        if not sources:
            raise CommandError("Aucun fichier à importer : ces dossiers ou motifs ne contiennent ni texte ni HTML.")
        parent = _parent(reference=options["parent"]) if options["parent"] else None
        vocabulary = build_vocabulary()
        is_alone = len(sources) == 1
        failed = 0
        for source in tqdm(sources, desc="Comptes rendus", unit="fichier", file=sys.stderr, disable=is_alone):
            failed += not self._import(source=source, vocabulary=vocabulary, parent=parent, options=options)
        done = len(sources) - failed
        verb = "lu(s), rien n’a été écrit" if options["dry_run"] else "importé(s)"
        self.stdout.write(f"{done} compte(s) rendu(s) {verb}, {failed} en échec.")
        if failed:
            raise CommandError(f"{failed} fichier(s) n’ont pas été importés (voir ci-dessus).")

    def _import(
        self,
        *,
        source: RecapSource,
        vocabulary: RecapVocabulary,
        parent: WorkshopIndexPage | None,
        options: dict[str, Any],
    ) -> bool:
        problems: tuple[str, ...] = ()
        try:
            with patiently():
                check = check_recap(data=source.read(), filename=source.name, vocabulary=vocabulary)
            if options["dry_run"]:
                heading = check.consequence
            else:
                outcome = draft_workshop(parsed=check.parsed, report=check.report, parent=parent)
                heading = f"{outcome.action.value} : « {outcome.page.title} » (page {outcome.page.pk})"
                problems = outcome.problems
        except Refused as refusal:
            self.stderr.write(self.style.ERROR(f"✗ {source.name} : {refusal}"))
            return False
        self.stdout.write(self.style.SUCCESS(f"✓ {source.name} : {heading}"))
        for line in report_lines(report=check.report, problems=problems, is_detailed=options["verbosity"] > 1):
            self.stdout.write(f"    {line}")
        return True


def _parent(*, reference: str) -> WorkshopIndexPage:
    pages = WorkshopIndexPage.objects.all()
    page = pages.filter(pk=int(reference)).first() if reference.isdecimal() else pages.filter(slug=reference).first()
    if page is None:
        raise CommandError(f"Aucune liste d’ateliers ne répond à « {reference} ».")
    return page
