import subprocess
import tarfile
import tempfile
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hub.refusals import Refused
from hub.territories.dataset import DEFAULT_PATH, Dataset, read_dataset, write_dataset
from hub.territories.source import HISTORY_VERSION, PACKAGE, VERSION, dataset_from_package

NPM_TIMEOUT_SECONDS = 300


class Command(BaseCommand):
    help = f"Reconstruit le fichier des territoires à partir du paquet npm {PACKAGE} {VERSION}."

    def add_arguments(self, parser: ArgumentParser) -> None:
        where = parser.add_mutually_exclusive_group(required=True)
        where.add_argument("folder", nargs="?", type=Path, help="Dossier du paquet npm décompressé.")
        where.add_argument(
            "--npm", action="store_true", help="Télécharge le paquet avec npm dans un dossier temporaire."
        )
        parser.add_argument(
            "--history",
            type=Path,
            help=f"Dossier du même paquet, version {HISTORY_VERSION} : les noms des communes d’avant. Avec --npm, "
            "téléchargé aussi. Sinon, ceux du fichier actuel sont gardés.",
        )
        parser.add_argument("--output", type=Path, default=DEFAULT_PATH, help="Fichier à écrire.")

    def handle(self, *, folder: Path | None, npm: bool, history: Path | None, output: Path, **_options: Any) -> None:
        try:
            if npm or folder is None:
                with tempfile.TemporaryDirectory() as temporary:
                    latest = self._download(version=VERSION, into=Path(temporary))
                    past = history or self._download(version=HISTORY_VERSION, into=Path(temporary))
                    dataset = dataset_from_package(folder=latest, history=past)
            else:
                dataset = dataset_from_package(folder=folder, history=history)
            if history is None and not npm:
                dataset = _with_kept_names(dataset=dataset)
            size = write_dataset(dataset=dataset, path=output)
            read_dataset(path=output)
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(self.style.SUCCESS(f"{output} : {size / 1_000:.0f} ko — {_summary(dataset=dataset)}."))

    def _download(self, *, version: str, into: Path) -> Path:
        self.stdout.write(f"Téléchargement de {PACKAGE} {version} avec npm…")
        into = into / version
        into.mkdir()
        command = ["npm", "pack", f"{PACKAGE}@{version}", "--silent", "--pack-destination", str(into)]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True, timeout=NPM_TIMEOUT_SECONDS)  # noqa: S603 — fixed words
        except FileNotFoundError as error:
            raise CommandError("npm n’est pas installé : donnez le dossier du paquet décompressé.") from error
        except subprocess.TimeoutExpired as error:
            raise CommandError(f"npm n’a pas répondu en {NPM_TIMEOUT_SECONDS} secondes.") from error
        except subprocess.CalledProcessError as error:
            raise CommandError(f"npm a échoué : {error.stderr.strip()}") from error
        with tarfile.open(next(into.glob("*.tgz"))) as content:
            content.extractall(into, filter="data")
        return into / "package"


def _with_kept_names(*, dataset: Dataset) -> Dataset:
    """The old names of the file in the repository that still lead to a commune: the past does not change."""
    current = {row.code for row in dataset.communes}
    kept = [row for row in read_dataset(path=DEFAULT_PATH).old_names if row.successor in current]
    return replace(dataset, old_names=kept)


def _summary(*, dataset: Dataset) -> str:
    return (
        f"{len(dataset.communes)} communes, {len(dataset.arrondissements)} arrondissements municipaux, "
        f"{len(dataset.epci)} EPCI, {len(dataset.departements)} départements, {len(dataset.regions)} régions, "
        f"{len(dataset.collectivites)} collectivités d’outre-mer, {len(dataset.former_communes)} communes déléguées "
        f"ou associées, {len(dataset.old_names)} anciens noms"
    )
