import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from elasticsearch_dsl import A, Q, Search
from elasticsearch_dsl.query import Query

from search import analysis
from search.compiler import CompiledQuery, FacetFilter, TerritoryFilter, without_exclusions, word_node
from search.engines.base import Hit, HitMoment
from search.engines.contents import (
    BM25_SHARES_OF,
    KEYWORD_WEIGHT,
    SAID,
    TEXTS_OF,
    TIE_BREAKER,
    hit_from,
    moment_from,
)
from search.engines.elasticsearch.documents import (
    ARE_ENTRIES,
    ARE_MOMENTS,
    MOMENT_PAGE,
    OLDEST_KEY,
    RECENCY,
    SORT_KEY,
    SOURCE,
    SPELLINGS,
    WORDS,
)
from search.enums import Scope, Shelf, Sort
from search.highlighting import Highlighter
from search.query import MAX_BUCKETS, FacetCount, counted_on, counts_of_all
from search.spelling import Doubt, NearWord, allowed_mistakes, nearest_first
from search.tiers import Tiers, is_near, scores_of
from search.tree import AllOf, AnyOf, AtLeast, Keyword, Node, Not, Phrase, Prefix, Term, Weighted, wanted_leaves

# Lucene's BM25 is the other engine's, times k1 + 1.
_BM25_RATIO = 2.2
# Puts located entries first: far above any score, and small enough for a 32-bit sum to keep the score's digits.
_LOCATED_FIRST = 1024.0
# More than are looked at: the server does not order them as the hub does.
_MAX_SUGGESTED = 60
_MIN_CORRECTED = 4
_MAX_SPELLINGS = 20

FREE_FACETS = "free"  # the facets without a chosen value, counted together
LOCATED = "located"
EVERYTHING = "everything"  # the whole index, whatever is asked
ON_SHELF = "on_shelf"  # all of one shelf
BESIDE = "beside"  # what the same question finds on the other shelf, by type
PAGES, BEST = "pages", "best"
CONCEPT = "concept-"  # and its rank in the query, or in its second tier
WORD = "word-"  # and the rank of the concept it is near to
COUNTED, NEAR, SPELLED = "counted-", "near-", "spelled"


def build_search(query: CompiledQuery, *, left_out: Node | None = None) -> Search:
    """Return the request that answers a query: the page, its totals and near spellings, the facets' counts aside.

    What is ``left_out`` is counted by the facets, and is no result.
    """
    search = Search().extra(track_total_hits=True, from_=query.offset, size=query.size).source([SOURCE])
    # unmapped_type: an index of another version answers all the same.
    key = OLDEST_KEY if query.sort is Sort.OLDEST and query.shelf is Shelf.MOMENTS else SORT_KEY
    by_day = {key: {"order": "asc" if query.sort is Sort.OLDEST else "desc", "unmapped_type": "long"}}
    search = search.query(_main_query(query)).sort(*(["_score"] if query.sort is Sort.RELEVANCE else []), by_day)
    chosen = list(_chosen(query.filters).values())
    if left_out is not None:
        search = search.post_filter(
            "bool", filter=chosen, must_not=[translate(left_out, shelf=query.shelf, is_scored=False)]
        )
    elif chosen:
        search = search.post_filter("bool", filter=chosen)
    if query.territory is not None and query.territory.scope is Scope.ALL:
        search.aggs.bucket(LOCATED, "filter", bool={"filter": [_located(query.territory), *chosen]})
    return search


def request_body(query: CompiledQuery, *, seconds: float) -> dict[str, Any]:
    """Return the one request of a page, its counts included; the server gives up after ``seconds``, and says so."""
    body: dict[str, Any] = build_search(query).extra(timeout=f"{max(1, int(seconds * 1000))}ms").to_dict()
    if query.with_facets:
        body["aggs"] = {**body.get("aggs", {}), **_facet_counts(query.filters, query.shelf), **_beside(query)}
    if query.concepts and query.has_near:
        body["aggs"] = {**body.get("aggs", {}), **_concept_counts(query)}
    if query.may_correct:
        body["suggest"] = {
            f"{WORD}{rank}": {
                "text": analysis.fold(concept.typed),
                "term": _near_spellings(concept.typed, shelf=query.shelf),
            }
            for rank, concept in enumerate(query.concepts)
            if concept.is_plain and len(concept.typed) >= _MIN_CORRECTED
        }
    return body


