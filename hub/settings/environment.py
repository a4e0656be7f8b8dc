"""The settings an environment gives, and those it may keep in files."""

import ipaddress
import os
import re
from collections.abc import Callable, Iterator, Mapping
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from hub.settings.elasticsearch import elasticsearch_problems

SECRETS = (
    "SECRET_KEY",
    "DATABASE_URL",
    "EMAIL_URL",
    "ELASTICSEARCH_API_KEY",
    "ELASTICSEARCH_PASSWORD",
    "PROCONNECT_CLIENT_SECRET",
)


def require_secret_files(*, environ: Mapping[str, str]) -> dict[str, str]:
    """Put each secret file's content under the secret's own name; raises ``ImproperlyConfigured`` for unusable ones."""
    resolved, problems = _with_secret_files(environ)
    if problems:
        raise ImproperlyConfigured("\n".join(problems.values()))
    return resolved


def _with_secret_files(environ: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the environment with what could be read of the files, and a sentence by secret for each other file."""
    resolved, problems = dict(environ), {}
    for name in SECRETS:
        path = environ.get(f"{name}_FILE", "").strip()
        if path and environ.get(name, "").strip():
            problems[name] = f"{name}_FILE : {name} est donnée aussi ; gardez l’une ou l’autre."
        elif path:
            value, problem = _reading(path)
            if problem:
                problems[name] = f"{name}_FILE : {problem}"
            else:
                resolved[name] = value
    return resolved, problems


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


DEMO_SECRET_KEY = "demonstration-only-key-never-used-in-production"  # noqa: S105 — public, hence refused below
TEST_SECRET_KEY = "tests-only-key"  # noqa: S105 — likewise

# Django's own threshold (security.W009).
SECRET_KEY_MIN_LENGTH = 50
SECRET_KEY_MIN_DISTINCT_CHARACTERS = 5

MAIL_SCHEMES = ("smtp", "smtp+tls", "smtp+ssl", "smtps")
DATABASE_SCHEMES = ("postgres", "postgresql", "pgsql", "psql")


def require_sound_environment(*, environ: Mapping[str, str]) -> None:
    """Raises ``ImproperlyConfigured``, with one sentence for each problem of a public server."""
    if problems := environment_problems(environ=environ):
        listed = "\n".join(f"  - {problem}" for problem in problems)
        raise ImproperlyConfigured(
            f"La configuration de production est incomplète ou dangereuse :\n{listed}\nVoir docs/exploitation.md."
        )


def environment_problems(*, environ: Mapping[str, str]) -> list[str]:
    """Return a sentence for each variable that is missing or unsafe, in the order of the operator's guide."""
    environ, unreadable = _with_secret_files(environ)
    problems = list(unreadable.values())
    for name, check in (REQUIRED | OPTIONAL).items():
        if value := environ.get(name, "").strip():
            problems.extend(f"{name} : {problem}" for problem in check(value))
        elif name in REQUIRED and name not in unreadable:
            problems.append(f"{name} : variable absente ou vide.")
    for problems_together in (_host_mismatch, elasticsearch_problems, _proconnect_problems):
        problems.extend(problems_together(environ=environ))
    return problems


def comma_separated(value: str) -> list[str]:
    return [item.strip() for item in value.split(",") if item.strip()]


def folder(*, environ: Mapping[str, str], name: str, default: Path) -> Path:
    # ``environ.Path`` is no ``os.PathLike`` to divide by "/", which Django and the hub both do.
    return Path(environ.get(name, "").strip() or default)


def _secret_key(value: str) -> Iterator[str]:
    if value in {DEMO_SECRET_KEY, TEST_SECRET_KEY} or value.startswith("django-insecure-"):
        yield "cette clé est publique (démonstration, tests ou modèle de projet) ; tirez-en une au hasard."
    elif len(value) < SECRET_KEY_MIN_LENGTH or len(set(value)) < SECRET_KEY_MIN_DISTINCT_CHARACTERS:
        yield f"clé trop courte ou trop régulière ; il en faut {SECRET_KEY_MIN_LENGTH} caractères tirés au hasard."


def _allowed_hosts(value: str) -> Iterator[str]:
    hosts = comma_separated(value)
    if not hosts:
        yield "aucun nom d’hôte ; indiquez celui du site, par exemple hub.example.gouv.fr."
    if any("*" in host for host in hosts):
        yield "« * » accepterait n’importe quel nom d’hôte ; listez les noms du site."
    yield from (
        f"« {host} » n’est pas un nom d’hôte ; ni protocole, ni port, ni chemin."
        for host in hosts
        if "*" not in host and ("/" in host or " " in host or (":" in host and not host.startswith("[")))
    )


def _database_url(value: str) -> Iterator[str]:
    try:
        parts = urlsplit(value)
    except ValueError:
        yield "adresse illisible ; forme attendue : postgres://utilisateur:motdepasse@hôte:5432/base."
        return
    if parts.scheme.startswith("sqlite"):
        yield "SQLite convient à l’essai, pas à un site public ; utilisez PostgreSQL."
    elif parts.scheme not in DATABASE_SCHEMES or not parts.path.strip("/"):
        yield "adresse d’une base PostgreSQL attendue : postgres://utilisateur:motdepasse@hôte:5432/base."


def _public_base_url(value: str) -> Iterator[str]:
    try:
        parts = urlsplit(value)
    except ValueError:
        yield "adresse illisible ; forme attendue : https://hub.example.gouv.fr."
        return
    if parts.scheme != "https":
        yield "l’adresse publique du site doit commencer par https://."
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        yield "indiquez l’adresse de la racine du site seulement, par exemple https://hub.example.gouv.fr."


def _email_url(value: str) -> Iterator[str]:
    try:
        parts = urlsplit(value)
    except ValueError:
        yield "adresse illisible ; forme attendue : smtp+tls://utilisateur:motdepasse@hôte:587."
        return
    if parts.scheme not in MAIL_SCHEMES:
        yield f"un serveur d’envoi est attendu ({', '.join(MAIL_SCHEMES)}) ; sans lui aucun courriel ne part."
    elif not parts.hostname:
        yield "le nom du serveur d’envoi manque : smtp+tls://utilisateur:motdepasse@hôte:587."


def _mail_address(value: str) -> Iterator[str]:
    local_part, _, domain = parseaddr(value)[1].partition("@")
    if not local_part or "." not in domain:
        yield "adresse d’expéditeur attendue, par exemple « Hub Dihal <hub@example.gouv.fr> »."


def _writable_folder(value: str) -> Iterator[str]:
    folder = Path(value)
    if not folder.is_absolute():
        yield "chemin absolu attendu, pour ne pas dépendre du dossier de lancement."
    elif not folder.is_dir():
        yield f"le dossier {folder} n’existe pas ; créez-le et donnez-le au compte qui exécute le hub."
    elif not os.access(folder, os.W_OK | os.X_OK):
        yield f"le dossier {folder} n’est pas inscriptible par le compte qui exécute le hub."


def _proxy_addresses(value: str) -> Iterator[str]:
    for address in comma_separated(value):
        try:
            network = ipaddress.ip_network(address)
        except ValueError:
            yield f"« {address} » n’est ni une adresse IP ni un réseau (10.0.0.0/24)."
        else:
            if network.prefixlen == 0:
                yield f"« {address} » ferait confiance à tout le monde ; listez les serveurs mandataires."


def _server_names(value: str) -> Iterator[str]:
    """Of PeerTube: each becomes a part of the content policy, where a « ; » or a « * » would mean something else."""
    for name in comma_separated(value):
        if not re.fullmatch(r"[a-z0-9.-]+(?::\d{1,5})?", name, re.IGNORECASE | re.ASCII):
            yield f"« {name} » n’est pas le nom d’un serveur ; ni protocole, ni chemin : « tube.example.gouv.fr »."


def _host_mismatch(*, environ: Mapping[str, str]) -> Iterator[str]:
    hosts = comma_separated(environ.get("ALLOWED_HOSTS", ""))
    try:
        public_host = urlsplit(environ.get("PUBLIC_BASE_URL", "").strip()).hostname
    except ValueError:
        return
    if not hosts or not public_host or any("*" in host for host in hosts):
        return
    if not any(public_host == host or (host.startswith(".") and public_host.endswith(host)) for host in hosts):
        yield f"ALLOWED_HOSTS : le nom de PUBLIC_BASE_URL, {public_host}, n’y figure pas."


def _proconnect_problems(*, environ: Mapping[str, str]) -> Iterator[str]:
    names = ("PROCONNECT_SERVER_URL", "PROCONNECT_CLIENT_ID", "PROCONNECT_CLIENT_SECRET")
    given = [name for name in names if environ.get(name, "").strip()]
    if given and len(given) < len(names):
        missing = ", ".join(name for name in names if name not in given)
        yield f"{given[0]} : donnée sans {missing} ; ProConnect demande les trois."


def _number(*, kind: Callable[[str], float], least: float, most: float) -> "Check":
    def check(value: str) -> Iterator[str]:
        try:
            number = kind(value)
        except ValueError:
            yield f"« {value} » n’est pas un nombre{' entier' if kind is int else ''}."
            return
        if not least <= number <= most:
            yield f"un nombre de {least:g} à {most:g} est attendu."

    return check


def _expected(sentence: str, *, holds: Callable[[str], bool]) -> "Check":
    return lambda value: iter(() if holds(value) else (sentence,))


Check = Callable[[str], Iterator[str]]

_absolute_path = _expected(
    "chemin absolu attendu, pour ne pas dépendre du dossier de lancement.",
    holds=lambda value: Path(value).is_absolute(),
)
_yes_or_no = _expected("0 (non) ou 1 (oui).", holds=lambda value: value in {"0", "1"})

REQUIRED: dict[str, Check] = {
    "SECRET_KEY": _secret_key,
    "ALLOWED_HOSTS": _allowed_hosts,
    "PUBLIC_BASE_URL": _public_base_url,
    "DATABASE_URL": _database_url,
    "EMAIL_URL": _email_url,
    "DEFAULT_FROM_EMAIL": _mail_address,
    "HUB_VAR_DIR": _writable_folder,
    "SEARCH_HOST_NAME": _expected(
        "lettres, chiffres, tirets et points seulement ; un nom stable et différent pour chaque serveur web.",
        holds=lambda value: value.replace("-", "").replace("_", "").replace(".", "").isalnum(),
    ),
    "SECURITY_CONTACT": _expected(
        "à qui signaler une faille : « mailto:securite@example.gouv.fr » ou une page en https://.",
        holds=lambda value: value.startswith(("mailto:", "https://")),
    ),
}
OPTIONAL: dict[str, Check] = {
    "MEDIA_ROOT": _absolute_path,
    "STATIC_ROOT": _absolute_path,
    "SEARCH_INDEX_DIR": _absolute_path,
    "SERVE_IMAGES": _yes_or_no,
    "TRUSTED_PROXIES": _proxy_addresses,
    "PROCONNECT_SERVER_URL": _expected(
        "adresse en https:// attendue, celle que ProConnect donne pour son service.",
        holds=lambda value: value.startswith("https://"),
    ),
    "PROCONNECT_EMAILS_ARE_VERIFIED": _yes_or_no,
    "REQUIRE_SECOND_FACTOR_FOR_EDITORS": _yes_or_no,
    # What looking at a file may cost: without bounds, one would stop the site; too little, and none would be taken.
    "FILE_CHECK_PROCESSOR_SECONDS": _number(kind=int, least=1, most=60),
    "FILE_CHECK_SECONDS": _number(kind=float, least=1, most=60),
    "FILE_CHECK_MEMORY_MB": _number(kind=int, least=200, most=4096),
    "FILE_CHECKS_AT_ONCE": _number(kind=int, least=1, most=64),
    "FILE_CHECK_WAIT": _number(kind=float, least=0, most=30),
    "PEERTUBE_HOSTS": _server_names,
    "DAILYMOTION_PLAYER": _expected("l’identifiant d’un lecteur, lettres et chiffres : « x1p2q ».", holds=str.isalnum),
    # All the requests on their way to a web process take 2 GB at most (hub/web/serving.py).
    "RECORDING_MAX_MB": _number(kind=int, least=1, most=2000),
    "WEB_THREADS": _number(kind=int, least=1, most=1000),
    "HSTS_SECONDS": _number(kind=int, least=0, most=10 * 366 * 24 * 3600),
    "REVIEW_DELAY_DAYS": _number(kind=int, least=0, most=366),
    "SEARCH_CONSUMER_MAX_ABSENCE_DAYS": _number(kind=int, least=1, most=3660),
    "SHEET_CONFIRMATION_DAYS": _number(kind=int, least=1, most=3660),
    "SHEET_ARCHIVE_DAYS": _number(kind=int, least=1, most=3660),
    "SHEET_ADDRESSES_KEPT_DAYS": _number(kind=int, least=0, most=3660),
}
