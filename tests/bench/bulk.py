"""Sending documents: the hub's own way beside the bare client's, on the same documents, already made."""

import time
from collections.abc import Callable, Sequence
from typing import Any
from unittest import mock

from elasticsearch import helpers

from search.engines.base import PageChange
from search.engines.elasticsearch import documents as hub_documents
from search.engines.elasticsearch.documents import CatalogueIndices, ElasticsearchWriter, document_of
from tests.bench.corpus import Corpus
from tests.bench.sides import PATIENCE, Server
from tests.bench.timing import tell

MAX_DOCUMENTS = 5_000
ROUNDS = 4
_RAW_CHUNK = 500  # what the client's own helpers send at once

Documents = dict[int, dict[str, Any]]


def measure_sending(*, server: Server, size: int) -> dict[str, float]:
    """Return documents a second: analysed; then sent by the hub and by the bare client, at best.

    Each round fills a new index with the same documents, and counts them.
    """
    changes = [PageChange(record.page_id, 1, (record,)) for record in Corpus().records(min(size, MAX_DOCUMENTS))]
    started = time.perf_counter()
    documents = {change.page_id: document_of(change.records[0]) for change in changes}
    figures = {"analysed": len(changes) / (time.perf_counter() - started)}
    client = server.client().options(request_timeout=PATIENCE)
    indices = CatalogueIndices(client, alias=f"{server.alias}-bulk")
    ways: dict[str, Callable[[str], None]] = {
        "hub": lambda index: _send_as_the_hub(client, index=index, changes=changes, documents=documents),
        "bulk": lambda index: _send_bare(client, index=index, documents=documents),
        "streaming_bulk": lambda index: _send_streaming(client, index=index, documents=documents),
    }
    tell(f"{ROUNDS} × {len(changes)} documents sent: {' / '.join(ways)}")
    best = dict.fromkeys(ways, 0.0)
    for rank in range(ROUNDS):
        for name in list(ways)[:: 1 if rank % 2 else -1]:
            index = indices.create()
            started = time.perf_counter()
            ways[name](index)
            best[name] = max(best[name], len(changes) / (time.perf_counter() - started))
            client.indices.refresh(index=index)
            found = client.count(index=index)["count"]
            indices.remove(index)
            if found != len(changes):
                raise RuntimeError(f"{name}: {found} documents sent out of {len(changes)}")
    return figures | best


def _send_as_the_hub(client: Any, *, index: str, changes: Sequence[PageChange], documents: Documents) -> None:
    writer = ElasticsearchWriter(client, index=index, hosts="", lease_seconds=0)
    # Analysis is measured apart: what is left is how the hub sends.
    with mock.patch.object(hub_documents, "document_of", lambda record: documents[record.page_id]):
        refused = writer.add(changes)
    if refused:
        raise RuntimeError(str(next(iter(refused.values()))))


def _send_bare(client: Any, *, index: str, documents: Documents) -> None:
    pairs = list(documents.items())
    for first in range(0, len(pairs), _RAW_CHUNK):
        operations: list[dict[str, Any]] = []
        for page_id, document in pairs[first : first + _RAW_CHUNK]:
            operations += [{"index": {"_id": f"page-{page_id}"}}, document]
        if client.bulk(index=index, operations=operations)["errors"]:
            raise RuntimeError("the bare client was refused documents")


def _send_streaming(client: Any, *, index: str, documents: Documents) -> None:
    actions = ({"_index": index, "_id": f"page-{key}", "_source": value} for key, value in documents.items())
    for _ in helpers.streaming_bulk(client, actions, chunk_size=_RAW_CHUNK):
        pass
