"""What is wrong with the settings of the search cluster, said before anything starts (docs/exploitation.md)."""

import math
import re
import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from hub.web.client_address import is_of_this_machine

DEFAULT_TIMEOUT = 1.5  # seconds
DEFAULT_BREAKER = 10.0  # seconds
DEFAULT_INDEX = "hub"

# Above these, the value was surely meant in milliseconds.
LONGEST_TIMEOUT = 10  # seconds
LONGEST_BREAKER = 600  # seconds

_EXPECTED_URL = "https://es-1.example.internal:9200"
_INDEX_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")


def elasticsearch_problems(*, environ: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each setting of the cluster that is wrong or unsafe. Passwords are never quoted."""
    values = {name: value.strip() for name, value in environ.items()}
    hosts = [host.strip() for host in values.get("ELASTICSEARCH_URL", "").split(",") if host.strip()]
    for position, host in enumerate(hosts, start=1):
        yield from (f"ELASTICSEARCH_URL : {problem}" for problem in _host_problems(host, position=position))
    yield from _credential_problems(values, in_url=any("@" in host for host in hosts))
    yield from _certificate_problems(values.get("ELASTICSEARCH_CA_CERT", ""))
    index = values.get("ELASTICSEARCH_INDEX", "")
    if index and not _INDEX_NAME.fullmatch(index):
        yield "ELASTICSEARCH_INDEX : minuscules sans accent, chiffres, tirets et soulignés seulement (« hub »)."
    yield from _seconds_problems(values, name="ELASTICSEARCH_TIMEOUT", longest=LONGEST_TIMEOUT)
    yield from _seconds_problems(values, name="SEARCH_BREAKER_SECONDS", longest=LONGEST_BREAKER)


def _host_problems(host: str, *, position: int) -> Iterator[str]:
    try:
        parts = urlsplit(host)
        port = parts.port
    except ValueError:
        yield f"l’adresse n° {position} est illisible ; forme attendue : {_EXPECTED_URL}."
        return
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        yield f"l’adresse n° {position} doit commencer par https:// (ou http:// sur cette machine) : {_EXPECTED_URL}."
        return
    if port is None:
        yield f"le port de {parts.hostname} manque ; forme attendue : {_EXPECTED_URL}."
    if parts.query or parts.fragment:
        yield f"l’adresse de {parts.hostname} s’arrête au port, ou au chemin d’un serveur mandataire."
    if parts.scheme == "http" and not is_of_this_machine(parts.hostname):
        yield f"{parts.hostname} est une autre machine : mot de passe et contenus y passeraient en clair ; utilisez https://."


def _credential_problems(values: Mapping[str, str], *, in_url: bool) -> Iterator[str]:
    user, password = values.get("ELASTICSEARCH_USER", ""), values.get("ELASTICSEARCH_PASSWORD", "")
    ways = [
        name
        for name, given in (
            ("ELASTICSEARCH_API_KEY", values.get("ELASTICSEARCH_API_KEY", "")),
            ("ELASTICSEARCH_USER", user or password),
            ("ELASTICSEARCH_URL", in_url),
        )
        if given
    ]
    if len(ways) > 1:
        yield f"{ways[0]} : {' et '.join(ways[1:])} donne aussi de quoi s’identifier ; gardez une seule manière."
    if user and not password:
        yield "ELASTICSEARCH_PASSWORD : variable absente ou vide, alors qu’ELASTICSEARCH_USER est donnée."
    if password and not user:
        yield "ELASTICSEARCH_USER : variable absente ou vide, alors qu’ELASTICSEARCH_PASSWORD est donnée."


def _certificate_problems(value: str) -> Iterator[str]:
    if not value:
        return
    path = Path(value)
    if not path.is_absolute():
        yield "ELASTICSEARCH_CA_CERT : chemin absolu attendu, pour ne pas dépendre du dossier de lancement."
        return
    try:
        ssl.create_default_context(cafile=value)
    except FileNotFoundError:
        yield f"ELASTICSEARCH_CA_CERT : le fichier {path} n’existe pas."
    except ssl.SSLError:
        yield f"ELASTICSEARCH_CA_CERT : le fichier {path} ne contient pas de certificat au format PEM."
    except OSError:
        yield f"ELASTICSEARCH_CA_CERT : le fichier {path} ne peut pas être lu par le compte qui exécute le hub."


def _seconds_problems(values: Mapping[str, str], *, name: str, longest: int) -> Iterator[str]:
    value = values.get(name, "")
    if not value:
        return
    try:
        seconds = float(value)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds <= longest:  # also false for NaN
        yield f"{name} : un nombre de secondes est attendu, plus grand que 0 et jusqu’à {longest} (1.5, avec un point)."
