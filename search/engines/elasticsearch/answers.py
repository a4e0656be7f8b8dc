"""The server's answer as the hub's. Pure, like what asked for it."""

from collections.abc import Mapping
from typing import Any

from search import analysis
from search.compiler import CompiledQuery
from search.engines.base import Hit
from search.engines.contents import card_from
from search.engines.elasticsearch.documents import SOURCE
from search.engines.elasticsearch.translation import FREE_FACETS, LOCATED, WORD
from search.facets import FACETS, FacetCount, facet_counts
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
    return tuple(_hit(found["_source"][SOURCE], highlighter=highlighter) for found in answer["hits"]["hits"])


def facets_of(answer: Mapping[str, Any], *, query: CompiledQuery) -> Mapping[str, tuple[FacetCount, ...]]:
    """Return the counts of every facet."""
    counted = answer["aggregations"]
    counts = {}
    for facet in FACETS:
        own = counted.get(f"without_{facet.field}", counted[FREE_FACETS])
        counts[facet.field] = facet_counts(
            field=facet.field,
            buckets={bucket["key"]: bucket["doc_count"] for bucket in own[facet.field]["buckets"]},
            selected=query.selected.get(facet.field, ()),
            universal_audience=query.universal_audience,
        )
    return counts


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


def _hit(source: Mapping[str, Any], *, highlighter: Highlighter) -> Hit:
    return Hit(
        key=source["key"],
        page_id=source["page_id"],
        type=source["type"],
        card=card_from(source["card"]),
        title=highlighter.segments(source["title"]),
        extract=highlighter.extract(*source["texts"]),
    )
