"""Bring to the search index what it does not know yet."""

import signal
import threading
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, close_old_connections
from django.utils import timezone

from search.delivery import deliver
from search.engines.base import Engine, EngineBusyError, EngineError
from search.engines.selection import search_engine
from search.rebuild import rebuild
from search.status import consumer_statuses, needs_rebuild


class Command(BaseCommand):
    """``sync_search [--watch] [--interval S] [--status]`` (see docs/recherche.md)."""

    help = "Livre à l’index de recherche les changements en attente, et le reconstruit s’il manque ou s’il est périmé."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Once or for ever, or only look."""
        parser.add_argument("--watch", action="store_true", help="Continue jusqu’à l’arrêt (SIGTERM ou Ctrl-C).")
        parser.add_argument("--interval", type=float, default=1.0, help="Secondes entre deux passages avec --watch.")
        parser.add_argument("--status", action="store_true", help="Montre l’état des index, sans rien livrer.")

    def handle(self, *, watch: bool, interval: float, status: bool, **_options: Any) -> None:
        """Deliver, or report."""
        if interval <= 0:
            raise CommandError("--interval doit être un nombre de secondes positif.")
        engine = search_engine()
        if status:
            self._print_status(engine)
            return
        stop = threading.Event()
        if watch:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stop.set())
            self.stdout.write(f"Livraison continue vers « {engine.name} », toutes les {interval:g} s.")
        failed = not self._pass(engine)
        while watch and not stop.wait(interval):
            close_old_connections()
            failed = not self._pass(engine)
        if watch:
            self.stdout.write("Arrêt demandé : livraison terminée.")
        elif failed:
            raise CommandError("Tout n’a pas pu être livré ; voyez « sync_search --status ».")

    def _pass(self, engine: Engine) -> bool:
        """Deliver what is due, after a rebuild if one is needed; say whether everything went well."""
        try:
            if needs_rebuild(engine=engine):
                self.stdout.write("L’index est absent ou périmé : reconstruction…")
                report = rebuild(engine=engine)
                self.stdout.write(self.style.SUCCESS(f"Index reconstruit : {report.indexed} contenus."))
            delivery = deliver(engine=engine)
        except EngineBusyError:
            self.stdout.write("Une reconstruction est en cours dans un autre processus.")
            return False
        except (EngineError, OperationalError) as error:  # the database or the engine may be back at the next pass
            self.stderr.write(f"Échec : {error}")
            return False
        if delivery.delivered:
            self.stdout.write(f"{delivery.delivered} page(s) livrée(s).")
        if not delivery.is_complete:
            self.stderr.write(f"{delivery.postponed} page(s) remise(s) à plus tard. {delivery.stopped_by}")
        return delivery.is_complete

    def _print_status(self, engine: Engine) -> None:
        self.stdout.write(
            f"Moteur de cet hôte : {engine.name} ({engine.state().value}), {engine.document_count()} contenus"
        )
        for found in consumer_statuses():
            self.stdout.write(f"{found.name}")
            self.stdout.write(f"  index en service : {found.generation or 'aucun'}")
            self.stdout.write(
                f"  reconstruit : {_moment(found.rebuilt_at)} ; dernière livraison : {_moment(found.last_seen_at)}"
            )
            self.stdout.write(
                f"  en attente : {found.pending} (le plus ancien : {_moment(found.oldest_change)}), "
                f"en échec : {found.failing}"
            )
            for error in found.errors:
                self.stdout.write(f"    {error}")


def _moment(value: datetime | None) -> str:
    return timezone.localtime(value).strftime("%d/%m/%Y %H:%M:%S") if value else "jamais"
