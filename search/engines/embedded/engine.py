import contextlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Occur, Order, Query

from hub.pages.records import MOMENT_TYPE
from search.compiler import CompiledQuery, without_exclusions
from search.engines.base import (
    Correction,
    EngineError,
    EngineNotReadyError,
    EngineState,
    Hit,
    HitMoment,
    SearchResults,
    without_index,
)
from search.engines.contents import STORED_TEXTS, hit_from, moment_from
from search.engines.embedded.documents import (
    OLDEST_KEY,
    PAGE,
    RECENCY,
    SORT_KEY,
    SOURCE,
    EmbeddedRebuild,
    EmbeddedWriter,
    composition,
)
from search.engines.embedded.reading import OpenIndex, ReaderCache
from search.engines.embedded.storage import IndexGuard, IndexStorage, engine_errors
from search.engines.embedded.translation import Translator, count_each, suggest_corrections
from search.enums import Scope, Shelf, Sort
from search.highlighting import Highlighter
from search.query import MAX_BUCKETS, FacetCount, counted_on, counts_of_all
from search.tiers import Tiers, is_near, may_relax, tiers_of

_MAX_REMEMBERED = 64
# More records than the pages of a page of results have together.
_MAX_RECORDS = 10_000
# Scores nearer than this are one relevance: the rest is the rounding of 32-bit sums.
_SCORE_DIGITS = 6


class EmbeddedEngine:
    """Searches and writes the index of one folder. One object serves every thread; a forked process reopens it."""

    is_shared = False

    def __init__(self, *, folder: Path, name: str) -> None:
        self.name = name
        self._storage = IndexStorage(folder)
        self._guard = IndexGuard(self._storage)
        self._readers = ReaderCache(self._storage, guard=self._guard)

    def require_supported(self) -> None:
        """Do nothing: the engine is part of this process."""

    def state(self, *, holds_lock: bool = False) -> EngineState:
        """Say whether there is an index to search and to write to; a damaged one is set aside, and is none."""
        with engine_errors("its state"):
            generation = self._storage.current()
            found = self._storage.composition(generation) if generation else None
            is_ours = found is None or found["fingerprint"] == composition()["fingerprint"]
            is_damaged = generation and self._guard.damage(generation, is_sealed=is_ours, holds_lock=holds_lock)
        if found is None or is_damaged:
            return EngineState.MISSING
        return EngineState.READY if is_ours else EngineState.OUTDATED

    def generation(self) -> str:
        with engine_errors("its state"):
            return self._storage.current()

    def document_count(self) -> int:
        opened = self._readers.open()
        with engine_errors("reading"):
            return opened.searcher.num_docs if opened else 0

    def search(self, query: CompiledQuery, *, seconds: float | None = None) -> SearchResults:
        del seconds
        opened = self._readers.open()
        if opened is None:
            return without_index(engine=self.name, query=query)
        with engine_errors("searching"):
            return self._answer(opened, query=query)

    def said(
        self, query: CompiledQuery, *, page_ids: Sequence[int], seconds: float | None = None
    ) -> Mapping[int, tuple[HitMoment, ...]]:
        del seconds
        opened = self._readers.open()
        if opened is None or opened.moments is None:
            return {}
        with engine_errors("searching"):
            return _said(opened.moments, query=query, page_ids=page_ids)

    def _answer(self, whole: OpenIndex, *, query: CompiledQuery) -> SearchResults:
        opened = whole.moments if query.shelf is Shelf.MOMENTS else whole
        if opened is None:  # made by a version of the hub that knew of no moment
            return SearchResults(engine=self.name, facets=counts_of_all(buckets={}, selected=query.selected))
        first = _page(opened, query=query)
        hits = _hits(opened, query=query, addresses=first.addresses)
        counted, second = query, _Page()
        corrections: tuple[Correction, ...] = ()
        if (query.may_correct and not first.total) or may_relax(query, total=first.total):
            nodes = [concept.node for concept in query.concepts]
            frequencies = count_each(opened, nodes=nodes, shelf=query.shelf)
            if query.may_correct and not first.total:
                corrections = suggest_corrections(opened, query=query, frequencies=frequencies)
            if not corrections and may_relax(query, total=first.total):
                documents = opened.searcher.num_docs
                for tiers in tiers_of(query, frequencies=frequencies, documents=documents, exact=first.total):
                    counted, second = tiers.both, _page(opened, query=tiers.near)
                    if second.total:
                        hits += _near_hits(opened, query=query, tiers=tiers, addresses=second.addresses)
                        break
        located = None if first.located is None else first.located + (second.located or 0)
        return SearchResults(
            engine=self.name,
            total=first.total + second.total,
            near_total=second.total,
            located_total=located,
            hits=hits,
            facets=_facets(whole, query=counted) if query.with_facets else {},
            corrections=corrections,
        )

    @contextlib.contextmanager
    def writing(self, *, wait_seconds: float) -> Iterator[EmbeddedWriter]:
        with self._storage.locked("write", wait_seconds=wait_seconds):
            state, generation = self.state(holds_lock=True), self.generation()
            if state is not EngineState.READY:
                raise EngineNotReadyError(
                    f"the search index in {self._storage.folder} is missing, damaged or was made by another version"
                )
            yield EmbeddedWriter(self._storage.path(generation))

    @contextlib.contextmanager
    def rebuilding(self) -> Iterator[EmbeddedRebuild]:
        with self._storage.locked("rebuild", wait_seconds=0):
            with engine_errors("a new index"):
                self._storage.remove_others()
                self._storage.make_room()
                rebuild = EmbeddedRebuild(self._storage)
            try:
                yield rebuild
            finally:
                rebuild.close()
                with engine_errors("cleaning up"):
                    self._storage.remove_others()

    def roll_back(self) -> str:
        """Refuse: one index is kept, which takes seconds to make again (see ``Engine.roll_back``)."""
        raise EngineError("the embedded engine keeps no former index; make it anew instead")


