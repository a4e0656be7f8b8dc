"""One process does all that happens without a visitor, and no part of it delays another."""

import threading
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command

from hub.daily import loops
from hub.daily.loops import Loop, Say, registered_loops, run_loops
from hub.web.health import registered_probes


@pytest.fixture
def stop() -> Iterator[threading.Event]:
    stop = threading.Event()
    yield stop
    stop.set()


@pytest.fixture
def running(stop: threading.Event) -> Iterator[list[threading.Thread]]:
    threads: list[threading.Thread] = []
    yield threads
    stop.set()
    for thread in threads:
        thread.join(timeout=20)
        assert not thread.is_alive()


def run(running: list[threading.Thread], *chosen: Loop, stop: threading.Event) -> None:
    running.append(threading.Thread(target=run_loops, args=(chosen,), kwargs={"stop": stop}))
    running[-1].start()


def loop(name: str, follow: loops.Follow) -> Loop:
    return Loop(name=name, label=name.title(), interval=0.01, follow=follow)


def test_each_part_of_the_site_has_its_loop_and_each_loop_its_light():
    names = {one.name for one in registered_loops()}
    assert names == {"livraison", "courriels", "quotidien", "inscriptions", "documents"}
    assert names <= set(registered_probes())


def test_a_loop_that_hangs_delays_no_other(running, stop):
    went_on = threading.Event()

    def hanging(*, interval: float, stop: threading.Event, say: Say, complain: Say) -> None:
        stop.wait()

    def working(*, interval: float, stop: threading.Event, say: Say, complain: Say) -> None:
        went_on.set()
        stop.wait()

    run(running, loop("hanging", hanging), loop("working", working), stop=stop)
    assert went_on.wait(timeout=10)


def test_a_loop_that_fails_is_told_and_begins_again(running, stop, monkeypatch, caplog):
    monkeypatch.setattr(loops, "BEGINS_AGAIN_AFTER_SECONDS", 0.01)
    tries = []
    mended = threading.Event()

    def failing(*, interval: float, stop: threading.Event, say: Say, complain: Say) -> None:
        tries.append(interval)
        if len(tries) < 3:
            message = "the mail server is gone"
            raise OSError(message)
        mended.set()
        stop.wait()

    run(running, loop("failing", failing), stop=stop)
    assert mended.wait(timeout=10)
    assert tries == [0.01] * 3
    assert caplog.text.count("the mail server is gone") == 2


def test_a_loop_nobody_knows_and_a_pace_that_is_none_are_refused():
    with pytest.raises(CommandError, match="nombre de secondes positif"):
        call_command("run_worker", interval=0)
    with pytest.raises(CommandError, match="horloge"):
        call_command("run_worker", "--only", "horloge")
