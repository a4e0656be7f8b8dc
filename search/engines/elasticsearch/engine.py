import contextlib
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from elasticsearch import Elasticsearch

from search.compiler import CompiledQuery
from search.engines.base import (
    Correction,
    EngineError,
    EngineNotReadyError,
    EngineState,
    HitMoment,
    SearchResults,
    without_index,
)
from search.engines.elasticsearch import translation
from search.engines.elasticsearch.connection import Connection, client_for, engine_errors
from search.engines.elasticsearch.documents import (
    ARE_ENTRIES,
    CatalogueIndices,
    ElasticsearchRebuild,
    ElasticsearchWriter,
    fingerprint,
)
from search.engines.elasticsearch.translation import near_body, preference, request_body, said_body, words_body
from search.enums import Shelf
from search.query import counts_of_all
from search.spelling import corrections_of, doubts_of
from search.tiers import may_relax, tiers_of

_OLDEST_VERSION = 8
_BULK_SECONDS = 60.0  # a chunk of a rebuild
# Longer than a batch may take: another worker tries it again only when its holder is gone.
_LEASE_MARGIN_SECONDS = 20.0


class ElasticsearchEngine:
    """Searches and writes the index behind one alias. One object serves every thread and survives a fork."""

    name = "elasticsearch"
    is_shared = True

    def __init__(self, *, connection: Connection, alias: str) -> None:
        self.connection = connection
        self._alias = alias
        self._hosts = connection.label

    def state(self) -> EngineState:
        current = self.generation()
        if not current:
            return EngineState.MISSING
        is_ours = self._indices().fingerprint_of(current) == fingerprint()
        return EngineState.READY if is_ours else EngineState.OUTDATED

    def generation(self) -> str:
        with engine_errors(hosts=self._hosts):
            return self._indices().current()

    def document_count(self) -> int:
        try:
            with engine_errors(hosts=self._hosts):
                return int(self._client().count(index=self._alias, query=ARE_ENTRIES)["count"])
        except EngineNotReadyError:
            return 0

    def require_supported(self) -> None:
        with engine_errors(hosts=self._hosts):
            answer = self._client().info()
        number = str(answer["version"]["number"])
        major = number.partition(".")[0]
        if not major.isdigit():
            raise EngineError(f"La version d’Elasticsearch à {self._hosts} est illisible : « {number} ».")
        if int(major) < _OLDEST_VERSION:
            raise EngineError(f"Elasticsearch {number}, à {self._hosts}, est trop ancien : il faut la version 8.")

    def search(  # noqa: C901 — one request, then those that its answer calls for
        self, query: CompiledQuery, *, seconds: float | None = None
    ) -> SearchResults:
        """Answer a query within ``seconds``, or raise ``EngineError``: half an answer is none."""
        started = time.perf_counter()
        patience = seconds or self.connection.timeout
        for_each = self.connection.seconds_for_each_try(patience)
        try:
            answer = self._ask(request_body(query, seconds=for_each), seconds=for_each, preference=preference(query))
        except EngineNotReadyError:
            return without_index(engine=self.name, query=query)
        except EngineError:
            has_time = time.perf_counter() - started < patience / 2
            if not has_time or self._knows_of(query.shelf):
                raise
            return SearchResults(engine=self.name, facets=counts_of_all(buckets={}, selected=query.selected))
        if translation.is_from_others(answer):
            self.generation()  # says which index it is, and what to do
            raise EngineError(f"L’index « {self._alias} » d’Elasticsearch ({self._hosts}) n’est pas du hub.")
        total, near_total, counted = answer["hits"]["total"]["value"], 0, answer
        located, hits = translation.located_total_of(answer), translation.hits_of(answer, query=query)
        corrections: tuple[Correction, ...] = ()
        if (query.may_correct and not total) or may_relax(query, total=total):
            frequencies, documents = translation.frequencies_of(answer, query=query)
            if query.may_correct and not total:
                left = patience - (time.perf_counter() - started)
                corrections = self._corrections(answer, query=query, frequencies=frequencies, seconds=left)
            if not corrections and may_relax(query, total=total):
                for tiers in tiers_of(query, frequencies=frequencies, documents=documents, exact=total):
                    left = patience - (time.perf_counter() - started)
                    if left <= 0:  # what was found is answer enough
                        break
                    for_each = self.connection.seconds_for_each_try(left)
                    body = near_body(tiers, seconds=for_each)
                    counted = self._ask(body, seconds=for_each, preference=preference(query))
                    near_total, located = counted["hits"]["total"]["value"], translation.located_total_of(counted)
                    if near_total:
                        hits += translation.near_hits_of(counted, query=query, tiers=tiers)
                        break
        return SearchResults(
            engine=self.name,
            total=total + near_total,
            near_total=near_total,
            located_total=located,
            hits=hits,
            facets=translation.facets_of(counted, query=query) if query.with_facets else {},
            corrections=corrections,
        )

    def said(
        self, query: CompiledQuery, *, page_ids: Sequence[int], seconds: float | None = None
    ) -> Mapping[int, tuple[HitMoment, ...]]:
        if not page_ids:
            return {}
        for_each = self.connection.seconds_for_each_try(seconds or self.connection.timeout)
        body = said_body(query, page_ids=page_ids, seconds=for_each)
        return translation.said_of(self._ask(body, seconds=for_each, preference=preference(query)), query=query)

    def _knows_of(self, shelf: Shelf) -> bool:
        """Whether the index was made by a version of the hub that knows of this shelf, and understands the question."""
        return shelf is Shelf.ENTRIES or self.state() is not EngineState.OUTDATED

    @contextlib.contextmanager
    def writing(self, *, wait_seconds: float) -> Iterator[ElasticsearchWriter]:
        seconds = max(wait_seconds, self.connection.timeout)
        client = self._client(seconds=seconds)
        indices = CatalogueIndices(client, alias=self._alias)
        with engine_errors(hosts=self._hosts):
            current = indices.current()
        if indices.fingerprint_of(current) != fingerprint():
            raise EngineNotReadyError(
                f"L’index de recherche d’Elasticsearch ({self._hosts}) est absent ou d’une autre version du hub."
            )
        yield ElasticsearchWriter(
            client, index=current, hosts=self._hosts, lease_seconds=2 * seconds + _LEASE_MARGIN_SECONDS
        )

    @contextlib.contextmanager
    def rebuilding(self) -> Iterator[ElasticsearchRebuild]:
        """Begin a new index. Only one rebuild at a time may be under way: the outbox sees to it, for every host."""
        self.require_supported()
        client = self._client(seconds=_BULK_SECONDS)
        indices = CatalogueIndices(client, alias=self._alias)
        with engine_errors(hosts=self._hosts):
            indices.remove_leftovers()
        rebuild = ElasticsearchRebuild(indices, client=client, hosts=self._hosts)
        try:
            yield rebuild
        except BaseException:
            # What cannot be removed now, the server being away, the next rebuild removes.
            with contextlib.suppress(EngineError), engine_errors(hosts=self._hosts):
                if not rebuild.is_published:
                    indices.remove(rebuild.generation)
            raise
        with engine_errors(hosts=self._hosts):
            if rebuild.is_published:
                indices.remove_leftovers()
            else:
                indices.remove(rebuild.generation)

    def roll_back(self) -> str:
        with engine_errors(hosts=self._hosts):
            return self._indices().roll_back()

    def _client(self, *, seconds: float | None = None) -> Elasticsearch:
        return client_for(self.connection, os.getpid(), seconds=seconds)

    def _indices(self) -> CatalogueIndices:
        return CatalogueIndices(self._client(), alias=self._alias)

    def _ask(self, body: Mapping[str, Any], *, seconds: float, preference: str | None = None) -> Mapping[str, Any]:
        with engine_errors(hosts=self._hosts):
            answer = self._client(seconds=seconds).search(index=self._alias, body=dict(body), preference=preference)
        found: Mapping[str, Any] = answer.body
        if translation.is_partial(found):
            raise EngineError(f"Elasticsearch ({self._hosts}) n’a répondu qu’en partie.")
        return found

    def _corrections(
        self, answer: Mapping[str, Any], *, query: CompiledQuery, frequencies: Sequence[int], seconds: float
    ) -> tuple[Correction, ...]:
        """A second, small request, when there are words that no entry has and the first one left time for it."""
        doubts = doubts_of(query, frequencies=frequencies)
        if not doubts or seconds <= 0:
            return ()
        near = translation.suggested_words(answer, query=query, doubts=doubts)
        counted = list(dict.fromkeys(word for doubt in doubts for word in doubt.others))
        words = list(dict.fromkeys(word for found in near.values() for word in found))
        if not counted and not words:
            return ()
        for_each = self.connection.seconds_for_each_try(seconds)
        known = self._ask(words_body(counted=counted, near=words, shelf=query.shelf), seconds=for_each)
        counts, written = translation.words_of(known, counted=counted, near=words)
        return corrections_of(
            doubts,
            counts=counts,
            near={typed: [written[word] for word in found] for typed, found in near.items()},
            is_alone=len(query.concepts) == 1,
        )
