from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from search import worker
from search.engines.base import EngineState
from search.engines.selection import engines
from search.outbox import retry_set_aside
from search.status import ConsumerStatus, EngineStatus, SearchStatus, search_status

_STATES = {
    EngineState.READY: "à jour de cette version",
    EngineState.OUTDATED: "d’une autre version : répond, mais n’est plus mis à jour",
    EngineState.MISSING: "absent",
}


class Command(BaseCommand):
    help = "Livre aux index de recherche les changements en attente, et reconstruit ceux qui manquent."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--status", action="store_true", help="Montre l’état des index, sans rien livrer.")
        parser.add_argument(
            "--retry",
            nargs="*",
            type=int,
            metavar="PAGE",
            help="Réessaie les pages mises de côté : toutes, ou celles dont les numéros suivent.",
        )
        parser.add_argument(
            "--forget-absent",
            action="store_true",
            help="Oublie les index que personne n’a vus depuis SEARCH_CONSUMER_MAX_ABSENCE_DAYS jours.",
        )

    def handle(self, *, status: bool, retry: list[int] | None, forget_absent: bool, **_options: Any) -> None:
        if status:
            found = search_status()
            for engine in found.engines:
                self._print_engine(engine, found=found)
            for consumer in found.elsewhere:
                self.stdout.write(f"{consumer.row.name} (un autre hôte)")
                self._print_consumer(consumer)
            return
        if forget_absent:
            names = worker.forget_absent(days=settings.SEARCH_CONSUMER_MAX_ABSENCE_DAYS)
            self.stdout.write(f"Oubliés : {', '.join(names)}." if names else "Aucun index absent à oublier.")
            return
        if retry is not None:
            count = retry_set_aside(page_ids=retry or None)
            self.stdout.write(f"{count} page(s) mise(s) de côté à réessayer.")
        say, complain = self.stdout.write, self.stderr.write
        went_well = [worker.one_pass(engine=engine, say=say, complain=complain) for engine in engines()]
        if not all(went_well):
            raise CommandError("Tout n’a pas pu être livré ; voyez « sync_search --status ».")

    def _print_engine(self, engine: EngineStatus, *, found: SearchStatus) -> None:
        role = "secours de cet hôte" if engine.is_standby else "moteur de recherche de cet hôte"
        self.stdout.write(f"{engine.name} ({role})")
        if engine.state is None:
            self.stdout.write(f"  ne répond pas : {engine.error}")
        else:
            rebuild = " ; à reconstruire : « rebuild_search --if-needed »" if engine.needs_rebuild else ""
            self.stdout.write(f"  index {_STATES[engine.state]}, {engine.document_count} documents{rebuild}")
            for label, in_index, published in found.documents_by_type(engine):
                in_database = "" if published is None else f" pour {published} dans la base"
                self.stdout.write(f"    {label} : {in_index}{in_database}")
        if engine.consumer is None:
            self.stdout.write("  inconnu de la base : le livreur le reconstruira")
        else:
            self._print_consumer(engine.consumer)

    def _print_consumer(self, consumer: ConsumerStatus) -> None:
        say, row = self.stdout.write, consumer.row
        say(f"  index en service : {row.generation or 'aucun'}")
        say(f"  reconstruit : {_moment(row.rebuilt_at)} ; dernier signe de vie : {_moment(row.last_seen_at)}")
        say(f"  livreur vu : {_moment(row.worker_seen_at)}")
        if row.rebuild_requested_at:
            say(f"  reconstruction demandée : {_moment(row.rebuild_requested_at)}")
        if row.failing_since:
            say(f"  en panne depuis : {_moment(row.failing_since)} ({row.last_error})")
        say(
            f"  en attente : {consumer.pending} (le plus ancien : {_moment(consumer.oldest_change)}), "
            f"en échec : {consumer.failing}"
        )
        for error in consumer.errors:
            say(f"    {error}")
        say(f"  mises de côté : {consumer.set_aside_count}")
        for page_id, reason in consumer.set_aside:
            say(f"    page {page_id} : {reason}")


def _moment(value: datetime | None) -> str:
    return timezone.localtime(value).strftime("%d/%m/%Y %H:%M:%S") if value else "jamais"
