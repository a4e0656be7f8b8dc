"""A site to be backed up, and the one that is restored: where each keeps what it has, and how to run its commands."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.servers.errors import ServerError
from tests.servers.postgres import programs

_SEARCHES = "import django; django.setup(); from tests.backup.searches import main; main()"
_WHERE = "import django; django.setup(); from django.conf import settings; print(settings.MEDIA_ROOT)"
SECRETS_OF_THE_SITE = ("DATABASE_URL_FILE", "ELASTICSEARCH_API_KEY", "ELASTICSEARCH_API_KEY_FILE")
DEMONSTRATION = (
    ("migrate", "--verbosity", "0"),
    ("createcachetable",),
    ("load_territories",),
    ("load_vocabulary",),
    ("load_thesaurus",),
    ("prepare_site",),
    # Before the contents: every change then leaves a row in the outbox, which is backed up like the rest.
    ("rebuild_search", "--yes", "--verbosity", "0"),
    ("load_demo",),
    ("createsuperuser", "--no-input", "--username", "sauvegarde", "--email", "sauvegarde@example.org"),
    ("sync_search",),
)


@dataclass(frozen=True, slots=True)
class Site:
    """A database, a folder of media, and the environment the hub runs in."""

    database_url: str
    media: Path
    environment: Mapping[str, str]

    def manage(self, *arguments: str) -> None:
        """Run a command of the hub. Raises ``ServerError`` with what it said when it fails."""
        run([sys.executable, "manage.py", *arguments], environment=self.environment)

    def searches(self, *, output: Path) -> dict[str, Any]:
        """Return what ``tests.backup.searches`` sees on this site."""
        run([sys.executable, "-c", _SEARCHES, str(output)], environment=self.environment)
        seen: dict[str, Any] = json.loads(output.read_text(encoding="utf-8"))
        return seen


def demonstration(*, database_url: str, folder: Path) -> Site:
    """Make a site of the demonstration contents."""
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "hub.settings.demo",
        "DATABASE_URL": database_url,
        "HUB_VAR_DIR": str(folder / "source"),
        "DJANGO_SUPERUSER_PASSWORD": "un-mot-de-passe-d-essai",
    }
    site = Site(database_url, folder / "source" / "media", environment)
    for command in DEMONSTRATION:
        site.manage(*command)
    return site


def site_of_the_environment() -> Site:
    """Return the site whose settings are those of this process: the operator's own. It is only read."""
    environment = dict(os.environ)
    path = environment.get("DATABASE_URL_FILE", "")
    url = Path(path).read_text(encoding="utf-8").strip() if path else environment.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        raise ServerError("DATABASE_URL ne désigne pas une base PostgreSQL : chargez les réglages du site d’abord.")
    media = run([sys.executable, "-c", _WHERE], environment=environment).strip()
    return Site(url, Path(media), environment)


def restored(*, source: Site, database_url: str, folder: Path) -> Site:
    """Return the site to restore into: the same settings, but a database, folders and an embedded index of its own."""
    kept = {name: value for name, value in source.environment.items() if name not in SECRETS_OF_THE_SITE}
    (folder / "restored").mkdir()
    own = {
        "DATABASE_URL": database_url,
        "HUB_VAR_DIR": str(folder / "restored"),
        "MEDIA_ROOT": str(folder / "restored" / "media"),
        "SEARCH_INDEX_DIR": str(folder / "restored" / "search"),
        "SEARCH_HOST_NAME": "restauration",
        "ELASTICSEARCH_URL": "",
        "ELASTICSEARCH_USER": "",
        "ELASTICSEARCH_PASSWORD": "",
        "ELASTICSEARCH_PASSWORD_FILE": "",
    }
    return Site(database_url, folder / "restored" / "media", {**kept, **own})


def program(name: str) -> str:
    """Return the path of a program of PostgreSQL."""
    return str(programs() / name)


def run(command: list[str], *, environment: Mapping[str, str] | None = None) -> str:
    """Run a command and return what it wrote. Raises ``ServerError`` with what it said when it fails."""
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        said = f"{done.stdout}{done.stderr}".strip()
        raise ServerError(f"{Path(command[0]).name} {command[1]} a échoué :\n{said}")
    return done.stdout
