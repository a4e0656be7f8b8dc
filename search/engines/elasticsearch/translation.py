"""The compiler's tree as the body of a request: a pure function. Nothing typed by a person is parsed by the server."""

import zlib
from functools import lru_cache
from typing import Any

from elasticsearch_dsl import A, Q, Search
from elasticsearch_dsl.query import Query

from search import analysis
from search.compiler import CompiledQuery, FacetFilter, TerritoryFilter, without_exclusions
from search.engines.contents import BM25_SHARES, TEXT_FIELDS, TIE_BREAKER
from search.engines.elasticsearch.documents import RECENCY, SORT_KEY, SOURCE, WORDS
from search.enums import Scope, Sort
from search.facets import FACETS, MAX_BUCKETS
from search.spelling import allowed_mistakes, correctable_words
from search.tree import AllOf, AnyOf, Node, Not, Phrase, Prefix, Term

# Lucene's BM25 is the other engine's, times k1 + 1.
_BM25_RATIO = 2.2
# Puts located entries first: far above any score, and small enough for a 32-bit sum to keep the score's digits.
_LOCATED_FIRST = 1024.0
_MAX_CANDIDATES = 20

FREE_FACETS = "free"  # the facets without a chosen value, counted together
LOCATED = "located"
WORD = "word-"  # and the rank of the typed word it is near to


def build_search(query: CompiledQuery) -> Search:
    """Return the request that answers a query: the page, its totals and near spellings, the facets' counts aside."""
    search = Search().extra(track_total_hits=True, from_=query.offset, size=query.size).source([SOURCE])
    search = search.query(_main_query(query)).sort(*_order(query))
    chosen = _chosen(query.filters)
    if chosen:
        search = search.post_filter("bool", filter=list(chosen.values()))
    if query.territory is not None and query.territory.scope is Scope.ALL:
        search.aggs.bucket(LOCATED, "filter", bool={"filter": [_located(query.territory), *chosen.values()]})
    if query.text is not None:
        for rank, surface in enumerate(correctable_words(query.text)):
            search = search.suggest(f"{WORD}{rank}", analysis.fold(surface), term=_near_spellings(surface))
    return search


def request_body(query: CompiledQuery, *, seconds: float) -> dict[str, Any]:
    """Return the one request of a page, its counts included; the server gives up after ``seconds``, and says so."""
    body: dict[str, Any] = build_search(query).extra(timeout=f"{max(1, int(seconds * 1000))}ms").to_dict()
    if query.with_facets:
        body["aggs"] = {**body.get("aggs", {}), **_facet_counts(query.filters)}
    return body


def preference(query: CompiledQuery) -> str:
    """Return what sends every page of a search to the same copy of the index: copies may order equals differently."""
    return f"search-{zlib.crc32(repr((query.text, query.filters, query.territory)).encode()):08x}"


def translate(node: Node, *, is_scored: bool = True) -> Query:  # noqa: PLR0911 — one for each kind of node
    """Return the query of a tree; not scored, it finds the same documents for less."""
    match node:
        case Term(value):
            return _word(value, is_scored=is_scored)
        case Phrase(terms):
            text = _phrase_text(terms)
            return _anywhere({name: Q("match_phrase", **{name: text}) for name in TEXT_FIELDS}, is_scored=is_scored)
        case Prefix(value):
            return Q("constant_score", filter=Q("prefix", **{WORDS: value}), boost=1.0)
        case AnyOf(children):
            alternatives = [translate(child, is_scored=is_scored) for child in children]
            if is_scored:
                return Q("dis_max", queries=alternatives)
            return Q("bool", should=alternatives, minimum_should_match=1)
        case AllOf(children):
            return Q("bool", must=[translate(child, is_scored=is_scored) for child in children])
        case Not(child):
            return Q("bool", must_not=[translate(child, is_scored=False)], filter=[Q("match_all")])


