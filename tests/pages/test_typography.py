"""Numbers, moments, lengths of time and sizes, as a French reader writes them."""

from datetime import timedelta
from decimal import Decimal

import pytest

from hub.pages.prose import clock, figure_words, file_size, spoken_duration


@pytest.mark.parametrize(
    ("qualifier", "value", "unit", "expected"),
    [
        ("", "52.00", "M€", "52\u00a0M€"),
        ("plus de", "21000.00", "ménages", "plus de 21\u202f000 ménages"),
        ("", "3.50", "%", "3,5\u00a0%"),
        ("", "1234567.89", "", "1\u202f234\u202f567,89"),
        ("environ", "0.00", "", "environ 0"),
        ("", "100.00", "", "100"),
    ],
)
def test_a_figure_is_read_as_it_is_said(qualifier, value, unit, expected):
    assert figure_words(qualifier=qualifier, value=Decimal(value), unit=unit) == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [(0, "0:00"), (65, "1:05"), (3725, "1:02:05"), (timedelta(minutes=34, seconds=10), "34:10")],
)
def test_a_moment_is_written_as_players_do(moment, expected):
    assert clock(moment) == expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(45, "45\u00a0min"), (60, "1\u00a0h"), (135, "2\u00a0h\u00a015"), (59.7, "1\u00a0h"), (125, "2\u00a0h\u00a005")],
)
def test_a_duration_is_written_in_words(minutes, expected):
    assert spoken_duration(timedelta(minutes=minutes)) == expected


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (None, ""),
        (0, ""),
        (12, "1\u00a0ko"),
        (340_400, "340\u00a0ko"),
        (1_240_000, "1,2\u00a0Mo"),
        (20_000_000, "20\u00a0Mo"),
    ],
)
def test_the_size_of_a_file_is_written_with_french_units(size, expected):
    assert file_size(size) == expected
