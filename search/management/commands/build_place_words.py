import json
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hub.territories.dataset import DEFAULT_PATH, read_dataset
from hub.territories.names import ARTICLES, LINK_WORDS, normalise_name
from search.analysis import stop_words
from search.place_words import ORDINARY_PATH

PACKAGE, VERSION = "an-array-of-french-words", "2.0.0"
_HEADER = f"""\
# Names of places that are ordinary French words too: never read as a place without a preposition or a number beside.
# Made by manage.py build_place_words: the names of territories that npm's {PACKAGE} {VERSION} (MIT) knows,
# of one word, or of two that are both words. Names of people are in place_persons.txt.
"""
_MOST_WORDS = 2


class Command(BaseCommand):
    help = (
        f"Reconstruit la liste des noms de lieux qui sont aussi des mots, à partir du paquet npm {PACKAGE} {VERSION}."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="Dossier du paquet npm décompressé.")
        parser.add_argument("--output", type=Path, default=ORDINARY_PATH, help="Fichier à écrire.")

    def handle(self, *, folder: Path, output: Path, **_options: Any) -> None:
        try:
            manifest = json.loads((folder / "package.json").read_text(encoding="utf-8"))
            words = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"{folder} n’est pas le paquet {PACKAGE} décompressé : {error}.") from error
        if (manifest["name"], manifest["version"]) != (PACKAGE, VERSION):
            raise CommandError(f"{folder} n’est pas {PACKAGE} {VERSION}.")
        dataset = read_dataset(path=DEFAULT_PATH)
        rows: Iterable[Any] = (
            *dataset.communes,
            *dataset.departements,
            *dataset.regions,
            *dataset.collectivites,
            *dataset.epci,
            *dataset.former_communes,
            *dataset.old_names,
        )
        ordinary = {normalise_name(word) for word in words} | stop_words() | LINK_WORDS
        names = sorted(set(_ordinary_names(rows=rows, ordinary=ordinary)))
        output.write_text(_HEADER + "".join(f"{name}\n" for name in names), encoding="utf-8")
        self.stdout.write(self.style.SUCCESS(f"{output} : {len(names)} noms."))


def _ordinary_names(*, rows: Iterable[Any], ordinary: set[str] | frozenset[str]) -> Iterator[str]:
    for row in rows:
        words = normalise_name(row.name).split()
        if len(words) > 1 and words[0] in ARTICLES:
            words = words[1:]
        if words[0].startswith("saint"):
            continue  # a rule of their own
        if len(words) <= _MOST_WORDS and all(word in ordinary for word in words):
            yield " ".join(words)
