"""The measure of growth tells what is linear from what is not."""

import pytest

from tests.support.growth import assert_linear, growing_texts, repeated, runs_of


def linear(text: str) -> int:
    return sum(1 for _character in text)


def quadratic(text: str) -> int:
    return sum(text.count(character, position) for position, character in enumerate(text))


def test_work_that_grows_with_what_it_is_given_passes():
    assert_linear(repeated("ab"), linear, sizes=(200_000, 400_000, 800_000))


def test_work_that_grows_faster_is_told_with_its_figures():
    with pytest.raises(AssertionError, match=r"for a doubling \(8000: .* ms, 16000: .* ms, 32000: .* ms\)"):
        assert_linear(repeated("ab"), quadratic, sizes=(8000, 16_000, 32_000))


def test_a_refusal_is_an_answer_like_another():
    def refuse(text: str) -> None:
        quadratic(text)
        raise ValueError

    with pytest.raises(AssertionError, match="for a doubling"):
        assert_linear(repeated("ab"), refuse, sizes=(8000, 16_000, 32_000), refusals=(ValueError,))


def test_each_piece_and_each_pair_is_tried_mixed_and_apart():
    assert {make(4) for make in growing_texts(["a", "b"])} == {"aaaa", "bbbb", "abab", "baba", "aabb", "bbaa"}
    assert runs_of("ab", "c")(8) == "ababcccc"
