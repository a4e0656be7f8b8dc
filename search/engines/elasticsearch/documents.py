"""Entries as documents of Elasticsearch, the indices that hold them, and writing to these: some pages, or all anew."""

import contextlib
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from elasticsearch import Elasticsearch, helpers
from elasticsearch_dsl import Double, Index, Keyword, Long, Object, Text, analyzer, token_filter

from hub.pages.records import MOMENT_TYPE, CatalogueRecord
from search import analysis
from search.engines import contents
from search.engines.base import EngineError, PageChange, Refusal
from search.engines.contents import (
    BM25_SHARES_OF,
    KEYWORD_FIELDS,
    STORED_TEXTS,
    TEXTS_OF,
    RecordContent,
    content_of,
    moments_of,
)
from search.engines.elasticsearch.connection import engine_errors, explain_status
from search.enums import Shelf

# Fields of our own, beside those of the record. No double underscore: elasticsearch-dsl reads it as a dot.
# Those of moments have fields of their own for their words: rarities and suggestions are those of one shelf.
WORDS = {  # every word without accents, not stemmed: for prefixes, and to be suggested
    Shelf.ENTRIES: "page_words",
    Shelf.MOMENTS: "said_words",
}
SPELLINGS = {  # every word as ``folded|written``: how to write what is suggested
    Shelf.ENTRIES: "page_spellings",
    Shelf.MOMENTS: "said_spellings",
}
SORT_KEY = "page_sort_key"  # day and page in one number: a total order
OLDEST_KEY = "page_oldest_key"  # of a moment, the same when the oldest come first
MOMENT_PAGE = "moment_page"  # the page whose recording a moment is of
MOMENT_VERSION = "moment_version"  # and the version of that page
RECENCY = "page_recency"  # multiplies the score
SOURCE = "page_source"  # what a result shows; the only part of a document that is kept as it was sent

# Raise it when the meaning of the fields above changes; the rest of the fingerprint takes care of itself.
_LAYOUT_VERSION = 2

MIN_PREFIX, MAX_PREFIX = 2, 12  # beginnings of words that have a term of their own

_terms = analyzer(
    "hub_terms",
    type="custom",
    tokenizer="whitespace",
    filter=[token_filter("hub_stop_mark", type="stop", stopwords=[analysis.STOP_MARK])],
)


@cache
def fingerprint() -> str:
    return contents.fingerprint(layout=_LAYOUT_VERSION)


def index_body() -> dict[str, Any]:
    """Return the settings and mapping of a new index, as it is while it is being filled: alone and never refreshed."""
    index = Index("catalogue")  # a name that is not sent
    mapping = index.get_or_create_mapping()
    mapping.meta("dynamic", "strict")
    for shelf in Shelf:
        for name in TEXTS_OF[shelf]:
            mapping.field(name, Text(analyzer=_terms, norms=name in BM25_SHARES_OF[shelf]))
    for name in KEYWORD_FIELDS:
        mapping.field(name, Keyword())
    prefixes = {"min_chars": MIN_PREFIX, "max_chars": MAX_PREFIX}
    for shelf in Shelf:
        words = Text(analyzer="whitespace", index_options="docs", norms=False, index_prefixes=prefixes)
        mapping.field(WORDS[shelf], words)
        mapping.field(SPELLINGS[shelf], Keyword(index=False))
    mapping.field(SORT_KEY, Long())
    mapping.field(OLDEST_KEY, Long())
    mapping.field(MOMENT_PAGE, Keyword())
    mapping.field(MOMENT_VERSION, Long())
    mapping.field(RECENCY, Double(index=False))
    mapping.field(SOURCE, Object(enabled=False))
    # The rest can be made again from the database, and would double the size of the index.
    mapping.meta("_source", includes=[f"{SOURCE}.*", SOURCE])
    mapping.meta("_meta", fingerprint=fingerprint(), complete=False)
    index.settings(
        index={
            # One shard holds far more than the catalogue, and makes scores and counts exact.
            "number_of_shards": 1,
            "number_of_replicas": 0,
            "refresh_interval": "-1",
            # How long a deletion is remembered, so that a late delivery cannot bring the page back.
            "gc_deletes": "1h",
        }
    )
    body: dict[str, Any] = index.to_dict()
    return body


