"""Wagtail's own searches on the same pages, in the database and on the server: words only, ten results."""

import time
from functools import cache
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.template import engines
from django.test import override_settings
from elasticsearch import Elasticsearch

from initiatives.models import InitiativePage
from tests.bench.sides import PATIENCE, Server
from tests.bench.timing import in_turn, tell

_LONGEST = 60.0  # seconds: some searches take several in the database

DATABASE, SERVER = "wagtail on the database", "wagtail on elasticsearch"


def measure_wagtail(*, searches: list[str], size: int, server: Server | None) -> dict[str, dict[str, float]]:
    """Return what each backend's page takes, in ms, and how many pages a second it indexes."""
    backends: dict[str, Any] = {"default": {"BACKEND": "wagtail.search.backends.database"}}
    if server:
        backends["server"] = {
            "BACKEND": "wagtail.search.backends.elasticsearch8",
            "URLS": [server.url],
            "INDEX_PREFIX": f"{server.alias}-wagtail-",
            "TIMEOUT": PATIENCE,
        }
    names = {DATABASE: "default", SERVER: "server"} if server else {DATABASE: "default"}
    with override_settings(WAGTAILSEARCH_BACKENDS=backends):
        per_second = {side: _index(backend=backend, size=size) for side, backend in names.items()}
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        if server:
            _require_answers(server, words=searches[0])
        timed = in_turn(
            arguments=searches,
            seconds=_LONGEST,
            sides={
                side: lambda words, backend=backend: _page(words, backend=backend) for side, backend in names.items()
            },
        )
    return {side: {**figures, "indexed_per_second": per_second[side]} for side, figures in timed.items()}


def _index(*, backend: str, size: int) -> float:
    tell(f"indexing for Wagtail: {backend}")
    started = time.perf_counter()
    call_command("update_index", backend_name=backend, verbosity=0)
    return size / (time.perf_counter() - started)


def _require_answers(server: Server, *, words: str) -> None:
    """Raise unless the server finds something: Wagtail says nothing of a server that fails."""
    Elasticsearch(server.url).indices.refresh(index=f"{server.alias}-wagtail-*")
    if not _found(words, backend="server").count():
        raise RuntimeError(f"Wagtail's search finds nothing for « {words} » on {server.url}")


def _found(words: str, *, backend: str) -> Any:
    return InitiativePage.objects.live().public().search(words, operator="and", backend=backend)


@cache
def _template() -> Any:
    """The plainest list of results: what it costs is nearly nothing next to the search."""
    return engines["django"].from_string(
        "<ol>{% for page in pages %}<li><h3><a href='{{ page.url_path }}'>{{ page.title }}</a></h3>"
        "<p>{{ page.summary }}</p></li>{% endfor %}</ol>"
    )


def _page(words: str, *, backend: str) -> None:
    found = _found(words, backend=backend)
    _template().render({"pages": list(found[:10]), "total": found.count()})
