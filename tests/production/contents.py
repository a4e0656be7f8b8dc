"""What is published according to the database, and what each engine holds: read without the hub's own queries."""

from collections import Counter
from pathlib import Path

import psycopg

from search import analysis
from search.compiler import CompiledQuery
from search.engines.embedded.engine import EmbeddedEngine
from tests.servers.elasticsearch import Node

# A published sheet or workshop; the database of this check has no private page (``published`` makes sure of it).
PUBLISHED = """
SELECT page.id, page.title FROM wagtailcore_page AS page
WHERE page.live AND (
    page.id IN (SELECT page_ptr_id FROM initiatives_initiativepage)
    OR page.id IN (SELECT page_ptr_id FROM events_workshoppage)
)
"""
ALL = 1_000_000
CHUNK = 5_000

# Documents by page and title: twice the same is a document too many.
Documents = Counter[tuple[int, str]]


def published(database_url: str) -> Documents:
    """Return what is published."""
    with psycopg.connect(database_url) as connection:
        (private,) = connection.execute("SELECT count(*) FROM wagtailcore_pageviewrestriction").fetchone()
        if private:
            raise AssertionError("what is published here must not depend on restrictions")
        return Counter((page, analysis.clean(title)) for page, title in connection.execute(PUBLISHED))


def on_server(node: Node, *, alias: str = "hub") -> Documents:
    """Return what is behind the alias, asked with the rights of the superuser; nothing when the alias is not there."""
    found: Documents = Counter()
    entries = {"bool": {"must_not": [{"term": {"type": "passage"}}]}}
    source = ["page_source.page_id", "page_source.title"]
    body = {"size": CHUNK, "query": entries, "sort": ["page_sort_key"], "_source": source}
    while True:
        answer = node.request(path=f"/{alias}/_search", method="POST", body=body)
        if answer.status == 404:
            return Counter()
        if answer.status != 200 or answer.data["_shards"]["failed"]:
            raise OSError(f"the server answered {answer.status}")
        hits = answer.data["hits"]["hits"]
        found.update((hit["_source"]["page_source"]["page_id"], hit["_source"]["page_source"]["title"]) for hit in hits)
        if len(hits) < CHUNK:
            return found
        body["search_after"] = hits[-1]["sort"]


def in_folder(folder: Path) -> Documents:
    """Return what the stand-by of a folder holds."""
    engine = EmbeddedEngine(folder=folder, name="contents")
    results = engine.search(CompiledQuery(size=max(1, engine.document_count()), with_facets=False))
    return Counter((hit.page_id, "".join(text for text, _ in hit.title)) for hit in results.hits)


def difference(*, expected: Documents, found: Documents) -> str:
    """Return, in a few words, what is lost and what is too many; empty when nothing is."""
    lost, extra = expected - found, found - expected
    if not (lost or extra):
        return ""
    return f"{lost.total()} lost {sorted(lost)[:3]}, {extra.total()} too many {sorted(extra)[:3]}"
