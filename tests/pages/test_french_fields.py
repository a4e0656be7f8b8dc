"""What an editor types in French is understood; what is not stays as typed, with a sentence."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from hub.french_fields import (
    MONTHS,
    FrenchDateField,
    FrenchDateTimeField,
    FrenchDurationField,
    FrenchNumberField,
    FrenchTimeField,
    FrenchWholeNumberField,
    written_number,
    written_time,
)

DAY = date(2027, 1, 15)


@pytest.mark.parametrize(
    "typed",
    [
        "15/01/2027", "15/1/2027", "15-01-2027", "15.01.2027", "15/01/27", "2027-01-15", "15 janvier 2027",
        "15 JANVIER 2027", "15 janv. 2027", "le 15 janvier 2027", "vendredi 15 janvier 2027",
        "15\u00a0janvier\u00a02027", " 15 janvier 2027 ",
    ],
)  # fmt: skip
def test_a_day_is_read_as_it_is_written(typed):
    assert FrenchDateField().clean(typed) == DAY


@pytest.mark.parametrize("number", range(1, 13))
def test_every_month_is_read_with_and_without_its_accents(number):
    for name in (MONTHS[number - 1], MONTHS[number - 1].translate(str.maketrans("éû", "eu")).title()):
        assert FrenchDateField().clean(f"1er {name} 2027") == date(2027, number, 1)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("demain", "n’est pas comprise"),
        ("31/02/2027", "n’existe pas"),
        ("15 janvier", "Précisez l’année"),
        ("15/01", "Précisez l’année"),
        ("3 ju 2027", "n’est pas comprise"),
        ("lundi 15 janvier 2027", "est un vendredi"),
        ("15/13/2027", "n’existe pas"),
        ("0" * 5000, "n’est pas comprise"),
    ],
)
def test_what_is_no_day_is_refused_with_the_reason(typed, said):
    with pytest.raises(ValidationError, match=said):
        FrenchDateField().clean(typed)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("9h30", time(9, 30)), ("9 h 30", time(9, 30)), ("09:30", time(9, 30)), ("9:30:00", time(9, 30)),
        ("14h", time(14)), ("14 heures", time(14)), ("9 heures 05", time(9, 5)), ("midi", time(12)), ("0h00", time(0)),
    ],
)  # fmt: skip
def test_an_hour_is_read_as_it_is_written(typed, read):
    assert FrenchTimeField().clean(typed) == read
    assert FrenchTimeField().clean(written_time(read)) == read


@pytest.mark.parametrize("typed", ["25h", "9h75", "9", "9h5", "bientôt", "9h30 10h"])
def test_what_is_no_hour_is_refused(typed):
    with pytest.raises(ValidationError, match="heure"):
        FrenchTimeField().clean(typed)


@pytest.mark.parametrize("typed", ["15/01/2027 09:30", "15 janvier 2027 à 9h30", "15/01/2027, 9h30"])
def test_a_day_and_an_hour_are_read_together(typed):
    assert FrenchDateTimeField().clean(typed) == timezone.make_aware(datetime(2027, 1, 15, 9, 30))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("15/01/2027", "Précisez l’heure"),
        ("15/01/2027 25:00", "heure n’existe pas"),
        ("demain 9h", "n’est pas comprise"),
    ],
)
def test_a_moment_that_is_not_whole_is_refused(typed, said):
    with pytest.raises(ValidationError, match=said):
        FrenchDateTimeField().clean(typed)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("52", "52"),
        ("52,5", "52.5"),
        ("52.5", "52.5"),
        ("21 000", "21000"),
        ("1\u202f234,50", "1234.50"),
        ("\u22123", "-3"),
    ],
)
def test_a_number_is_read_as_it_is_written(typed, read):
    assert FrenchNumberField().clean(typed) == Decimal(read)


@pytest.mark.parametrize("typed", ["21.000", "1e5", "12 34", "NaN", "Infinity", "beaucoup"])
def test_what_is_no_number_or_could_be_two_is_refused(typed):
    with pytest.raises(ValidationError, match=r"nombre|deux façons"):
        FrenchNumberField().clean(typed)


@pytest.mark.parametrize(
    ("value", "shown"),
    [("52.00", "52"), ("3.50", "3,5"), ("21000.00", "21\u202f000"), ("0.00", "0"), ("-1234.05", "-1\u202f234,05")],
)
def test_a_number_is_shown_without_idle_zeros_and_read_back(value, shown):
    assert written_number(Decimal(value)) == shown
    assert FrenchNumberField().clean(shown) == Decimal(value)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("52", 52),
        ("21 000", 21_000),
        ("21\u202f000", 21_000),
        (" 7 ", 7),
        ("52,0", 52),
        ("-3", -3),
        ("95e", 95),
        ("n° 95", 95),
        ("1er", 1),
    ],
)
def test_a_number_without_decimals_is_read_as_it_is_written(typed, read):
    assert FrenchWholeNumberField().clean(typed) == read


@pytest.mark.parametrize(
    ("typed", "said"),
    [("52,5", "nombre entier"), ("beaucoup", "pas compris"), ("21.000", "deux façons"), ("1e5", "pas compris")],
)
def test_what_is_no_whole_number_is_refused_with_the_reason(typed, said):
    with pytest.raises(ValidationError, match=said):
        FrenchWholeNumberField().clean(typed)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("2h15", (2, 15, 0)), ("2 h 15", (2, 15, 0)), ("2h", (2, 0, 0)), ("1 h 05 min 30 s", (1, 5, 30)),
        ("45 min", (0, 45, 0)), ("90 minutes", (1, 30, 0)), ("1:02:05", (1, 2, 5)), ("42:10", (0, 42, 10)),
        ("02:15:00", (2, 15, 0)), ("30 s", (0, 0, 30)),
    ],
)  # fmt: skip
def test_a_duration_is_read_as_it_is_written(typed, read):
    hours, minutes, seconds = read
    assert FrenchDurationField().clean(typed) == timedelta(hours=hours, minutes=minutes, seconds=seconds)


@pytest.mark.parametrize(
    ("typed", "said"), [("45", "unité"), ("2h75", "pas comprise"), ("longtemps", "pas comprise"), ("h", "pas comprise")]
)
def test_what_is_no_duration_is_refused_with_the_reason(typed, said):
    with pytest.raises(ValidationError, match=said):
        FrenchDurationField().clean(typed)
