"""The server's answer as the hub's. Pure, like what asked for it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from search.compiler import CompiledQuery
from search.engines.base import Hit
from search.engines.contents import hit_from
from search.engines.elasticsearch.documents import SOURCE
from search.engines.elasticsearch.translation import (
    CONCEPT,
    COUNTED,
    EVERYTHING,
    FREE_FACETS,
    LOCATED,
    NEAR,
    SPELLED,
    WORD,
)
from search.facets import FACETS, FacetCount, counts_of_all
from search.highlighting import Highlighter
from search.spelling import Doubt, NearWord, nearest_first
from search.tiers import Tiers


def is_partial(answer: Mapping[str, Any]) -> bool:
    """Whether part of the index did not answer, or not in time: such counts are wrong."""
    return bool(answer["timed_out"] or answer["_shards"]["failed"])


def is_from_others(answer: Mapping[str, Any]) -> bool:
    """Whether what was found is not the hub's: another index bears the name of the alias."""
    return any(SOURCE not in found.get("_source", {}) for found in answer["hits"]["hits"])


def total_of(answer: Mapping[str, Any]) -> int:
    """Return how many entries were found."""
    total: int = answer["hits"]["total"]["value"]
    return total


def located_total_of(answer: Mapping[str, Any]) -> int | None:
    """Return how many of them lie inside the chosen territory, when that was asked."""
    counted = answer.get("aggregations", {}).get(LOCATED)
    return counted["doc_count"] if counted else None


def hits_of(answer: Mapping[str, Any], *, query: CompiledQuery) -> tuple[Hit, ...]:
    """Return the page of results, their titles and extracts marked where they match."""
    highlighter = Highlighter(query.text)
    sources = [found["_source"][SOURCE] for found in answer["hits"]["hits"]]
    return tuple(hit_from(source, texts=source["texts"], highlighter=highlighter) for source in sources)


def facets_of(answer: Mapping[str, Any], *, query: CompiledQuery) -> Mapping[str, tuple[FacetCount, ...]]:
    """Return the counts of every facet."""
    counted = answer["aggregations"]
    buckets = {}
    for facet in FACETS:
        own = counted.get(f"without_{facet.field}", counted[FREE_FACETS])
        buckets[facet.field] = {bucket["key"]: bucket["doc_count"] for bucket in own[facet.field]["buckets"]}
    return counts_of_all(buckets=buckets, selected=query.selected, universal_audience=query.universal_audience)


def frequencies_of(answer: Mapping[str, Any], *, query: CompiledQuery) -> tuple[list[int], int]:
    """Return how many entries have each concept of the query, and how many there are."""
    counted = answer["aggregations"][EVERYTHING]
    return [counted[f"{CONCEPT}{rank}"]["doc_count"] for rank in range(len(query.concepts))], counted["doc_count"]


def near_hits_of(answer: Mapping[str, Any], *, query: CompiledQuery, tiers: Tiers) -> tuple[Hit, ...]:
    """Return the results of the second tier, each with what it lacks."""
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
