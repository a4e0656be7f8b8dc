"""How good a list of results is, by the measures of the trade. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from statistics import fmean

DEPTH = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one query got, each figure between 0 and 1."""

    ndcg: float
    reciprocal_rank: float
    recall: float
    success: float
    is_empty: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """The means of many outcomes: ``ndcg`` and ``recall`` at ten, ``mrr``, ``success`` at ten, share ``empty``."""

    queries: int
    ndcg: float
    mrr: float
    recall: float
    success: float
    empty: float


def outcome(*, found: Sequence[str], gains: Mapping[str, int]) -> Outcome:
    """Judge the first ten of ``found`` by what each is worth (absent from ``gains``: nothing).

    The discounted gain is Järvelin and Kekäläinen's with the gains as they are, divided by that of the best order.
    The reciprocal rank and the success are those of the first entry of the highest gain.
    """
    first = found[:DEPTH]
    best = max(gains.values(), default=0)
    wanted = {slug for slug, gain in gains.items() if gain == best}
    rank = next((place for place, slug in enumerate(first, start=1) if slug in wanted), 0)
    ideal = _discounted(sorted(gains.values(), reverse=True)[:DEPTH])
    return Outcome(
        ndcg=_discounted([gains.get(slug, 0) for slug in first]) / ideal if ideal else 0.0,
        reciprocal_rank=1 / rank if rank else 0.0,
        recall=len(wanted.intersection(first)) / min(len(wanted), DEPTH) if wanted else 0.0,
        success=float(bool(rank)),
        is_empty=not found,
    )


def figures(outcomes: Collection[Outcome]) -> Figures:
    """Return the means. Raises ``statistics.StatisticsError`` of nothing."""
    return Figures(
        queries=len(outcomes),
        ndcg=fmean(each.ndcg for each in outcomes),
        mrr=fmean(each.reciprocal_rank for each in outcomes),
        recall=fmean(each.recall for each in outcomes),
        success=fmean(each.success for each in outcomes),
        empty=fmean(each.is_empty for each in outcomes),
    )


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / log2(place + 1) for place, gain in enumerate(gains, start=1))
