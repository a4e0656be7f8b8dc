"""Two tiers of results: the entries that have everything, then, when they are few, those that have enough of it.

Pure, and the same for every engine: what an entry must have is decided here, from how many entries have each thing.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from search.compiler import CompiledQuery, Concept, without_exclusions
from search.enums import Shelf, Sort
from search.tree import AtLeast, Node, Not, Share, all_of

# With so many entries that have everything, nothing else is shown.
ENOUGH = 10
# Moments of its recording shown under a result, at most.
MOMENTS_OF_A_RESULT = 3
# What the commonest and the rarest thing count for in "half of the words". Near to one another: of two words, either is
# half; among many, a rare one stands for two common ones at most.
_SHARES = (2, 3)
# What they weigh in the order of results.
_WEIGHTS = (2, 12)
# A thing said in several words counts for as many, up to here: engines repeat it as often.
_MAX_WORDS = 3
# Scores of the second tier: small enough for 32-bit sums, and for the entries of a chosen territory to pass the others.
_NEAR_SCORE = 768.0
_HIGHEST_FIELD_SCORE = 16.0  # of one thing: its best field, a tenth of the others, and what BM25 adds


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiers:
    """The second tier of a query.

    ``concepts`` are those it is made of, in the order of ``AtLeast.children``; ``both`` finds the two tiers, ``near``
    the second, on what is left of the page. ``complete`` finds what of ``both`` is in the first; ``None``: nothing is.
    """

    concepts: tuple[Concept, ...]
    both: CompiledQuery
    near: CompiledQuery
    complete: Node | None

    def missing(self, *, found: Collection[int]) -> tuple[str, ...]:
        """Return what an entry lacks, as it was typed, when it has the ``concepts`` whose ranks are ``found``."""
        had = {self.concepts[rank].node for rank in found}
        return tuple(concept.typed for concept in _loose(self.both) if concept.node not in had)


def may_relax(query: CompiledQuery, *, total: int) -> bool:
    return query.has_near and total < ENOUGH and len(_loose(query)) > 1


def tiers_of(query: CompiledQuery, *, frequencies: Sequence[int], documents: int, exact: int) -> tuple[Tiers, ...]:
    """Return the second tiers of ``query`` worth trying, the best first: the first that finds something is the one.

    ``frequencies`` say how many of the ``documents`` have each of ``query.concepts``, whatever the filters; ``exact``
    is how many entries the first tier has. A thing that no entry has weighs nothing: it cannot be asked for. Entries
    are in that have half of the rest, unless they lack something quoted or have what was left out; when there is none,
    those that have anything of it.
    """
    known = [
        (concept, rarity(frequency, documents=documents))
        for concept, frequency in zip(query.concepts, frequencies, strict=True)
        if frequency and not concept.is_strict
    ]
    if not known or query.text is None:
        return ()
    children = tuple(
        Share(
            concept.node,
            share=_between(_SHARES, rarity) * min(concept.words, _MAX_WORDS),
            weight=_between(_WEIGHTS, rarity) * min(concept.words, _MAX_WORDS),
        )
        for concept, rarity in known
    )
    half = max(1, sum(child.share for child in children) // 2)
    anything = min(child.share for child in children)
    return tuple(
        _tiers(query, concepts=[concept for concept, _ in known], enough=AtLeast(children, needed), exact=exact)
        for needed in ((half, anything) if anything < half and not exact else (half,))
    )


def said_query(query: CompiledQuery) -> CompiledQuery | None:
    """Return what the moments shown under the entries of a page of results answer; ``None`` when nothing is looked for.

    Each says half of the words at least, those that say most first: an entry has the others elsewhere. What is quoted
    or left out is strict. Only the speakers that were chosen filter them, as the entries have answered the rest.
    """
    if query.text is None or not query.concepts:
        return None
    strict: list[Node] = [concept.node for concept in query.concepts if concept.is_strict]
    unwanted: list[Node] = [Not(node) for node in without_exclusions(query.text)[1]]
    words = [(concept.node, min(concept.words, _MAX_WORDS)) for concept in _loose(query)]
    wanted: list[Node] = [node for node, _ in words]
    if len(words) > 1:
        shares = tuple(Share(node, share=count, weight=count) for node, count in words)
        wanted = [AtLeast(shares, max(1, sum(count for _, count in words) // 2))]
    return replace(
        query,
        shelf=Shelf.MOMENTS,
        text=all_of([*strict, *wanted, *unwanted]),
        filters=tuple(chosen for chosen in query.filters if chosen.field == "speakers"),
        territory=None,
        sort=Sort.RELEVANCE,
        offset=0,
        size=MOMENTS_OF_A_RESULT,
        with_facets=False,
    )


def rarity(frequency: int, *, documents: int) -> float:
    """Return how rare a thing is that ``frequency`` of the ``documents`` have: from 0, all of them, to 1, one."""
    rare = math.log1p((documents - frequency + 0.5) / (frequency + 0.5))
    return min(1.0, rare / math.log1p((documents - 0.5) / 1.5))


def scores_of(node: AtLeast) -> tuple[float, float]:
    """Return the score of one point of weight, and what the scores of fields are multiplied by beside it."""
    point = _NEAR_SCORE / node.weight
    return point, min(1.0, point / (_HIGHEST_FIELD_SCORE * len(node.children)))


def is_near(query: CompiledQuery) -> bool:
    """Whether a query is that of a second tier."""
    if query.text is None:
        return False
    return any(isinstance(node, AtLeast) for node in without_exclusions(query.text)[0])


def _tiers(query: CompiledQuery, *, concepts: Sequence[Concept], enough: AtLeast, exact: int) -> Tiers:
    strict: list[Node] = [concept.node for concept in query.concepts if concept.is_strict]
    unwanted: list[Node] = [Not(node) for node in without_exclusions(query.text)[1]] if query.text else []
    # When a thing is nowhere, nothing has everything.
    complete = all_of([concept.node for concept in concepts]) if len(concepts) == len(_loose(query)) else None
    others = [Not(complete), *unwanted] if complete is not None else unwanted
    left = max(0, query.size - max(0, min(exact - query.offset, query.size)))
    return Tiers(
        concepts=tuple(concepts),
        both=replace(query, text=all_of([*strict, enough, *unwanted])),
        near=replace(query, text=all_of([*strict, enough, *others]), offset=max(0, query.offset - exact), size=left),
        complete=complete,
    )


def _between(bounds: tuple[int, int], rarity: float) -> int:
    lightest, heaviest = bounds
    return lightest + round((heaviest - lightest) * rarity)


def _loose(query: CompiledQuery) -> list[Concept]:
    return [concept for concept in query.concepts if not concept.is_strict]
