"""The measures say what the literature says they say."""

import pytest

from tests.relevance.metrics import figures, outcome

GAINS = {"a": 3, "b": 3, "c": 1}


def test_the_best_order_is_worth_one():
    assert outcome(found=["b", "a", "c", "x"], gains=GAINS).ndcg == pytest.approx(1)


def test_a_gain_is_discounted_by_its_place():
    # 3/log2(3) of an ideal 3/log2(2) + 3/log2(3) + 1/log2(4)
    assert outcome(found=["x", "a"], gains=GAINS).ndcg == pytest.approx(1.8928 / 5.3928, abs=1e-4)


def test_the_rank_is_that_of_the_first_entry_wanted_most():
    got = outcome(found=["c", "x", "a"], gains=GAINS)
    assert got.reciprocal_rank == pytest.approx(1 / 3)
    assert got.recall == 0.5
    assert got.success == 1


def test_what_comes_after_the_tenth_is_not_seen():
    got = outcome(found=[*"qrstuvwxyz", "a"], gains=GAINS)
    assert (got.ndcg, got.reciprocal_rank, got.success) == (0, 0, 0)
    assert not got.is_empty


def test_an_empty_answer_is_counted():
    got = [outcome(found=[], gains=GAINS), outcome(found=["a", "b", "c"], gains=GAINS)]
    assert figures(got).empty == 0.5
    assert figures(got).ndcg == pytest.approx(0.5)