def near_body(tiers: Tiers, *, seconds: float) -> dict[str, Any]:
    query = replace(tiers.both, offset=tiers.near.offset, size=tiers.near.size)
    search = build_search(query, left_out=tiers.complete)
    body: dict[str, Any] = search.extra(timeout=f"{max(1, int(seconds * 1000))}ms").to_dict()
    if query.with_facets:
        body["aggs"] = {**body.get("aggs", {}), **_facet_counts(query.filters, query.shelf), **_beside(query)}
    return body


def said_body(query: CompiledQuery, *, page_ids: Sequence[int], seconds: float) -> dict[str, Any]:
    """Return the request for the best moments of each of these pages."""
    pages = Q("terms", **{MOMENT_PAGE: [str(page_id) for page_id in page_ids]})
    chosen = list(_chosen(query.filters).values())
    search = Search().extra(size=0, timeout=f"{max(1, int(seconds * 1000))}ms", track_total_hits=False)
    search = search.query(Q("bool", must=[_main_query(query)], filter=[pages, *chosen]))
    best = {"size": query.size, "sort": ["_score", {SORT_KEY: "desc"}], "_source": [SOURCE]}
    search.aggs.bucket(PAGES, "terms", field=MOMENT_PAGE, size=len(page_ids), execution_hint="map").metric(
        BEST, "top_hits", **best
    )
    body: dict[str, Any] = search.to_dict()
    return body


def words_body(*, counted: Sequence[str], near: Sequence[str], shelf: Shelf) -> dict[str, Any]:
    """Return the request for how many entries have each of the ``counted`` words, and how the ``near`` are written."""
    search = Search().extra(size=0).query("bool", filter=[_on(shelf)])
    for rank, word in enumerate(counted):
        search.aggs.bucket(f"{COUNTED}{rank}", "filter", translate(word_node(word), shelf=shelf, is_scored=False))
    for rank, folded in enumerate(near):
        spelled = A("terms", field=SPELLINGS[shelf], include=rf"{re.escape(folded)}\|.*", size=_MAX_SPELLINGS)
        search.aggs.bucket(f"{NEAR}{rank}", "filter", term={WORDS[shelf]: folded}).bucket(SPELLED, spelled)
    body: dict[str, Any] = search.to_dict()
    return body


def preference(query: CompiledQuery) -> str:
    """Return what sends every page of a search to the same copy of the index: copies may order equals differently."""
    return f"search-{zlib.crc32(repr((query.text, query.filters, query.territory)).encode()):08x}"


def translate(  # noqa: C901, PLR0911 — one for each kind of node
    node: Node, *, shelf: Shelf = Shelf.ENTRIES, is_scored: bool = True
) -> Query:
    """Return the query of a tree; not scored, it finds the same documents for less."""
    match node:
        case Term(value):
            return _word(value, shelf=shelf, is_scored=is_scored)
        case Phrase(terms):
            text = _phrase_text(terms)
            found = {name: Q("match_phrase", **{name: text}) for name in TEXTS_OF[shelf]}
            return _anywhere(found, shelf=shelf, is_scored=is_scored)
        case Prefix(value):
            return Q("constant_score", filter=Q("prefix", **{WORDS[shelf]: value}), boost=1.0)
        case Keyword() if shelf is Shelf.MOMENTS:
            return Q("match_none")
        case Keyword(field, value):
            return Q("constant_score", filter=Q("term", **{field: value}), boost=KEYWORD_WEIGHT)
        case Weighted(child, factor):
            query = translate(child, shelf=shelf, is_scored=is_scored)
            return Q("bool", must=[query], boost=factor) if is_scored else query
        case AtLeast():
            return _at_least(node, shelf=shelf, is_scored=is_scored)
        case AnyOf(()):
            return Q("match_none")
        case AnyOf(children):
            alternatives = [translate(child, shelf=shelf, is_scored=is_scored) for child in children]
            return Q("dis_max", queries=alternatives) if is_scored else _any(alternatives)
        case AllOf(children):
            return Q("bool", must=[translate(child, shelf=shelf, is_scored=is_scored) for child in children])
        case Not(child):
            unwanted = translate(child, shelf=shelf, is_scored=False)
            return Q("bool", must_not=[unwanted], filter=[Q("match_all")])