# What the index becomes before it is put in use: a copy on another node as soon as there is one.
SETTINGS_IN_USE = {"index": {"auto_expand_replicas": "0-1", "refresh_interval": None}}


# What tells the documents of a shelf from those of the other.
ARE_MOMENTS = {"term": {"type": MOMENT_TYPE}}
ARE_ENTRIES = {"bool": {"must_not": [ARE_MOMENTS]}}


def document_of(record: CatalogueRecord) -> dict[str, Any]:
    content = content_of(record)
    document = _document(content, shelf=Shelf.ENTRIES)
    document[SOURCE]["texts"] = [content.texts[name] for name in STORED_TEXTS]
    return document


def moment_documents(record: CatalogueRecord, *, version: int) -> Iterator[dict[str, Any]]:
    for content in moments_of(record):
        yield {
            **_document(content, shelf=Shelf.MOMENTS),
            OLDEST_KEY: content.oldest_key,
            MOMENT_PAGE: str(record.page_id),
            MOMENT_VERSION: version,
        }


def _document(content: RecordContent, *, shelf: Shelf) -> dict[str, Any]:
    folded = dict.fromkeys(spelling.partition("|")[0] for spelling in content.spellings)
    return {
        **content.terms,
        **content.keywords,
        WORDS[shelf]: " ".join(folded),
        SPELLINGS[shelf]: content.spellings,
        SORT_KEY: content.sort_key,
        RECENCY: content.recency,
        SOURCE: dict(content.source),
    }


# A new index is searchable once its first copy is; a second copy is worth waiting for a little, where there is a node.
_FIRST_COPY_SECONDS = 30
_SECOND_COPY_SECONDS = 20
_NOT_FOUND = 404


class CatalogueIndices:
    """The indices behind one alias. Every method may raise the client's errors."""

    def __init__(self, client: Elasticsearch, *, alias: str) -> None:
        self._client = client
        self._alias = alias
        self._names = re.compile(rf"{re.escape(alias)}-(?P<fingerprint>[0-9a-f]{{12}})-\d{{8}}t\d{{6}}-[0-9a-f]{{4}}")

    def current(self) -> str:
        """Return the index in use, empty when there is none.

        Raises ``EngineError`` when the alias is the name of an index, or names one that is not of the hub.
        """
        answer = self._client.options(ignore_status=404).indices.get(index=self._alias, features="aliases")
        names = set(answer.body) if answer.meta.status != _NOT_FOUND else set()
        if self._alias in names:
            raise EngineError(
                f"Un index d’Elasticsearch porte le nom « {self._alias} », que le hub réserve à un alias : "
                "supprimez cet index, ou donnez un autre nom par ELASTICSEARCH_INDEX."
            )
        strangers = sorted(name for name in names if not self._names.fullmatch(name))
        if strangers:
            raise EngineError(
                f"L’alias « {self._alias} » d’Elasticsearch désigne un index qui n’est pas du hub ({strangers[0]}) : "
                "retirez-le de l’alias, ou donnez un autre nom par ELASTICSEARCH_INDEX."
            )
        return max(names, default="")

    def fingerprint_of(self, name: str) -> str:
        found = self._names.fullmatch(name)
        return found["fingerprint"] if found else ""

    def create(self) -> str:
        moment = datetime.now(tz=UTC).strftime("%Y%m%dt%H%M%S")
        name = f"{self._alias}-{fingerprint()}-{moment}-{secrets.token_hex(2)}"
        self._client.indices.create(index=name, body=index_body())
        return name

    def open_for_use(self, name: str) -> None:
        """Make what was written to a new index searchable, and have it copied to another node if there is one."""
        self._client.indices.put_settings(index=name, settings=SETTINGS_IN_USE)
        self._client.options(request_timeout=120).indices.refresh(index=name)
        health = self._client.options(ignore_status=408, request_timeout=_FIRST_COPY_SECONDS + 5).cluster.health(
            index=name, wait_for_status="yellow", timeout=f"{_FIRST_COPY_SECONDS}s"
        )
        if health.body.get("status") not in {"yellow", "green"}:
            raise EngineError("Le nouvel index n’est disponible sur aucun nœud d’Elasticsearch.")
        # A lone node has no second copy to offer, and is green at once.
        self._client.options(ignore_status=408, request_timeout=_SECOND_COPY_SECONDS + 5).cluster.health(
            index=name, wait_for_status="green", timeout=f"{_SECOND_COPY_SECONDS}s"
        )

    def switch(self, name: str) -> None:
        """Put a complete index in use, in one call: at no instant does the alias name none or two."""
        moment = datetime.now(tz=UTC).isoformat()
        meta = {"fingerprint": self.fingerprint_of(name), "complete": True, "in_use_since": moment}
        self._client.indices.put_mapping(index=name, meta=meta)
        actions: list[dict[str, Any]] = [
            {"remove": {"index": f"{self._alias}-*", "alias": self._alias, "must_exist": False}},
            {"add": {"index": name, "alias": self._alias}},
        ]
        self._client.indices.update_aliases(actions=actions)

    def roll_back(self) -> str:
        former = self._former(self.current())
        if not former:
            raise EngineError("Elasticsearch n’a gardé aucun index antérieur : il n’y a rien à remettre en service.")
        self.switch(former)
        return former

    def remove_leftovers(self) -> None:
        """Delete what interrupted rebuilds left, and every complete index but the one in use and the one before it."""
        current = self.current()
        kept = {current, self._former(current)}
        found = self._client.indices.get(index=f"{self._alias}-*", features="aliases")
        for name in found.body:
            if self._names.fullmatch(name) and name not in kept:
                self.remove(name)

    def remove(self, name: str) -> None:
        self._client.options(ignore_status=404).indices.delete(index=name)

    def _former(self, current: str) -> str:
        """Return the complete index that was in use last, the present one aside; empty when there is none."""
        found = self._client.indices.get_mapping(index=f"{self._alias}-*")
        complete = [
            (meta.get("in_use_since", ""), name)
            for name, described in found.body.items()
            if self._names.fullmatch(name) and name != current
            if (meta := described["mappings"].get("_meta", {})).get("complete")
        ]
        return max(complete, default=("", ""))[1]


