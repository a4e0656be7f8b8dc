import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hub.territories.dataset import DEFAULT_PATH, DatasetError, read_dataset
from hub.territories.loading import LoadReport, load_territories


class Command(BaseCommand):
    help = "Charge les territoires officiels (communes, EPCI, départements, régions, outre-mer). Peut être relancé."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--file", type=Path, default=DEFAULT_PATH, help="Fichier de territoires à lire.")
        parser.add_argument("--dry-run", action="store_true", help="Montre ce qui changerait, sans rien changer.")

    def handle(self, *, file: Path, dry_run: bool, verbosity: int, **_options: Any) -> None:
        start = time.monotonic()
        say = self.stdout.write if verbosity > 0 else _keep_quiet
        say(f"Lecture de {file.name}…")
        try:
            dataset = read_dataset(path=file)
        except DatasetError as error:
            raise CommandError(str(error)) from error
        say(f"Source : {dataset.source.get('package', 'inconnue')} {dataset.source.get('version', '')}".rstrip())
        report = load_territories(dataset=dataset, dry_run=dry_run, progress=say)
        for line in _report_lines(report=report):
            say(line)
        done = "Essai à blanc : rien n’a été changé" if dry_run else "Territoires à jour"
        say(self.style.SUCCESS(f"{done} ({time.monotonic() - start:.1f} s)."))


def _keep_quiet(_line: str) -> None:
    """Say nothing, with ``--verbosity 0``."""


def _report_lines(*, report: LoadReport) -> list[str]:
    return [
        f"Territoires créés : {report.created}",
        f"Territoires modifiés : {report.updated}",
        f"  dont devenus obsolètes : {report.retired}",
        f"  dont existant à nouveau : {report.restored}",
        f"Territoires inchangés : {report.unchanged}",
        f"Rattachements ajoutés : {report.memberships_added}, retirés : {report.memberships_removed}",
        f"Entrées d’autocomplétion ajoutées : {report.lookup_rows_added}, retirées : {report.lookup_rows_removed}",
    ]
