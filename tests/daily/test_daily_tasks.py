"""What is to be done each day is done once a day, and an operator sees when it stops."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from hub.daily import registry
from hub.daily.models import DailyRun
from hub.daily.registry import DailyTask, daily_tasks, register_daily_task
from hub.daily.running import daily_probe, run_due_tasks
from hub.web.health import Light

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tasks of the site are two: « lamp » and « well ». What they did, in order."""
    monkeypatch.setattr(registry, "_tasks", {})
    done: list[str] = []
    for name in ("lamp", "well"):
        register_daily_task(DailyTask(name, name.title(), working(done, name)))
    return done


def working(done: list[str], name: str) -> Callable[[], Iterator[str]]:
    def run() -> Iterator[str]:
        done.append(name)
        yield "fait"

    return run


def failing() -> Iterator[str]:
    yield "commencé"
    message = "plus d’huile"
    raise OSError(message)


def command(*arguments: str) -> str:
    out = StringIO()
    call_command("daily_tasks", *arguments, stdout=out)
    return out.getvalue()


def test_the_sheets_have_theirs():
    assert {task.name for task in daily_tasks()} >= {"keep_sheets_alive", "clean_uploads"}
    assert "Fiches à confirmer : fait (0)." in command()


def test_each_is_done_once_a_day_however_often_one_asks(done: list[str]):
    now = timezone.now()
    for hours in (0, 1, 19):
        run_due_tasks(now=now + hours * HOUR)
    assert done == ["lamp", "well"]
    run_due_tasks(now=now + 23 * HOUR)
    assert done == ["lamp", "well"] * 2
    assert "Rien à faire" in command()


def test_two_hosts_that_ask_at_once_do_not_do_it_twice(done: list[str]):
    def meanwhile() -> Iterator[str]:
        run_due_tasks()  # another host looks while this one is at work
        done.append("lamp")
        yield "fait"

    register_daily_task(DailyTask("lamp", "Lamp", meanwhile))
    run_due_tasks()
    assert sorted(done) == ["lamp", "well"]


def test_one_that_fails_keeps_no_other_from_being_done_and_is_tried_again(done: list[str]):
    register_daily_task(DailyTask("lamp", "Lamp", failing))
    now = timezone.now()
    with pytest.raises(CommandError, match=r"Lamp.*plus d’huile"):
        command()
    assert done == ["well"]
    assert "échec : OSError : plus d’huile" in command("--status")
    register_daily_task(DailyTask("lamp", "Lamp", working(done, "lamp")))
    run_due_tasks(now=now + HOUR / 2)
    assert done == ["well"]
    run_due_tasks(now=now + 2 * HOUR)
    assert done == ["well", "lamp"]
    assert "échec" not in command("--status")


def test_one_whose_process_was_killed_is_taken_up_again(done: list[str]):
    now = timezone.now()
    run_due_tasks(now=now - 24 * HOUR)
    DailyRun.objects.filter(task="lamp").update(started_at=now, ended_at=None)  # and never ended
    run_due_tasks(now=now + HOUR / 2)
    assert done == ["lamp", "well", "well"]
    run_due_tasks(now=now + 2 * HOUR)
    assert done == ["lamp", "well", "well", "lamp"]


def test_the_light_tells_what_was_not_done_for_a_day_and_a_half(done: list[str]):
    assert "Lamp (lamp) : jamais" in command("--status")
    assert daily_probe().light is Light.OK  # a site just installed
    DailyRun.objects.update(expected_since=timezone.now() - 40 * HOUR)
    assert daily_probe().light is Light.DEGRADED
    run_due_tasks()
    assert daily_probe().light is Light.OK
    DailyRun.objects.filter(task="well").update(succeeded_at=timezone.now() - 40 * HOUR)
    assert daily_probe().label == "pas faites depuis plus de 36 h : Well"
