"""How to reach the servers the settings name."""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from django.conf import settings
from elastic_transport.client_utils import DEFAULT
from elasticsearch import Elasticsearch


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


def client_for(connection: Connection, process: int, *, seconds: float | None = None) -> Elasticsearch:
    """Return the client of a process: connections are not to be shared after a fork, hence ``process``.

    One try lasts ``seconds`` at most, or what the connection allows a search. Clients that only differ by that share
    their connections.
    """
    client = _client(connection, process)
    # Twenty objects are made for each set of options, which a page of results would feel.
    return client if seconds is None else _hurried(client, seconds)


@lru_cache(maxsize=8)
def _client(connection: Connection, process: int) -> Elasticsearch:
    del process
    several = len(connection.hosts) > 1
    return Elasticsearch(
        list(connection.hosts),
        api_key=connection.api_key or None,
        basic_auth=(connection.user, connection.password) if connection.user and not connection.api_key else None,
        ca_certs=connection.ca_cert or DEFAULT,
        request_timeout=seconds_for_each_try(connection, seconds=connection.timeout),
        # Asking a lone server again would only double the wait; another one may answer.
        max_retries=1 if several else 0,
        retry_on_timeout=several,
        retry_on_status=(502, 503, 504) if several else (),
        connections_per_node=16,
        max_dead_node_backoff=10,
    )


@lru_cache(maxsize=16)
def _hurried(client: Elasticsearch, seconds: float) -> Elasticsearch:
    return client.options(request_timeout=seconds)


def seconds_for_each_try(connection: Connection, *, seconds: float) -> float:
    """Return how long one try may last so that all of them last ``seconds`` at most."""
    return seconds / 2 if len(connection.hosts) > 1 else seconds


def _without_credentials(address: str) -> str:
    parts = urlsplit(address)
    host = parts.hostname or ""
    if ":" in host:
        host = f"[{host}]"
    port = parts.port or (443 if parts.scheme == "https" else 9200)
    return f"{parts.scheme}://{host}:{port}{parts.path.rstrip('/')}"
