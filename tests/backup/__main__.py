"""Back a site up, restore it into an empty database, and compare everything: ``python -m tests.backup``.

By default the site is made of the demonstration contents, in a temporary PostgreSQL. With ``--site`` it is the one the
environment names, which is only read.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg

from tests.backup.photograph import Contents, counters_behind, files, tables
from tests.backup.sites import Site, demonstration, program, restored, run, site_of_the_environment
from tests.servers.errors import ServerError
from tests.servers.postgres import running_postgres
from tests.servers.progress import say

EMPTY = "restored"  # name of the database that is restored into


def main() -> int:
    """Return the exit code: 0 when nothing differs."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.backup", description="Sauvegarde, restaure dans une base vide, et compare tout."
    )
    parser.add_argument("--site", action="store_true", help="le site que désignent les variables d’environnement")
    options = parser.parse_args()
    try:
        with running_postgres() as server, tempfile.TemporaryDirectory(prefix="hub-backup-") as folder:
            differences = check(server_url=server.url, folder=Path(folder), own_site=options.site)
    except ServerError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    show("\nLa restauration est fidèle." if not differences else f"\n{differences} différence(s).")
    return 1 if differences else 0


def check(*, server_url: str, folder: Path, own_site: bool) -> int:
    """Back up, restore, compare; return how many things differ."""
    if own_site:
        source = site_of_the_environment()
    else:
        say("Site de démonstration : base, territoires, contenus")
        source = demonstration(database_url=server_url, folder=folder)
    say("Sauvegarde : la base, puis les fichiers")
    dump = folder / "hub.dump"
    expected_tables = back_up_database(url=source.database_url, dump=dump)
    copy = folder / "media"
    shutil.copytree(source.media, copy)
    expected_files = files(source.media)
    expected = source.searches(output=folder / "source.json")
    say("Restauration dans une base vide")
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {EMPTY} TEMPLATE template0")
    target = restored(source=source, database_url=server_url.rpartition("/")[0] + f"/{EMPTY}", folder=folder)
    restore_database(url=target.database_url, dump=dump)
    shutil.copytree(copy, target.media)
    with psycopg.connect(target.database_url) as connection:
        found_tables = tables(connection)
        behind = counters_behind(connection)
    say("Reconstruction de l’index, puis recherches")
    return report(target, expected_tables, found_tables, expected_files, expected, behind, output=folder / "found.json")


def back_up_database(*, url: str, dump: Path) -> dict[str, Contents]:
    """Run the documented backup, and return what the database held at that very moment, even on a site in use."""
    with psycopg.connect(url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        run([program("pg_dump"), "--format=custom", f"--snapshot={snapshot}", "--file", str(dump), url])
        return tables(connection)


def restore_database(*, url: str, dump: Path) -> None:
    """Run the documented restoration."""
    options = ["--clean", "--if-exists", "--no-owner", "--exit-on-error"]
    run([program("pg_restore"), *options, "--dbname", url, str(dump)])


def report(
    target: Site,
    expected_tables: Mapping[str, Contents],
    found_tables: Mapping[str, Contents],
    expected_files: Mapping[str, Contents],
    expected: Mapping[str, Any],
    behind: list[str],
    *,
    output: Path,
) -> int:
    """Rebuild the index of the restored site, print what it holds beside what was backed up, and count differences."""
    target.manage("rebuild_search", "--yes", "--verbosity", "0")
    found = target.searches(output=output)
    differences = compare("table", expected_tables, found_tables)
    differences += compare("fichier", expected_files, files(target.media), each=False)
    same = {name: Contents(answer[0], str(answer)) for name, answer in expected["answers"].items()}
    differences += compare(
        "recherche",
        same,
        {name: Contents(answer[0], str(answer)) for name, answer in found["answers"].items()},
        each=False,
    )
    for table in behind:
        show(f"{table} : le prochain identifiant est déjà pris")
    lost = sorted(set(found["missing_files"]) - set(expected["missing_files"]))
    for name in lost:
        show(f"{name} : nommé par la base, absent des fichiers")
    return differences + len(behind) + len(lost)


def compare(what: str, expected: Mapping[str, Contents], found: Mapping[str, Contents], *, each: bool = True) -> int:
    """Print the two sides, all lines or those that differ, then their sum; return how many differ."""
    different = 0
    show(f"\n{what:40} {'sauvegardé':>12} {'restauré':>12}")
    for name in sorted({*expected, *found}):
        before, after = expected.get(name), found.get(name)
        different += before != after
        if each or before != after:
            counts = " ".join(f"{'absent' if side is None else side.count:>12}" for side in (before, after))
            show(f"{name or '(tout)':40} {counts}  {'' if before == after else 'DIFFÉRENT'}")
    totals = " ".join(f"{sum(side.count for side in sides.values()):>12}" for sides in (expected, found))
    outcome = f"{different} différence(s)" if different else "identiques"
    show(f"{f'{len(found)} {what}(s), en tout':40} {totals}  {outcome}")
    return different


def show(line: str) -> None:
    """Write a line of the report."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