@dataclass(frozen=True, slots=True)
class _Page:
    """The total, the total of located entries when both scopes are asked, and the documents of the page."""

    total: int = 0
    located: int | None = None
    addresses: list[tantivy.DocAddress] = field(default_factory=list)


def _page(opened: OpenIndex, *, query: CompiledQuery) -> _Page:
    territory, translator, located_total = query.territory, Translator(opened, shelf=query.shelf), None
    if territory is not None and territory.scope is Scope.ALL:
        located = translator.query(query, tier=translator.located(territory))
        if query.sort is Sort.RELEVANCE:
            located_total, addresses = _ranked(opened, query=query, translated=located)
            left = replace(query, offset=max(0, query.offset - located_total), size=query.size - len(addresses))
            covering = translator.query(query, tier=translator.covering_only(territory))
            covering_total, following = _ranked(opened, query=left, translated=covering)
            return _Page(located_total + covering_total, located_total, addresses + following)
        located_total = opened.count(located)
    total, addresses = _ranked(opened, query=query, translated=translator.query(query))
    return _Page(total, located_total, addresses)


def _ranked(opened: OpenIndex, *, query: CompiledQuery, translated: Query) -> tuple[int, list[tantivy.DocAddress]]:
    offset, size = query.offset, query.size
    if size <= 0:
        return opened.count(translated), []
    # With nothing but words to leave out every score is the same.
    has_wishes = query.text is not None and bool(without_exclusions(query.text)[0])
    if query.sort is Sort.RELEVANCE and has_wishes:
        weight = None if is_near(query) else RECENCY
        return _by_relevance(opened.searcher, translated=translated, offset=offset, size=size, weight=weight)
    is_oldest = query.sort is Sort.OLDEST
    key = OLDEST_KEY if is_oldest and query.shelf is Shelf.MOMENTS else SORT_KEY
    found: Any = opened.searcher.search(
        translated,
        limit=size,
        offset=offset,
        count=True,
        order_by_field=key,
        order=Order.Asc if is_oldest else Order.Desc,
    )
    return found.count, [address for _, address in found.hits][:size]


def _by_relevance(
    searcher: tantivy.Searcher, *, translated: Query, offset: int, size: int, weight: str | None
) -> tuple[int, list[tantivy.DocAddress]]:
    """Return the total and a slice of the documents, best first; of equal scores, the newest first.

    tantivy leaves equal scores in the order of its segments, which merges change: a window that reaches past the last
    of a group of equals is fetched, and put in order here.
    """
    end = offset + size
    limit = end + 1
    while True:
        found: Any = searcher.search(translated, limit=limit, count=True, weight_by_field=weight)
        scores = [float(f"{score:.{_SCORE_DIGITS}g}") for score, _ in found.hits]
        if len(scores) < limit or scores[-1] < scores[end - 1]:
            break
        limit *= 4
    addresses = [address for _, address in found.hits]
    if len(set(scores)) < len(scores):
        keys = searcher.fast_field_values(SORT_KEY, addresses)
        ranked = sorted(zip(scores, keys, addresses, strict=True), key=lambda item: (-item[0], -(item[1] or 0)))
        addresses = [address for _, _, address in ranked]
    return found.count, addresses[offset:end]


