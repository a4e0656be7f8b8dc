"""The server's answer as the hub's. Pure, like what asked for it."""

from collections.abc import Mapping
from typing import Any

from search import analysis
from search.compiler import CompiledQuery
from search.engines.base import Hit
from search.engines.contents import hit_from
from search.engines.elasticsearch.documents import SOURCE
from search.engines.elasticsearch.translation import FREE_FACETS, LOCATED, WORD
from search.facets import FACETS, FacetCount, counts_of_all
from search.highlighting import Highlighter
from search.spelling import allowed_mistakes, correctable_words, mistakes


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


def near_words(answer: Mapping[str, Any], *, query: CompiledQuery) -> dict[str, list[str]]:
    """Return, for each typed word no entry spells so, the nearest that some do, the best first and without accents."""
    if query.text is None:
        return {}
    suggested = answer.get("suggest", {})
    near = {}
    for rank, surface in enumerate(correctable_words(query.text)):
        typed = analysis.fold(surface)
        options = [option for found in suggested.get(f"{WORD}{rank}", ()) for option in found["options"]]
        ranked = sorted(
            (option["text"][0] != typed[0], distance, -option["freq"], option["text"])
            for option in options
            if (distance := mistakes(typed, option["text"], limit=2)) <= allowed_mistakes(surface)
        )
        if ranked:
            near[surface] = [word for *_, word in ranked]
    return near
