"""Dates and times of a workshop agree with each other."""

from datetime import date, timedelta

from events.forms import replay_date_problem, sequence_time_problems


def minutes(value: int) -> timedelta:
    return timedelta(minutes=value)


def test_a_replay_cannot_precede_its_workshop() -> None:
    workshop = date(2022, 11, 24)
    assert replay_date_problem(published_on=date(2022, 11, 23), workshop_starts_on=workshop)
    assert replay_date_problem(published_on=workshop, workshop_starts_on=workshop) is None
    assert replay_date_problem(published_on=None, workshop_starts_on=workshop) is None


def test_sequences_start_one_after_the_other_within_the_replay() -> None:
    assert sequence_time_problems(times=[minutes(0), None, minutes(30)], duration=minutes(60)) == {}


def test_a_sequence_starting_before_the_previous_one_or_after_the_end_is_named() -> None:
    problems = sequence_time_problems(times=[minutes(10), minutes(5), minutes(90), minutes(20)], duration=minutes(60))
    assert set(problems) == {1, 2}
    assert "précédente" in problems[1]
    assert "durée" in problems[2]


def test_without_a_known_duration_only_the_order_is_checked() -> None:
    assert sequence_time_problems(times=[minutes(10), minutes(500)], duration=None) == {}