def _at_least(node: AtLeast, *, shelf: Shelf, is_scored: bool) -> Query:
    found = [
        Q("constant_score", filter=translate(child.node, shelf=shelf, is_scored=False), _name=f"{CONCEPT}{rank}")
        for rank, child in enumerate(node.children)
    ]
    counted = [query for query, child in zip(found, node.children, strict=True) for _ in range(child.share)]
    enough = Q("bool", should=counted, minimum_should_match=node.needed)
    if not is_scored:
        return enough
    (point, field_factor), wished = scores_of(node), []
    for child in node.children:
        wished += [
            Q(
                "constant_score",
                filter=translate(child.node, shelf=shelf, is_scored=False),
                boost=point * child.weight,
            ),
            Q("bool", must=[translate(child.node, shelf=shelf)], boost=field_factor),
        ]
    return Q("bool", filter=[enough], should=wished, minimum_should_match=0)


def _main_query(query: CompiledQuery) -> Query:
    wanted, unwanted = without_exclusions(query.text) if query.text is not None else ([], [])
    is_scored = query.sort is Sort.RELEVANCE
    clauses: dict[str, list[Query]] = {"filter": [], "must": [], "must_not": [], "should": []}
    if wanted and is_scored:
        clauses["must"] += [translate(node, shelf=query.shelf) for node in wanted]
        if not is_near(query):
            recency, every = {"field": RECENCY, "missing": 1.0}, Q("bool", must=clauses["must"])
            weighed = Q("function_score", query=every, field_value_factor=recency, boost_mode="multiply")
            clauses["must"] = [weighed]
    else:
        clauses["filter"] += [translate(node, shelf=query.shelf, is_scored=False) for node in wanted]
    clauses["must_not"] += [translate(node, shelf=query.shelf, is_scored=False) for node in unwanted]
    if query.shelf is Shelf.MOMENTS:
        clauses["filter"] += [_on(query.shelf), *_say_themselves(wanted)]
    else:
        clauses["must_not"].append(_on(Shelf.MOMENTS))
    if query.territory is not None:
        clauses["filter"].append(_territory(query.territory))
        if query.territory.scope is Scope.ALL and is_scored:
            located = Q("constant_score", filter=_located(query.territory), boost=_LOCATED_FIRST)
            clauses["should"].append(located)
    if not clauses["must"] and not clauses["filter"]:
        clauses["filter"].append(Q("match_all"))
    # What is only wished for decides nothing.
    return Q("bool", minimum_should_match=0, **{name: queries for name, queries in clauses.items() if queries})


def _on(shelf: Shelf) -> Query:
    return Q(ARE_MOMENTS if shelf is Shelf.MOMENTS else ARE_ENTRIES)


def _say_themselves(wanted: Sequence[Node]) -> list[Query]:
    """Return what leaves out the moments that have all they are found by in the end of the one before."""
    found: list[Query] = []
    for leaf in dict.fromkeys(leaf for node in wanted for leaf in wanted_leaves(node)):
        match leaf:
            case Prefix():
                found.append(translate(leaf, shelf=Shelf.MOMENTS, is_scored=False))
            case Term(value):
                found.append(Q("term", **{SAID: value}))
            case Phrase(terms):
                found += [Q("term", **{SAID: value}) for _, value in terms]
    if not wanted:
        return []
    return [_any(found) if found else Q("match_none")]


def _word(value: str, *, shelf: Shelf, is_scored: bool) -> Query:
    terms = {name: Q("term", **{name: value}) for name in TEXTS_OF[shelf]}
    query = _anywhere(terms, shelf=shelf, is_scored=is_scored)
    if not is_scored:
        return query
    shares = [
        Q("term", **{name: {"value": value, "boost": share / _BM25_RATIO}})
        for name, share in BM25_SHARES_OF[shelf].items()
    ]
    return Q("bool", must=[query], should=shares, minimum_should_match=0)


