"""Secrets given as files: ``NAME_FILE`` holds the path of a file whose content is the value of ``NAME``.

This is how container platforms hand secrets over; a variable would show in the list of processes and in dumps.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

SECRETS = (
    "SECRET_KEY",
    "DATABASE_URL",
    "EMAIL_URL",
    "ELASTICSEARCH_API_KEY",
    "ELASTICSEARCH_PASSWORD",
    "PROCONNECT_CLIENT_SECRET",
)


def secret_file_problems(*, environ: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each secret file that cannot be used."""
    for name in SECRETS:
        path = environ.get(f"{name}_FILE", "").strip()
        if not path:
            continue
        if environ.get(name, "").strip():
            yield f"{name}_FILE : {name} est donnée aussi ; gardez l’une ou l’autre."
        elif problem := _reading(path)[1]:
            yield f"{name}_FILE : {problem}"


def with_secret_files(*, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment with the content of each secret file under the secret's own name.

    A file that cannot be used is left out; ``secret_file_problems`` says why.
    """
    resolved = dict(environ)
    for name in SECRETS:
        path = environ.get(f"{name}_FILE", "").strip()
        if path and not environ.get(name, "").strip():
            value, problem = _reading(path)
            if not problem:
                resolved[name] = value
    return resolved


def require_secret_files(*, environ: Mapping[str, str]) -> dict[str, str]:
    """Do the same, but refuse a file that cannot be used.

    Raises:
        ImproperlyConfigured: with one sentence for each problem.
    """
    if problems := list(secret_file_problems(environ=environ)):
        raise ImproperlyConfigured("\n".join(problems))
    return with_secret_files(environ=environ)


def _reading(path: str) -> tuple[str, str]:
    """Return the secret (editors end a file with a line break, which is no part of it), or what is wrong."""
    if not Path(path).is_absolute():
        return "", "chemin absolu attendu, pour ne pas dépendre du dossier de lancement."
    try:
        value = Path(path).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return "", f"le fichier {path} n’existe pas."
    except (OSError, UnicodeDecodeError):
        return "", f"le fichier {path} ne peut pas être lu par le compte qui exécute le hub."
    return (value, "") if value else ("", f"le fichier {path} est vide.")
