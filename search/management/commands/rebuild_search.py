"""Make the search index anew."""

import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from search.engines.base import EngineBusyError, EngineError
from search.engines.selection import search_engine
from search.rebuild import published_count, rebuild


class Command(BaseCommand):
    """``rebuild_search [--yes]`` (see docs/recherche.md)."""

    help = (
        "Reconstruit l’index de recherche à partir de la base. L’index présent continue de répondre pendant ce temps ; "
        "la commande peut être interrompue et relancée sans risque."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to ask first."""
        parser.add_argument("--yes", action="store_true", help="Ne demande pas de confirmation.")

    def handle(self, *, yes: bool, verbosity: int, **_options: Any) -> None:
        """Ask, rebuild, report."""
        engine = search_engine()
        total = published_count()
        if not yes and sys.stdin.isatty():
            answer = input(f"Reconstruire l’index « {engine.name} » ({total} contenus publiés) ? [o/N] ")
            if answer.strip().lower() not in {"o", "oui"}:
                self.stdout.write("Rien n’a été fait.")
                return
        start = time.monotonic()
        with tqdm(total=total, desc="Indexation", unit=" contenu", disable=verbosity == 0) as bar:
            try:
                report = rebuild(engine=engine, progress=bar.update)
            except EngineBusyError as error:
                raise CommandError("Une autre reconstruction est en cours : attendez qu’elle se termine.") from error
            except EngineError as error:
                raise CommandError(f"La reconstruction a échoué, l’index présent reste en service : {error}") from error
        if report.left_out:
            self.stderr.write(f"{len(report.left_out)} page(s) laissée(s) de côté :")
            for page_id, reason in sorted(report.left_out.items()):
                self.stderr.write(f"  page {page_id} : {reason}")
        if verbosity > 0:
            self.stdout.write(
                self.style.SUCCESS(
                    f"Index reconstruit : {engine.document_count()} contenus en {time.monotonic() - start:.1f} s "
                    f"({report.caught_up} modifiés entre-temps)."
                )
            )