def _anywhere(found: dict[str, Query], *, shelf: Shelf, is_scored: bool) -> Query:
    if not is_scored:
        return _any(list(found.values()))
    weights = TEXTS_OF[shelf]
    weighted = [Q("constant_score", filter=query, boost=weights[name]) for name, query in found.items()]
    return Q("dis_max", queries=weighted, tie_breaker=TIE_BREAKER)


def _any(queries: list[Query]) -> Query:
    return Q("bool", should=queries, minimum_should_match=1)


def _phrase_text(terms: tuple[tuple[int, str], ...]) -> str:
    """Return the terms of a phrase as the index's analyser reads them: a mark for each place that does not matter."""
    places = [analysis.STOP_MARK] * (terms[-1][0] + 1)
    for place, term in terms:
        places[place] = term
    return " ".join(places)


def _territory(territory: TerritoryFilter) -> Query:
    located, covering = _located(territory), Q("terms", territories=list(territory.containers))
    match territory.scope:
        case Scope.WITHIN:
            return located
        case Scope.COVERING:
            return covering
    return _any([located, covering])


def _located(territory: TerritoryFilter) -> Query:
    return Q("term", located_in=territory.code)


def _chosen(filters: tuple[FacetFilter, ...]) -> dict[str, Query]:
    return {f.field: Q("terms", **{f.field: list(f.values)}) for f in filters}


def _concept_counts(query: CompiledQuery) -> dict[str, Any]:
    """Count the entries that have each thing asked for, whatever the rest of the query."""
    counts = {
        f"{CONCEPT}{rank}": {"filter": translate(concept.node, shelf=query.shelf, is_scored=False).to_dict()}
        for rank, concept in enumerate(query.concepts)
    }
    return {EVERYTHING: {"global": {}, "aggs": {ON_SHELF: {"filter": _on(query.shelf).to_dict(), "aggs": counts}}}}


def _beside(query: CompiledQuery) -> dict[str, Any]:
    """Count, by type, what the same question finds on the other shelf."""
    other = replace(query.counterpart, sort=Sort.NEWEST)  # nothing is scored to be counted
    found = Q("bool", filter=[_main_query(other), *_chosen(other.filters).values()])
    types = {"terms": {"field": "type", "size": MAX_BUCKETS}}
    return {BESIDE: {"global": {}, "aggs": {ON_SHELF: {"filter": found.to_dict(), "aggs": {"type": types}}}}}


@lru_cache(maxsize=64)
def _facet_counts(filters: tuple[FacetFilter, ...], shelf: Shelf) -> dict[str, Any]:
    """Count every facet without its own filter: together those that have none, then each of the others.

    Most searches choose nothing: what they ask is written once.
    """
    search, chosen = Search(), _chosen(filters)
    free = search.aggs.bucket(FREE_FACETS, "filter", bool={"filter": list(chosen.values())})
    for name in counted_on(shelf):
        values = A("terms", field=name, size=MAX_BUCKETS)
        if name not in chosen:
            free.bucket(name, values)
            continue
        others = [query for field, query in chosen.items() if field != name]
        search.aggs.bucket(f"without_{name}", "filter", bool={"filter": others}).bucket(name, values)
    counted: dict[str, Any] = search.to_dict()["aggs"]
    return counted


def _near_spellings(surface: str, *, shelf: Shelf) -> dict[str, Any]:
    return {
        "field": WORDS[shelf],
        "suggest_mode": "missing",
        "max_edits": allowed_mistakes(analysis.fold(surface)),
        "prefix_length": 0,
        "min_word_length": 4,
        "size": _MAX_SUGGESTED,
        "shard_size": _MAX_SUGGESTED,
        "string_distance": "damerau_levenshtein",
        "accuracy": 0.4,
        "sort": "score",
    }


def is_partial(answer: Mapping[str, Any]) -> bool:
    """Whether part of the index did not answer, or not in time: such counts are wrong."""
    return bool(answer["timed_out"] or answer["_shards"]["failed"])