def _hits(opened: OpenIndex, *, query: CompiledQuery, addresses: list[tantivy.DocAddress]) -> tuple[Hit, ...]:
    highlighter = Highlighter(query.text)
    hits = []
    for address in addresses:
        document = opened.searcher.doc(address)
        source = json.loads(document.get_first(SOURCE) or "{}")
        texts = [bytes(document.get_first(f"page__{name}") or b"").decode() for name in STORED_TEXTS]
        hits.append(hit_from(source, texts=texts, highlighter=highlighter))
    return tuple(hits)


def _near_hits(
    opened: OpenIndex, *, query: CompiledQuery, tiers: Tiers, addresses: list[tantivy.DocAddress]
) -> tuple[Hit, ...]:
    hits = _hits(opened, query=query, addresses=addresses)
    if not hits:
        return hits
    pages = list(dict.fromkeys(str(hit.page_id) for hit in hits))
    translator = Translator(opened, shelf=query.shelf, is_scored=False)
    found: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for rank, concept in enumerate(tiers.concepts):
        having = opened.searcher.search(translator.matching(concept.node, among=pages), limit=_MAX_RECORDS, count=False)
        for _, address in having.hits:
            found[address.segment_ord, address.doc].add(rank)
    return tuple(
        replace(hit, missing=tiers.missing(found=found[address.segment_ord, address.doc]))
        for hit, address in zip(hits, addresses, strict=True)
    )


def _said(opened: OpenIndex, *, query: CompiledQuery, page_ids: Sequence[int]) -> dict[int, tuple[HitMoment, ...]]:
    wanted, highlighter = Translator(opened, shelf=Shelf.MOMENTS).query(query), Highlighter(query.text)
    said = {}
    for page_id in page_ids:
        page = Query.const_score_query(Query.term_query(opened.schema, PAGE, str(page_id), index_option="basic"), 0.0)
        translated = Query.boolean_query([(Occur.Must, wanted), (Occur.Must, page)])
        _, addresses = _by_relevance(opened.searcher, translated=translated, offset=0, size=query.size, weight=None)
        sources = [json.loads(opened.searcher.doc(address).get_first(SOURCE) or "{}") for address in addresses]
        if sources:
            said[page_id] = tuple(moment_from(source, highlighter=highlighter) for source in sources)
    return said


def _facets(whole: OpenIndex, *, query: CompiledQuery) -> Mapping[str, tuple[FacetCount, ...]]:
    """Count every facet without its own filter: together those that have none, then each of the others.

    Counting is the dearest part of a search, and the other pages of the same search show the same counts.
    """
    opened = whole.moments if query.shelf is Shelf.MOMENTS and whole.moments else whole
    question = (query.shelf, query.text, query.filters, query.territory, query.universal_audience)
    if (remembered := whole.memo.get(question)) is not None:
        return remembered
    translator = Translator(opened, shelf=query.shelf, is_scored=False)
    counted = [name for name in counted_on(query.shelf) if name in opened.known_fields]
    free = [name for name in counted if name not in query.selected]
    buckets = _buckets(opened, translated=translator.query(query), fields=free) if free else {}
    for name in counted:
        if name in query.selected:
            buckets |= _buckets(opened, translated=translator.query(query, without=name), fields=[name])
    buckets["type"] = {**buckets.get("type", {}), **_types_beside(whole, query=query.counterpart)}
    counts = counts_of_all(buckets=buckets, selected=query.selected, universal_audience=query.universal_audience)
    if len(whole.memo) >= _MAX_REMEMBERED:
        whole.memo.clear()
    whole.memo[question] = counts
    return counts


def _types_beside(whole: OpenIndex, *, query: CompiledQuery) -> dict[str, int]:
    """Count the types of the other shelf."""
    if query.shelf is Shelf.ENTRIES:
        translated = Translator(whole, shelf=query.shelf, is_scored=False).query(query)
        return _buckets(whole, translated=translated, fields=["type"])["type"]
    if whole.moments is None:
        return {}
    count = whole.moments.count(Translator(whole.moments, shelf=query.shelf, is_scored=False).query(query))
    return {MOMENT_TYPE: count} if count else {}


def _buckets(opened: OpenIndex, *, translated: Query, fields: list[str]) -> dict[str, dict[str, int]]:
    wanted = {name: {"terms": {"field": name, "size": MAX_BUCKETS, "segment_size": MAX_BUCKETS}} for name in fields}
    counted = opened.searcher.aggregate(translated, wanted)
    return {name: {b["key"]: b["doc_count"] for b in counted[name]["buckets"]} for name in fields}
