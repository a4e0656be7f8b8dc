"""Writing to an index on a server: changed pages, or a whole new generation."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from elasticsearch import Elasticsearch, helpers

from search.engines.base import EngineError, PageChange, Refusal
from search.engines.elasticsearch.connection import engine_errors, explain_status
from search.engines.elasticsearch.documents import CatalogueIndices, document_of

CHUNK_DOCUMENTS = 250
CHUNK_BYTES = 8 * 1024 * 1024

_FORBIDDEN, _NOT_FOUND, _CONFLICT, _TOO_MANY, _SERVER_ERRORS = 403, 404, 409, 429, 500


class ElasticsearchWriter:
    """Writes to one index by its own name, so that a late delivery never reaches the index that replaced it."""

    def __init__(self, client: Elasticsearch, *, index: str, hosts: str, lease_seconds: float) -> None:
        self.generation = index
        self.lease_seconds = lease_seconds
        self._client = client
        self._hosts = hosts

    def apply(self, changes: Sequence[PageChange]) -> Mapping[int, Refusal]:
        """Bring the changes to the index, visible at once, each unless the index already knows a newer state."""
        refusals = self._send(changes, refresh=True)
        # One reason for all of them is the server's, not the pages'.
        if changes and len(refusals) == len(changes) and not any(refusal.is_final for refusal in refusals.values()):
            raise EngineError(next(iter(refusals.values())).reason)
        return refusals

    def add(self, changes: Iterable[PageChange]) -> Mapping[int, Refusal]:
        return self._send(changes, refresh=False)

    def _send(self, changes: Iterable[PageChange], *, refresh: bool) -> dict[int, Refusal]:
        refusals: dict[int, Refusal] = {}
        answers = helpers.streaming_bulk(
            self._client,
            (_action(change, index=self.generation) for change in changes),
            chunk_size=CHUNK_DOCUMENTS,
            max_chunk_bytes=CHUNK_BYTES,
            raise_on_error=False,
            raise_on_exception=True,
            refresh=refresh,
        )
        with engine_errors(hosts=self._hosts):
            for is_done, answer in answers:
                operation, item = next(iter(answer.items()))
                if is_done or _is_no_news(operation, item):
                    continue
                refusals[_page_of(item["_id"])] = _refusal(item, hosts=self._hosts)
        return refusals


class ElasticsearchRebuild:
    def __init__(self, indices: CatalogueIndices, *, client: Elasticsearch, hosts: str) -> None:
        self._indices = indices
        self._client = client
        self._hosts = hosts
        self._is_settled = False
        self.is_published = False
        with engine_errors(hosts=hosts):
            self.generation = indices.create()
        self._writer = ElasticsearchWriter(client, index=self.generation, hosts=hosts, lease_seconds=0)

    def add(self, changes: Iterable[PageChange]) -> Mapping[int, Refusal]:
        return self._writer.add(changes)

    def settle(self) -> None:
        if not self._is_settled:
            with engine_errors(hosts=self._hosts):
                self._indices.open_for_use(self.generation)
            self._is_settled = True

    def apply(self, changes: Sequence[PageChange]) -> Mapping[int, Refusal]:
        self.settle()
        return self._writer.apply(changes)

    def document_count(self) -> int:
        self.settle()
        with engine_errors(hosts=self._hosts):
            count: int = self._client.count(index=self.generation)["count"]
        return count

    @contextlib.contextmanager
    def exclusive(self, *, wait_seconds: float) -> Iterator[None]:
        """Do nothing: other hosts cannot be kept from writing to the present index (see ``EngineRebuild``)."""
        del wait_seconds
        yield

    def publish(self) -> None:
        self.settle()
        with engine_errors(hosts=self._hosts):
            self._indices.switch(self.generation)
        self.is_published = True


def _action(change: PageChange, *, index: str) -> dict[str, Any]:
    """Return the operation that brings a page to its present state, unless the index knows a newer one."""
    action: dict[str, Any] = {
        "_index": index,
        "_id": f"page-{change.page_id}",
        "version": change.version,
        "version_type": "external_gte",
    }
    if not change.records:
        return {**action, "_op_type": "delete"}
    (record,) = change.records  # a page is one entry, whose document bears the page's name
    return {**action, "_op_type": "index", "_source": document_of(record)}


def _page_of(document_id: str) -> int:
    return int(document_id.removeprefix("page-"))


def _is_no_news(operation: str, item: Mapping[str, Any]) -> bool:
    """Whether the index already knew better, or never had the page that is to be deleted."""
    status = item["status"]
    return status == _CONFLICT or (operation == "delete" and status == _NOT_FOUND and "error" not in item)


def _refusal(item: Mapping[str, Any], *, hosts: str) -> Refusal:
    status, error = item["status"], item.get("error") or {}
    kind = error.get("type", "")
    if status in {_FORBIDDEN, _NOT_FOUND, _TOO_MANY} or status >= _SERVER_ERRORS:
        return Refusal(reason=explain_status(status, kind=kind, hosts=hosts))
    reasons = [error.get("reason", ""), (error.get("caused_by") or {}).get("reason", "")]
    said = " ; ".join(reason for reason in reasons if reason)
    return Refusal(reason=f"Elasticsearch refuse cette page ({status} {kind}) : {said}", is_final=True)
