"""The database of one size: made once, and kept for the next runs when a folder is given for that."""

import argparse
import hashlib
import shutil
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from tqdm import tqdm

from initiatives.models import InitiativeIndexPage
from tests.bench import corpus, population
from tests.support.database_cache import snapshot_path

_MARK = ".prepared"
_SITE = "site"  # the database without entries, which every size begins with


def main() -> None:
    """Prepare the size given on the command line in the folder of the settings, unless it is there."""
    parser = argparse.ArgumentParser()
    parser.add_argument("size", type=int)
    prepare(size=parser.parse_args().size, folder=settings.VAR_DIR)


def prepare(*, size: int, folder: Path) -> None:
    """Fill the database of ``folder`` with the first entries of the corpus."""
    code = _code_of_the_database()
    if _is_prepared(folder, code=code):
        print("database kept from an earlier run", flush=True)
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    site = folder.parent / _SITE
    if _is_prepared(site, code=code):
        shutil.copytree(site, folder, dirs_exist_ok=True)
        (folder / _MARK).unlink()
    else:
        _make_site()
        connection.close()
        shutil.rmtree(site, ignore_errors=True)
        shutil.copytree(folder, site)
        (site / _MARK).write_text(code, encoding="utf-8")
    with tqdm(total=size, desc="pages", unit=" pages") as bar:
        population.populate(
            records=corpus.Corpus().records(size), parent=InitiativeIndexPage.objects.get(), progress=bar.update
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # the statistics the planner needs; every side profits from them
    (folder / _MARK).write_text(code, encoding="utf-8")


def _make_site() -> None:
    for command in (
        ["migrate", "--verbosity", "0"],
        ["load_territories"],
        ["prepare_site"],
        ["collectstatic", "--no-input", "--verbosity", "0"],
    ):
        call_command(*command)


def _is_prepared(folder: Path, *, code: str) -> bool:
    mark = folder / _MARK
    return mark.is_file() and mark.read_text(encoding="utf-8") == code


def _code_of_the_database() -> str:
    """Identify what the database is made from: migrations, libraries, and the corpus."""
    digest = hashlib.sha256(snapshot_path(folder=Path()).name.encode())
    for module in (corpus, population):
        digest.update(Path(module.__file__).read_bytes())
    return digest.hexdigest()