def is_from_others(answer: Mapping[str, Any]) -> bool:
    """Whether what was found is not the hub's: another index bears the name of the alias."""
    return any(SOURCE not in found.get("_source", {}) for found in answer["hits"]["hits"])


def located_total_of(answer: Mapping[str, Any]) -> int | None:
    counted = answer.get("aggregations", {}).get(LOCATED)
    return counted["doc_count"] if counted else None


def hits_of(answer: Mapping[str, Any], *, query: CompiledQuery) -> tuple[Hit, ...]:
    highlighter = Highlighter(query.text)
    sources = [found["_source"][SOURCE] for found in answer["hits"]["hits"]]
    return tuple(hit_from(source, texts=source.get("texts", ()), highlighter=highlighter) for source in sources)


def said_of(answer: Mapping[str, Any], *, query: CompiledQuery) -> dict[int, tuple[HitMoment, ...]]:
    highlighter, said = Highlighter(query.text), {}
    for page in answer["aggregations"][PAGES]["buckets"]:
        sources = [found["_source"][SOURCE] for found in page[BEST]["hits"]["hits"]]
        said[int(page["key"])] = tuple(moment_from(source, highlighter=highlighter) for source in sources)
    return said


def facets_of(answer: Mapping[str, Any], *, query: CompiledQuery) -> Mapping[str, tuple[FacetCount, ...]]:
    counted = answer["aggregations"]
    buckets = {}
    for name in counted_on(query.shelf):
        own = counted.get(f"without_{name}", counted[FREE_FACETS])
        buckets[name] = {bucket["key"]: bucket["doc_count"] for bucket in own[name]["buckets"]}
    beside = counted[BESIDE][ON_SHELF]["type"]["buckets"]
    buckets["type"] |= {bucket["key"]: bucket["doc_count"] for bucket in beside}
    return counts_of_all(buckets=buckets, selected=query.selected, universal_audience=query.universal_audience)


def frequencies_of(answer: Mapping[str, Any], *, query: CompiledQuery) -> tuple[list[int], int]:
    if not query.concepts:
        return [], 0
    counted = answer["aggregations"][EVERYTHING][ON_SHELF]
    return [counted[f"{CONCEPT}{rank}"]["doc_count"] for rank in range(len(query.concepts))], counted["doc_count"]


def near_hits_of(answer: Mapping[str, Any], *, query: CompiledQuery, tiers: Tiers) -> tuple[Hit, ...]:
    hits = []
    for hit, found in zip(hits_of(answer, query=query), answer["hits"]["hits"], strict=True):
        names = found.get("matched_queries", ())
        ranks = [rank for rank in range(len(tiers.concepts)) if f"{CONCEPT}{rank}" in names]
        hits.append(replace(hit, missing=tiers.missing(found=ranks)))
    return tuple(hits)


def suggested_words(
    answer: Mapping[str, Any], *, query: CompiledQuery, doubts: Sequence[Doubt]
) -> dict[str, list[str]]:
    """Return, for each word in doubt, the words of the index near to it, without accents, the likeliest first."""
    suggested = answer.get("suggest", {})
    ranks = {concept.typed: rank for rank, concept in enumerate(query.concepts)}
    near = {}
    for doubt in doubts:
        if doubt.is_near:
            found = suggested.get(f"{WORD}{ranks[doubt.typed]}", ())
            words = [(option["text"], option["freq"]) for entry in found for option in entry["options"]]
            near[doubt.typed] = nearest_first(doubt.typed, words=words)
    return near


def words_of(
    answer: Mapping[str, Any], *, counted: Sequence[str], near: Sequence[str]
) -> tuple[dict[str, int], dict[str, NearWord]]:
    """Return how many entries have each counted word, and how each near one is written (see ``words_body``)."""
    found = answer["aggregations"]
    counts = {word: found[f"{COUNTED}{rank}"]["doc_count"] for rank, word in enumerate(counted)}
    words = {}
    for rank, folded in enumerate(near):
        bucket = found[f"{NEAR}{rank}"]
        spelled = [spelling["key"].partition("|")[2] for spelling in bucket[SPELLED]["buckets"]]
        words[folded] = NearWord(folded, spelled[0] if spelled else folded, bucket["doc_count"])
    return counts, words