CHUNK_DOCUMENTS = 250
CHUNK_BYTES = 8 * 1024 * 1024

_FORBIDDEN, _CONFLICT, _TOO_MANY, _SERVER_ERRORS = 403, 409, 429, 500


class ElasticsearchWriter:
    """Writes to one index by its own name, so that a late delivery never reaches the index that replaced it."""

    def __init__(self, client: Elasticsearch, *, index: str, hosts: str, lease_seconds: float) -> None:
        self.generation = index
        self.lease_seconds = lease_seconds
        self._client = client
        self._hosts = hosts

    def apply(self, changes: Sequence[PageChange]) -> Mapping[int, Refusal]:
        refusals, overtaken = self._send(map(self._entry_action, changes), refresh=True)
        # One reason for all of them is the server's, not the pages'.
        if changes and len(refusals) == len(changes) and not any(refusal.is_final for refusal in refusals.values()):
            raise EngineError(next(iter(refusals.values())).reason)
        written = [change for change in changes if change.page_id not in refusals.keys() | overtaken]
        return {**refusals, **self._replace_moments(written)}

    def add(self, changes: Iterable[PageChange]) -> Mapping[int, Refusal]:
        actions = (action for one in changes for action in (self._entry_action(one), *self._moment_actions(one)))
        return self._send(actions, refresh=False)[0]

    def _replace_moments(self, changes: Sequence[PageChange]) -> dict[int, Refusal]:
        """Write the moments of pages whose entry was just written, and remove those that are theirs no longer."""
        if not changes:
            return {}
        heard = [change for change in changes if any(record.moments for record in change.records)]
        refusals: dict[int, Refusal] = {}
        if heard:
            actions = (action for change in heard for action in self._moment_actions(change))
            refusals, _ = self._send(actions, refresh=True)
        former = [(change.page_id, {"lt" if change.records else "lte": change.version}) for change in changes]
        self._delete_moments(former)
        # Frozen since the entry was written, this process may have written over what another one did meanwhile.
        self._delete_moments([(change.page_id, {"lte": change.version}) for change in self._overtaken(heard)])
        return refusals

    def _delete_moments(self, versions: Sequence[tuple[int, dict[str, int]]]) -> None:
        """Remove the moments of pages that are of some versions."""
        if not versions:
            return
        pages = [
            {"bool": {"filter": [{"term": {MOMENT_PAGE: str(page_id)}}, {"range": {MOMENT_VERSION: bounds}}]}}
            for page_id, bounds in versions
        ]
        with engine_errors(hosts=self._hosts):
            answer = self._client.delete_by_query(
                index=self.generation, query={"bool": {"should": pages}}, conflicts="proceed", refresh=True
            )
        if answer["failures"] or answer["timed_out"]:
            raise EngineError(f"Elasticsearch ({self._hosts}) n’a pas retiré les anciens moments de replays.")

    def _overtaken(self, changes: Sequence[PageChange]) -> list[PageChange]:
        """Return the changes of pages that are of a later version by now."""
        if not changes:
            return []
        with engine_errors(hosts=self._hosts):
            ids = [f"page-{change.page_id}" for change in changes]
            found = self._client.mget(index=self.generation, ids=ids, source=False)["docs"]
        return [
            change
            for change, entry in zip(changes, found, strict=True)
            if not entry.get("found") or entry["_version"] > change.version
        ]

    def _entry_action(self, change: PageChange) -> dict[str, Any]:
        action = self._action(f"page-{change.page_id}", version=change.version)
        if not change.records:
            return {**action, "_op_type": "delete"}
        (record,) = change.records  # a page is one entry, whose document bears the page's name
        return {**action, "_op_type": "index", "_source": document_of(record)}

    def _moment_actions(self, change: PageChange) -> Iterator[dict[str, Any]]:
        for record in change.records:
            for rank, document in enumerate(moment_documents(record, version=change.version)):
                action = self._action(f"page-{change.page_id}-{rank}", version=change.version)
                yield {**action, "_op_type": "index", "_source": document}

    def _action(self, name: str, *, version: int) -> dict[str, Any]:
        return {"_index": self.generation, "_id": name, "version": version, "version_type": "external_gte"}

    def _send(self, actions: Iterable[dict[str, Any]], *, refresh: bool) -> tuple[dict[int, Refusal], set[int]]:
        """Return why, by page, documents were refused, and the pages of which the index knew better."""
        refusals: dict[int, Refusal] = {}
        overtaken: set[int] = set()
        answers = helpers.streaming_bulk(
            self._client,
            actions,
            chunk_size=CHUNK_DOCUMENTS,
            max_chunk_bytes=CHUNK_BYTES,
            raise_on_error=False,
            raise_on_exception=True,
            refresh=refresh,
        )
        with engine_errors(hosts=self._hosts):
            for is_done, answer in answers:
                operation, item = next(iter(answer.items()))
                page_id = int(item["_id"].split("-")[1])
                if item["status"] == _CONFLICT:
                    overtaken.add(page_id)
                elif not (is_done or _was_not_there(operation, item)):
                    refusals[page_id] = _refusal(item, hosts=self._hosts)
        return refusals, overtaken


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
            count: int = self._client.count(index=self.generation, query=ARE_ENTRIES)["count"]
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


def _was_not_there(operation: str, item: Mapping[str, Any]) -> bool:
    """Whether the index never had the page that is to be deleted."""
    return operation == "delete" and item["status"] == _NOT_FOUND and "error" not in item


def _refusal(item: Mapping[str, Any], *, hosts: str) -> Refusal:
    status, error = item["status"], item.get("error") or {}
    kind = error.get("type", "")
    if status in {_FORBIDDEN, _NOT_FOUND, _TOO_MANY} or status >= _SERVER_ERRORS:
        return Refusal(reason=explain_status(status, kind=kind, hosts=hosts))
    reasons = [error.get("reason", ""), (error.get("caused_by") or {}).get("reason", "")]
    said = " ; ".join(reason for reason in reasons if reason)
    return Refusal(reason=f"Elasticsearch refuse cette page ({status} {kind}) : {said}", is_final=True)
