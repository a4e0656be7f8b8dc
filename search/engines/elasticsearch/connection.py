from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, urlsplit

import elastic_transport
import elasticsearch
from django.conf import settings
from elastic_transport.client_utils import DEFAULT
from elasticsearch import Elasticsearch

from search.engines.base import EngineError, EngineNotReadyError


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Where the servers are and who we are to them. ``timeout`` is how many seconds a search waits, all told."""

    hosts: tuple[str, ...]
    user: str = ""
    password: str = ""
    api_key: str = ""
    ca_cert: str = ""
    timeout: float = 1.5

    @property
    def label(self) -> str:
        """The hosts as they may be shown: without what is secret."""
        return ", ".join(self.hosts)

    def seconds_for_each_try(self, seconds: float) -> float:
        """Return how long one try may last so that all of them last ``seconds`` at most."""
        return seconds / 2 if len(self.hosts) > 1 else seconds


def connection_from_settings() -> Connection | None:
    """Return what the settings say, ``None`` when they name no server.

    A user and password in the first address count like those of their own settings, which win.
    """
    addresses = [address.strip() for address in settings.ELASTICSEARCH_URL.split(",") if address.strip()]
    if not addresses:
        return None
    first = urlsplit(addresses[0])
    return Connection(
        hosts=tuple(_without_credentials(address) for address in addresses),
        user=settings.ELASTICSEARCH_USER or unquote(first.username or ""),
        password=settings.ELASTICSEARCH_PASSWORD or unquote(first.password or ""),
        api_key=settings.ELASTICSEARCH_API_KEY,
        ca_cert=settings.ELASTICSEARCH_CA_CERT,
        timeout=settings.ELASTICSEARCH_TIMEOUT,
    )


# Twenty objects are made for each set of options, which a page of results would feel.
@lru_cache(maxsize=16)
def client_for(connection: Connection, process: int, *, seconds: float | None) -> Elasticsearch:
    """Return the client of a process: connections are not to be shared after a fork, hence ``process``.

    One try lasts ``seconds`` at most, or what the connection allows a search. Clients that only differ by that share
    their connections.
    """
    if seconds is not None:
        return client_for(connection, process, seconds=None).options(request_timeout=seconds)
    several = len(connection.hosts) > 1
    return Elasticsearch(
        list(connection.hosts),
        api_key=connection.api_key or None,
        basic_auth=(connection.user, connection.password) if connection.user and not connection.api_key else None,
        ca_certs=connection.ca_cert or DEFAULT,
        request_timeout=connection.seconds_for_each_try(connection.timeout),
        # Asking a lone server again would only double the wait; another one may answer.
        max_retries=1 if several else 0,
        retry_on_timeout=several,
        retry_on_status=(502, 503, 504) if several else (),
        connections_per_node=16,
        max_dead_node_backoff=10,
    )


def _without_credentials(address: str) -> str:
    parts = urlsplit(address)
    host = parts.hostname or ""
    if ":" in host:
        host = f"[{host}]"
    port = parts.port or (443 if parts.scheme == "https" else 9200)
    return f"{parts.scheme}://{host}:{port}{parts.path.rstrip('/')}"


_SERVER_ERRORS = 500
_SIGNED = (404, 405)
_NOT_ELASTICSEARCH = "Ce qui répond à {hosts} n’est pas Elasticsearch 8 (vérifiez ELASTICSEARCH_URL)."
# By status and, where it changes the meaning, by the kind of error the server names.
_BLOCKED, _TOO_OLD = "cluster_block_exception", "Elasticsearch, à {hosts}, est trop ancien : il faut la version 8."
_ANSWERS: dict[tuple[int, str] | int, str] = {
    401: "Elasticsearch, à {hosts}, refuse l’identifiant, le mot de passe ou la clé d’API donnés "
    "(ELASTICSEARCH_API_KEY, ou ELASTICSEARCH_USER et ELASTICSEARCH_PASSWORD).",
    (403, _BLOCKED): "Elasticsearch, à {hosts}, refuse les écritures : son index est en lecture seule.",
    (429, _BLOCKED): "Elasticsearch, à {hosts}, refuse les écritures : son disque est presque plein, faites de la "
    "place.",
    403: "Le compte donné pour Elasticsearch ({hosts}) n’a pas les droits du rôle décrit dans le guide.",
    (404, "index_not_found_exception"): "L’index de recherche n’existe pas encore sur Elasticsearch ({hosts}).",
    (400, "index_closed_exception"): "L’index de recherche est fermé sur Elasticsearch ({hosts}) : rouvrez-le.",
    (400, "media_type_header_exception"): _TOO_OLD,
    406: _TOO_OLD,
    429: "Elasticsearch, à {hosts}, est saturé (429).",
    503: "Elasticsearch, à {hosts}, n’a pas l’index disponible en ce moment (503).",
}


@contextmanager
def engine_errors(*, hosts: str) -> Iterator[None]:
    """Give whatever the client raises the name the hub knows, with one sentence about the server at ``hosts``."""
    try:
        yield
    except elasticsearch.NotFoundError as error:
        if error.error != "index_not_found_exception":
            raise EngineError(explain(error, hosts=hosts)) from error
        raise EngineNotReadyError(explain(error, hosts=hosts)) from error
    except (elasticsearch.ApiError, elastic_transport.TransportError, elasticsearch.UnsupportedProductError) as error:
        raise EngineError(explain(error, hosts=hosts)) from error


def explain(error: Exception, *, hosts: str) -> str:
    match error:
        case elasticsearch.UnsupportedProductError():
            return _NOT_ELASTICSEARCH.format(hosts=hosts)
        case elastic_transport.TlsError():
            return _explain_tls(error, hosts=hosts)
        case elastic_transport.ConnectionTimeout():
            return f"Elasticsearch ne répond pas assez vite à {hosts}."
        case elastic_transport.ConnectionError():
            return _explain_connection(error, hosts=hosts)
        case elasticsearch.ApiError():
            return _explain_answer(error, hosts=hosts)
    return f"La réponse d’Elasticsearch ({hosts}) est illisible : {type(error).__name__}."


def _explain_tls(error: elastic_transport.TlsError, *, hosts: str) -> str:
    said = _everything_said(error)
    if "certificate has expired" in said:
        return f"Le certificat d’Elasticsearch à {hosts} a expiré : renouvelez-le."
    if "hostname mismatch" in said or "doesn't match" in said or "IP address mismatch" in said:
        return f"Le certificat présenté à {hosts} est celui d’un autre hôte (vérifiez ELASTICSEARCH_URL)."
    if "CERTIFICATE_VERIFY_FAILED" in said:
        return (
            f"Le certificat d’Elasticsearch à {hosts} n’est signé par aucune autorité connue : "
            "donnez la sienne par ELASTICSEARCH_CA_CERT."
        )
    if "WRONG_VERSION_NUMBER" in said or "record layer failure" in said:
        return f"Le serveur à {hosts} ne parle pas TLS : ELASTICSEARCH_URL doit commencer par http://."
    return f"La connexion chiffrée avec {hosts} n’a pas pu s’établir : {error.message}."


def _explain_connection(error: elastic_transport.ConnectionError, *, hosts: str) -> str:
    said = _everything_said(error)
    if "Name or service not known" in said or "NameResolutionError" in said or "nodename nor servname" in said:
        return f"Aucun serveur ne porte le nom donné par ELASTICSEARCH_URL ({hosts})."
    if "Connection refused" in said:
        return f"Rien n’écoute à {hosts} : Elasticsearch est-il démarré (vérifiez ELASTICSEARCH_URL) ?"
    if "Connection aborted" in said and hosts.startswith("http://"):
        return (
            f"La connexion à {hosts} a été coupée : Elasticsearch s’arrête, ou bien il attend du TLS et "
            "ELASTICSEARCH_URL doit commencer par https://."
        )
    return f"Elasticsearch est injoignable à {hosts} : la connexion a été coupée ou n’a pas pu s’établir."


def _explain_answer(error: elasticsearch.ApiError, *, hosts: str) -> str:
    status = error.meta.status
    # Elasticsearch signs its answers, except those of a stranger's request; what stands before it signs nothing.
    if status in _SIGNED and "x-elastic-product" not in error.meta.headers:
        return _NOT_ELASTICSEARCH.format(hosts=hosts)
    return explain_status(status, kind=str(error.error), hosts=hosts)


def explain_status(status: int, *, kind: str, hosts: str) -> str:
    """Return one French sentence on an answer, or on one item of it: its status, and the kind of error it names."""
    if known := _ANSWERS.get((status, kind)) or _ANSWERS.get(status):
        return known.format(hosts=hosts)
    if status >= _SERVER_ERRORS:
        return f"Elasticsearch, à {hosts}, est en panne ({status} {kind})."
    return f"Elasticsearch, à {hosts}, refuse la demande ({status} {kind})."


def _everything_said(error: elastic_transport.TransportError) -> str:
    return " ".join([str(error.message), *(str(cause) for cause in error.errors)])
