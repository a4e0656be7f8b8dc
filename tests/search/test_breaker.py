"""How long searches wait for an engine that does not answer, seen from the searches."""

import threading
import time
from contextlib import ExitStack

import pytest

from search.asking import CircuitBreaker
from search.engines.base import EngineError

PATIENCE, HURRIED, REST = 0.4, 0.1, 0.6


@pytest.fixture
def breaker():
    return CircuitBreaker(patience=PATIENCE, hurried_patience=HURRIED, rest_seconds=REST)


def fail(breaker):
    """A search the engine fails at once; returns how long it was allowed to wait."""
    allowed = None
    try:
        with breaker.attempt() as allowed:
            if allowed is not None:
                raise EngineError("coupé")  # noqa: TRY301 — as an engine would
    except EngineError:
        pass
    return allowed


def answer(breaker):
    with breaker.attempt() as allowed:
        return allowed


def test_an_engine_that_answers_is_given_all_the_time_it_may_take(breaker):
    assert [answer(breaker) for _ in range(3)] == [PATIENCE] * 3


def test_after_a_failure_nobody_waits_until_the_rest_is_over(breaker):
    assert fail(breaker) == PATIENCE
    assert [answer(breaker) for _ in range(20)] == [None] * 20
    time.sleep(REST)
    assert answer(breaker) == PATIENCE  # the probe
    assert answer(breaker) == PATIENCE
    assert breaker.is_closed


def test_a_probe_that_fails_opens_the_circuit_again(breaker):
    fail(breaker)
    time.sleep(REST)
    assert fail(breaker) == PATIENCE
    assert answer(breaker) is None
    assert not breaker.is_closed


def test_only_one_search_probes(breaker):
    fail(breaker)
    time.sleep(REST)
    with breaker.attempt() as probe:
        assert probe == PATIENCE
        assert [answer(breaker) for _ in range(5)] == [None] * 5
    assert answer(breaker) == PATIENCE


def test_a_search_that_waits_leaves_the_others_little_time_then_none(breaker):
    with breaker.attempt() as first:
        assert first == PATIENCE
        assert answer(breaker) == HURRIED
        assert fail(breaker) == HURRIED
        assert [answer(breaker) for _ in range(5)] == [None] * 5
    assert answer(breaker) == PATIENCE


def test_a_hurried_search_that_fails_does_not_open_the_circuit(breaker):
    """An engine that is slow for a moment, as one that has just started, has failed nobody who waited."""
    with ExitStack() as other:
        with breaker.attempt():
            assert other.enter_context(breaker.attempt()) == HURRIED
        with pytest.raises(EngineError), other.pop_all():
            raise EngineError("lent")
    assert breaker.is_closed
    assert answer(breaker) == PATIENCE


def test_searches_that_follow_one_another_never_leave_all_of_them_hurried(breaker):
    with ExitStack() as other:
        with breaker.attempt():
            other.enter_context(breaker.attempt())
        assert answer(breaker) == PATIENCE


def test_an_error_that_is_not_the_engines_does_not_open_the_circuit(breaker):
    with pytest.raises(ZeroDivisionError), breaker.attempt():
        raise ZeroDivisionError
    assert answer(breaker) == PATIENCE


def test_a_frozen_engine_makes_one_search_wait_long_whatever_their_number(breaker):
    """Twelve searches in four threads over an engine that never answers."""
    waits: list[float] = []
    lock = threading.Lock()

    def search_for_ever(stop: float) -> None:
        while time.monotonic() < stop:
            started = time.monotonic()
            try:
                with breaker.attempt() as allowed:
                    if allowed is not None:
                        time.sleep(allowed)
                        raise EngineError("rien")  # noqa: TRY301 — likewise
            except EngineError:
                pass
            with lock:
                waits.append(time.monotonic() - started)
            time.sleep(0.02)

    stop = time.monotonic() + PATIENCE + REST * 0.8
    threads = [threading.Thread(target=search_for_ever, args=(stop,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    slow = [wait for wait in waits if wait > (PATIENCE + HURRIED) / 2]
    assert len(slow) == 1, slow
    assert len(waits) > 40
