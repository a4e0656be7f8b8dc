import logging
import signal
import threading
from argparse import ArgumentParser
from dataclasses import replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hub.daily.loops import registered_loops, run_loops

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """``run_worker [--only NAME …] [--interval S]`` (docs/exploitation.md)."""

    help = (
        "Livre la recherche, envoie les courriels et fait les tâches quotidiennes, jusqu’à l’arrêt (SIGTERM, Ctrl-C)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        names = [loop.name for loop in registered_loops()]
        parser.add_argument("--only", nargs="+", choices=names, default=names, help="Ces boucles seulement.")
        parser.add_argument(
            "--interval", type=float, help="Secondes entre deux passages, au lieu du rythme de chacune."
        )

    def handle(self, *, only: list[str], interval: float | None, **_options: Any) -> None:
        if interval is not None and interval <= 0:
            raise CommandError("--interval doit être un nombre de secondes positif.")
        loops = [
            loop if interval is None else replace(loop, interval=interval)
            for loop in registered_loops()
            if loop.name in only
        ]
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        # In the logs: with their time, at once, and in the form the operator chose.
        paces = " ; ".join(f"{loop.label} toutes les {loop.interval:g} s" for loop in loops)
        logger.info("En marche : %s.", paces)
        run_loops(loops, stop=stop)
        logger.info("Arrêt demandé : tout ce qui était commencé est fini.")