def _main_query(query: CompiledQuery) -> Query:
    wanted, unwanted = without_exclusions(query.text) if query.text is not None else ([], [])
    is_scored = query.sort is Sort.RELEVANCE
    clauses: dict[str, list[Query]] = {"filter": [], "must": [], "must_not": [], "should": []}
    if wanted and is_scored:
        clauses["must"].append(_weighed([translate(node) for node in wanted]))
    else:
        clauses["filter"] += [translate(node, is_scored=False) for node in wanted]
    clauses["must_not"] += [translate(node, is_scored=False) for node in unwanted]
    if query.territory is not None:
        clauses["filter"].append(_territory(query.territory))
        if query.territory.scope is Scope.ALL and is_scored:
            located = Q("constant_score", filter=_located(query.territory), boost=_LOCATED_FIRST)
            clauses["should"].append(located)
    if not clauses["must"] and not clauses["filter"]:
        clauses["filter"].append(Q("match_all"))
    # What is only wished for decides nothing.
    return Q("bool", minimum_should_match=0, **{name: queries for name, queries in clauses.items() if queries})


def _weighed(wanted: list[Query]) -> Query:
    recency = {"field": RECENCY, "missing": 1.0}
    return Q("function_score", query=Q("bool", must=wanted), field_value_factor=recency, boost_mode="multiply")


def _word(value: str, *, is_scored: bool) -> Query:
    terms = {name: Q("term", **{name: value}) for name in TEXT_FIELDS}
    query = _anywhere(terms, is_scored=is_scored)
    if not is_scored:
        return query
    shares = [Q("term", **{n: {"value": value, "boost": share / _BM25_RATIO}}) for n, share in BM25_SHARES.items()]
    return Q("bool", must=[query], should=shares, minimum_should_match=0)


def _anywhere(found: dict[str, Query], *, is_scored: bool) -> Query:
    if not is_scored:
        return Q("bool", should=list(found.values()), minimum_should_match=1)
    weighted = [Q("constant_score", filter=query, boost=TEXT_FIELDS[name]) for name, query in found.items()]
    return Q("dis_max", queries=weighted, tie_breaker=TIE_BREAKER)


def _phrase_text(terms: tuple[tuple[int, str], ...]) -> str:
    """Return the terms of a phrase as the index's analyser reads them: a mark for each place that does not matter."""
    places = [analysis.STOP_MARK] * (terms[-1][0] + 1)
    for place, term in terms:
        places[place] = term
    return " ".join(places)


def _territory(territory: TerritoryFilter) -> Query:
    covering = Q("terms", territories=list(territory.containers))
    match territory.scope:
        case Scope.WITHIN:
            return _located(territory)
        case Scope.COVERING:
            return covering
    return Q("bool", should=[_located(territory), covering], minimum_should_match=1)


def _located(territory: TerritoryFilter) -> Query:
    return Q("term", located_in=territory.code)


def _order(query: CompiledQuery) -> list[Any]:
    # unmapped_type: an index of another version answers all the same.
    by_day = {SORT_KEY: {"order": "asc" if query.sort is Sort.OLDEST else "desc", "unmapped_type": "long"}}
    return ["_score", by_day] if query.sort is Sort.RELEVANCE else [by_day]


def _chosen(filters: tuple[FacetFilter, ...]) -> dict[str, Query]:
    return {f.field: Q("terms", **{f.field: list(f.values)}) for f in filters}


@lru_cache(maxsize=64)
def _facet_counts(filters: tuple[FacetFilter, ...]) -> dict[str, Any]:
    """Count every facet without its own filter: together those that have none, then each of the others.

    Most searches choose nothing: what they ask is written once.
    """
    search, chosen = Search(), _chosen(filters)
    free = search.aggs.bucket(FREE_FACETS, "filter", bool={"filter": list(chosen.values())})
    for facet in FACETS:
        values = A("terms", field=facet.field, size=MAX_BUCKETS)
        if facet.field not in chosen:
            free.bucket(facet.field, values)
            continue
        others = [query for field, query in chosen.items() if field != facet.field]
        search.aggs.bucket(f"without_{facet.field}", "filter", bool={"filter": others}).bucket(facet.field, values)
    counted: dict[str, Any] = search.to_dict()["aggs"]
    return counted


def _near_spellings(surface: str) -> dict[str, Any]:
    return {
        "field": WORDS,
        "suggest_mode": "missing",
        "max_edits": allowed_mistakes(surface),
        "prefix_length": 0,
        "min_word_length": 4,
        "size": _MAX_CANDIDATES,
        "shard_size": _MAX_CANDIDATES,
        "string_distance": "damerau_levenshtein",
        "accuracy": 0.4,
        "sort": "score",
    }
