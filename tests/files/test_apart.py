"""Whatever a file does to what reads it, the site pays a bounded time, and the person gets a sentence."""

import importlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from hub.files import FileRefused, apart
from hub.files.apart import end_of_request, look, looker_pid, patiently, stop, together
from tests.files import readers

ROOT = Path(apart.__file__).parent.parent.parent


def refusal_of(reader, content: bytes = b"x", **options) -> str:
    with pytest.raises(FileRefused) as refused:
        look(reader, content, **options)
    return refused.value.message


def processes_of(parent: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False)
    return [int(pid) for pid in found.stdout.split()]


def test_a_reader_answers_facts_and_bytes():
    assert look(readers.reversed_content, b"abc", word="é") == ({"word": "é", "length": 3}, b"cba")


def test_what_a_reader_refuses_is_refused_in_its_words():
    assert refusal_of(readers.refused) == "Ce fichier n’est pas bon."


@pytest.mark.parametrize("reader", [readers.endless, readers.endless_in_c])
def test_a_reader_without_end_is_ended_by_its_processor_time(reader, settings):
    settings.FILE_CHECK_PROCESSOR_SECONDS = 1
    assert "trop de temps ou de mémoire" in refusal_of(reader)


def test_a_reader_that_sleeps_is_ended_by_the_clock(settings):
    settings.FILE_CHECK_SECONDS = 1.0
    begin = time.monotonic()
    assert "trop de temps" in refusal_of(readers.asleep)
    assert time.monotonic() - begin < 20


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS does not count the addresses of a process")
def test_a_reader_that_fills_the_memory_is_refused_it():
    assert "mémoire" in refusal_of(readers.greedy)


@pytest.mark.parametrize("reader", [readers.crashed, readers.killed])
def test_a_reader_that_crashes_is_a_refusal_and_the_next_file_is_looked_at(reader):
    assert "trop de temps ou de mémoire" in refusal_of(reader)
    assert look(readers.reversed_content, b"ab")[1] == b"ba"


def test_a_reader_that_fails_is_told_to_the_operator(caplog):
    assert "n’a pas pu être vérifié" in refusal_of(readers.failing)
    assert "ZeroDivisionError" in caplog.text


def test_the_process_that_looks_is_started_again_when_it_was_killed():
    look(readers.reversed_content, b"ab")
    first = looker_pid()
    os.kill(first, signal.SIGKILL)
    while is_running(first):
        time.sleep(0.01)
    assert look(readers.reversed_content, b"ab")[1] == b"ba"
    assert looker_pid() != first


def test_a_reader_holds_no_socket_file_or_secret_of_the_site(monkeypatch, tmp_path):
    stop()
    monkeypatch.setenv("SECRET_KEY", "très secret")
    monkeypatch.setenv("DATABASE_URL", "postgres://u:p@h/b")
    with (tmp_path / "ouvert").open("w"):
        facts, _nothing = look(readers.surroundings, b"")
    assert not {"SECRET_KEY", "DATABASE_URL", "DJANGO_SETTINGS_MODULE"} & set(facts["environment"])
    assert facts["sockets"] == 1  # the one it answers on
    assert not any("ouvert" in target for target in facts["files"])


def test_a_reader_writes_no_file(tmp_path):
    assert look(readers.writing, b"", path=str(tmp_path / "trace"))[0] == {"written": False}


def test_so_many_at_once_and_no_more_on_the_machine(settings):
    """Eight askings, two turns: the others wait, and none is looked at beside two others."""
    settings.FILE_CHECKS_AT_ONCE = 2
    spans = []

    def ask() -> None:
        facts, _nothing = look(readers.timed, b"", seconds=0.1)
        spans.append((facts["begin"], facts["end"]))

    threads = [threading.Thread(target=ask) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(spans) == 8
    assert max(sum(begin < other_begin < end for begin, end in spans) + 1 for other_begin, _end in spans) <= 2


def test_a_turn_held_by_another_process_is_waited_for_then_given_up(settings):
    settings.FILE_CHECKS_AT_ONCE, settings.FILE_CHECK_WAIT = 1, 0.3
    code = (
        "import fcntl, os, sys, time\n"
        "held = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)\n"
        "fcntl.flock(held, fcntl.LOCK_EX)\nprint('held', flush=True)\ntime.sleep(60)"
    )
    settings.FILE_CHECKS_DIR.mkdir(parents=True, exist_ok=True)
    path = settings.FILE_CHECKS_DIR / "turn-0"
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"held\n"
        try:
            assert "réessayez" in refusal_of(readers.reversed_content)
        finally:
            other.kill()
    # Killed, it gives its turn back.
    assert look(readers.reversed_content, b"ab")[1] == b"ba"


def test_a_folder_that_cannot_be_written_is_a_refusal_not_a_failure(settings, tmp_path, caplog):
    settings.FILE_CHECKS_DIR = tmp_path / "fichier" / "dossier"
    (tmp_path / "fichier").write_text("")
    assert "réessayez" in refusal_of(readers.reversed_content)
    assert "no file can be looked at" in caplog.text


def test_the_files_of_a_request_have_one_end():
    with together(until=end_of_request() - 1000):
        assert "à part" in refusal_of(readers.reversed_content)


def test_a_command_has_more_time(settings):
    settings.FILE_CHECK_SECONDS = 0.5
    assert "trop de temps" in refusal_of(readers.timed, seconds=1.5)
    with patiently(times=40):
        assert look(readers.timed, b"", seconds=1.5)


@pytest.mark.skipif(not Path("/proc").exists(), reason="read from /proc")
def test_what_looks_ends_with_the_process_that_asked():
    code = (
        "import os, django\n"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'hub.settings.test'\n"
        "django.setup()\n"
        "from hub.files import apart\nfrom tests.files import readers\n"
        "apart.look(readers.reversed_content, b'')\n"
        "print(apart.looker_pid(), flush=True)\n"
        "apart.look(readers.asleep, b'')\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=ROOT) as asking:
        looker = int(asking.stdout.readline())
        until = time.monotonic() + 30
        while not (children := processes_of(looker)) and time.monotonic() < until:
            time.sleep(0.05)
        assert children
        asking.kill()
    until = time.monotonic() + 30
    while any(is_running(pid) for pid in (looker, *children)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(is_running(pid) for pid in (looker, *children))


def is_running(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_every_reader_of_the_site_is_loaded_before_the_first_file(settings):
    for name in settings.FILE_READERS:
        module, _colon, function = name.partition(":")
        assert callable(getattr(importlib.import_module(module), function))
    stop()
    apart.warm_up()
    first = looker_pid()
    assert look(readers.reversed_content, b"ab")[1] == b"ba"
    assert looker_pid() == first
