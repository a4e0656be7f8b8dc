import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hub.refusals import Refused
from hub.territories.dataset import DEFAULT_PATH, read_dataset
from hub.territories.loading import load_territories


class Command(BaseCommand):
    help = "Charge les territoires officiels (communes, EPCI, départements, régions, outre-mer). Peut être relancé."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--file", type=Path, default=DEFAULT_PATH, help="Fichier de territoires à lire.")
        parser.add_argument("--dry-run", action="store_true", help="Montre ce qui changerait, sans rien changer.")

    def handle(self, *, file: Path, dry_run: bool, verbosity: int, **_options: Any) -> None:
        start = time.monotonic()
        say = self.stdout.write if verbosity > 0 else lambda _line: None
        say(f"Lecture de {file.name}…")
        try:
            dataset = read_dataset(path=file)
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        say(f"Source : {dataset.source.get('package', 'inconnue')} {dataset.source.get('version', '')}".rstrip())
        report = load_territories(dataset=dataset, dry_run=dry_run, progress=say)
        say(f"Territoires créés : {report.created}")
        say(f"Territoires modifiés : {report.updated}")
        say(f"  dont devenus obsolètes : {report.retired}")
        say(f"  dont existant à nouveau : {report.restored}")
        say(f"Territoires inchangés : {report.unchanged}")
        say(f"Rattachements ajoutés : {report.memberships_added}, retirés : {report.memberships_removed}")
        say(f"Entrées d’autocomplétion ajoutées : {report.lookup_rows_added}, retirées : {report.lookup_rows_removed}")
        done = "Essai à blanc : rien n’a été changé" if dry_run else "Territoires à jour"
        say(self.style.SUCCESS(f"{done} ({time.monotonic() - start:.1f} s)."))
