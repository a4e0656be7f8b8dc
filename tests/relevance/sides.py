"""Who is asked: the hub with each engine, as a visitor gets it; Wagtail's own search; Elasticsearch untouched."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.test import Client, override_settings
from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk
from wagtail.models import Page

from hub.pages.catalogue import catalogue_models
from hub.pages.records import RECORD_FIELDS, CatalogueRecord, FieldKind
from search.compiler import Reach
from search.engines.selection import engines
from search.query import SearchQuery
from search.rebuild import rebuild
from search.service import search
from search.synonyms import SynonymTable
from tests.relevance.metrics import DEPTH

Ask = Callable[[str], list[str]]

EMBEDDED = "le hub, moteur embarqué"
ELASTICSEARCH = "le hub, Elasticsearch"
WAGTAIL = "Wagtail, base de données"
UNTOUCHED = "Elasticsearch sans réglage"
HUB_SIDES = (EMBEDDED, ELASTICSEARCH)

_TEXTS = [field.name for field in RECORD_FIELDS if field.kind is FieldKind.TEXT]


def records_by_slug() -> dict[str, CatalogueRecord]:
    """Return what each published entry says of itself."""
    return {
        page.slug: page.catalogue_record() for model in catalogue_models() for page in model.objects.live().public()
    }


@contextmanager
def hub(*, url: str = "") -> Iterator[Ask]:
    """Lend the page of results, its embedded engine in charge, or an index of its own on the server at ``url``."""
    alias = f"pertinence-{uuid.uuid4().hex[:12]}"
    with override_settings(ELASTICSEARCH_URL=url, ELASTICSEARCH_INDEX=alias, ELASTICSEARCH_TIMEOUT=30.0):
        try:
            rebuild(engine=engines()[0])
            yield _page_of_results
        finally:
            _remove(url=url, names=f"{alias}*")


@contextmanager
def wagtail() -> Iterator[Ask]:
    """Lend Wagtail's own search on the database, any of the words: all of them, as it does by itself, finds less."""
    backends = {"default": {"BACKEND": "wagtail.search.backends.database"}}
    with override_settings(WAGTAILSEARCH_BACKENDS=backends):
        call_command("update_index", verbosity=0)
        models = catalogue_models()
        yield lambda words: [
            page.slug for page in Page.objects.live().public().type(*models).search(words, operator="or")[:DEPTH]
        ]


@contextmanager
def untouched(*, url: str, records: Mapping[str, CatalogueRecord]) -> Iterator[Ask]:
    """Lend Elasticsearch as it comes: its ``french`` analyser on every text, ``combined_fields``, any of the words."""
    name = f"pertinence-{uuid.uuid4().hex[:12]}"
    with Elasticsearch(url) as client:
        texts = {field: {"type": "text", "analyzer": "french"} for field in _TEXTS}
        client.indices.create(index=name, mappings={"properties": texts}, settings={"number_of_replicas": 0})
        try:
            bulk(client, ({"_index": name, "_id": slug, "_source": _texts(each)} for slug, each in records.items()))
            client.indices.refresh(index=name)
            yield lambda words: [hit["_id"] for hit in _hits(client, name, words)]
        finally:
            client.indices.delete(index=name)


def every_word(words: str) -> list[str]:
    """Ask the engine in charge as the hub once did: every word, no synonym, nothing corrected, no place understood."""
    query, _notices = SearchQuery.from_params({"q": [words]})
    answer = search(query=query, with_facets=False, synonyms=SynonymTable(), reach=Reach.EXACT)
    return [hit.card.url.rstrip("/").rsplit("/", 1)[-1] for hit in answer.results.hits]


def _page_of_results(words: str) -> list[str]:
    response = Client().get("/recherche/", {"q": words})
    if response.status_code != 200:
        raise RuntimeError(f"{words!r} answered {response.status_code}")
    results = response.context["results"]
    if results.from_standby:
        raise RuntimeError(f"the stand-by answered {words!r}")
    return [hit.card.url.rstrip("/").rsplit("/", 1)[-1] for hit in results.hits]


def _hits(client: Elasticsearch, name: str, words: str) -> list[Any]:
    query = {"combined_fields": {"query": words, "fields": _TEXTS, "operator": "or"}}
    hits: list[Any] = client.search(index=name, query=query, size=DEPTH)["hits"]["hits"]
    return hits


def _texts(record: CatalogueRecord) -> dict[str, str]:
    return {field: getattr(record, field) for field in _TEXTS}


def _remove(*, url: str, names: str) -> None:
    if url:
        with Elasticsearch(url) as client:
            for name in client.indices.get(index=names):
                client.indices.delete(index=name)
