import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from search.engines.base import Engine, EngineBusyError, EngineError
from search.engines.selection import engines
from search.marking import LEASE_SECONDS
from search.rebuild import published_count, rebuild_unless, roll_back
from search.status import needs_rebuild


class Command(BaseCommand):
    help = (
        "Reconstruit l’index de recherche à partir de la base : celui du moteur de recherche, et celui de secours s’il "
        "en a besoin. L’index présent continue de répondre pendant ce temps ; la commande peut être interrompue et "
        "relancée sans risque."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--yes", action="store_true", help="Ne demande pas de confirmation.")
        parser.add_argument("--engine", metavar="NOM", help="Ne s’occupe que de ce moteur de cet hôte.")
        instead = parser.add_mutually_exclusive_group()
        instead.add_argument(
            "--if-needed",
            action="store_true",
            help="Ne reconstruit que ce qui manque ou vient d’une autre version : pour une mise à jour.",
        )
        instead.add_argument(
            "--rollback", action="store_true", help="Remet en service l’index d’avant la dernière reconstruction."
        )

    def handle(
        self, *, yes: bool, engine: str | None, if_needed: bool, rollback: bool, verbosity: int, **_options: Any
    ) -> None:
        chosen = _chosen(engine)
        if not (yes or if_needed) and not self._confirms(chosen[0], rollback=rollback):
            self.stdout.write("Rien n’a été fait.")
            return
        if rollback:
            self._roll_back(chosen[0])
            return
        failures = []
        for position, candidate in enumerate(chosen):
            try:
                self._rebuild(candidate, only_if_needed=if_needed or position > 0, verbosity=verbosity)
            except EngineBusyError:
                failures.append(
                    f"{candidate.name} : une autre reconstruction est en cours : attendez qu’elle se termine "
                    f"({LEASE_SECONDS:g} s au plus si elle a été interrompue sur un autre hôte)."
                )
            except EngineError as error:
                failures.append(
                    f"{candidate.name} : la reconstruction a échoué, l’index présent reste en service : {error}"
                )
        if failures:
            raise CommandError("\n".join(failures))

    def _confirms(self, engine: Engine, *, rollback: bool) -> bool:
        if not sys.stdin.isatty():
            return True
        question = (
            f"Remettre en service l’index précédent de « {engine.name} » ?"
            if rollback
            else f"Reconstruire l’index « {engine.name} » ({published_count()} contenus publiés) ?"
        )
        return input(f"{question} [o/N] ").strip().lower() in {"o", "oui"}

    def _rebuild(self, engine: Engine, *, only_if_needed: bool, verbosity: int) -> None:
        start, report = time.monotonic(), None
        if not only_if_needed or needs_rebuild(engine=engine):
            # Others may have the same idea at the same moment: whoever comes second looks again.
            with tqdm(total=published_count(), desc="Indexation", unit=" contenu", disable=verbosity == 0) as bar:
                report = rebuild_unless(
                    engine=engine,
                    is_done=lambda: only_if_needed and not needs_rebuild(engine=engine),
                    progress=bar.update,
                )
        if report and report.left_out:
            self.stderr.write(f"{len(report.left_out)} page(s) laissée(s) de côté :")
            for page_id, reason in sorted(report.left_out.items()):
                self.stderr.write(f"  page {page_id} : {reason}")
        if verbosity == 0:
            return
        if report is None:
            self.stdout.write(f"{engine.name} : l’index est en place, rien à reconstruire.")
            return
        seconds, count = time.monotonic() - start, engine.document_count()
        told = f"index reconstruit, {count} contenus en {seconds:.1f} s ({report.caught_up} modifiés entre-temps)."
        self.stdout.write(self.style.SUCCESS(f"{engine.name} : {told}"))

    def _roll_back(self, engine: Engine) -> None:
        try:
            owed = roll_back(engine=engine)
        except EngineBusyError as error:
            raise CommandError("Une reconstruction est en cours : attendez qu’elle se termine.") from error
        except EngineError as error:
            raise CommandError(f"Le retour à l’index précédent n’a pas eu lieu : {error}") from error
        self.stdout.write(
            self.style.SUCCESS(
                f"{engine.name} : l’index précédent est de nouveau en service ; {owed} page(s) changée(s) depuis lui "
                "seront livrées par « sync_search »."
            )
        )


def _chosen(name: str | None) -> list[Engine]:
    here = list(engines())
    if name is None:
        return here
    chosen = [engine for engine in here if engine.name == name]
    if not chosen:
        raise CommandError(f"Moteur inconnu de cet hôte : « {name} ». Il y a : {', '.join(e.name for e in here)}.")
    return chosen
