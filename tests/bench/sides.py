"""The engines under the bench, and the page of results with each of them in charge."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.test import Client, override_settings

from search.compiler import CompiledQuery, compile_query
from search.engines.base import Engine
from search.engines.elasticsearch.connection import client_for, connection_from_settings
from search.query import SearchQuery
from search.synonyms import AcronymTable
from tests.bench.corpus import UNIVERSAL_AUDIENCE, containers_of
from tests.support.engines import search_engine

# Long enough for no search to be given up: the stand-by's answer would be measured in the place of the server's.
PATIENCE = 30.0


@dataclass(frozen=True)
class Server:
    """An Elasticsearch, and the alias this run of the bench uses there."""

    url: str
    alias: str

    @contextmanager
    def in_charge(self) -> Iterator[None]:
        """Have searches answered by this server."""
        with override_settings(
            ELASTICSEARCH_URL=self.url, ELASTICSEARCH_INDEX=self.alias, ELASTICSEARCH_TIMEOUT=PATIENCE
        ):
            yield

    def engine(self) -> Engine:
        """Return the engine that asks this server."""
        with self.in_charge():
            return search_engine()

    def client(self) -> Any:
        """Return the client the engine of this process uses."""
        with self.in_charge():
            connection = connection_from_settings()
            assert connection is not None
            return client_for(connection, os.getpid(), seconds=None)

    def environment(self) -> dict[str, str]:
        """Return the variables that put this server in charge of another process."""
        return {"ELASTICSEARCH_URL": self.url, "ELASTICSEARCH_INDEX": self.alias}

    def clean(self) -> None:
        """Remove what this run of the bench made there."""
        client = self.client()
        for name in client.indices.get(index=f"{self.alias}*", features="aliases").body:
            client.indices.delete(index=name)


def page(client: Client) -> Callable[[str], None]:
    """Return what asks for a page and makes sure that it came."""

    def get(address: str) -> None:
        response = client.get(address)
        if response.status_code != 200:
            raise RuntimeError(f"{address} answered {response.status_code}")

    return get


def compiled(words: str, code: str = "", *, types: tuple[str, ...] = (), with_facets: bool = True) -> CompiledQuery:
    """Return the query of these words and territory as an engine gets it."""
    return compile_query(
        query=SearchQuery(text=words, territory=code, types=types),
        acronyms=AcronymTable(),
        universal_audience=UNIVERSAL_AUDIENCE,
        containers=containers_of(code),
        with_facets=with_facets,
    )
