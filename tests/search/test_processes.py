"""Several processes on one index, and processes that die."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from search.engines.base import EngineBusyError, EngineNotReadyError, EngineState, PageChange
from search.engines.embedded import documents
from search.engines.embedded.engine import EmbeddedEngine
from tests.search.contract.conftest import change, fill, ids, searching
from tests.search.factories import as_new, record

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def engine(folder: Path) -> EmbeddedEngine:
    made = EmbeddedEngine(folder=folder, name="embedded:test")
    fill(made, [])
    return made


@contextlib.contextmanager
def working(action: str, folder: Path, *arguments: object) -> Iterator[subprocess.Popen]:
    """Run a worker; it is killed in the end if it still runs."""
    command = [sys.executable, "-m", "tests.search.worker", action, str(folder), *map(str, arguments)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def lines(process: subprocess.Popen) -> list[str]:
    return process.stdout.read().split()


def test_nothing_acknowledged_is_lost_when_a_writer_is_killed(engine, folder):
    safe: set[int] = set()
    for attempt in range(4):
        with working("write_for_ever", folder, attempt * 1000 + 1) as process:
            for _ in range(3):
                safe.add(int(process.stdout.readline()))
            time.sleep(0.013 * attempt)  # killed at different moments of a write
            process.send_signal(signal.SIGKILL)
            safe.update(int(line) for line in lines(process))
        found = set(ids(searching(engine)("médiation", size=1000)))
        assert safe <= found
        change(engine, record(9_000 + attempt, "Médiation"))  # the lock is free and the index sound
    assert engine.document_count() >= len(safe) + 4


def test_two_processes_write_at_once_without_losing_anything(engine, folder):
    with working("write", folder, 1, 15) as one, working("write", folder, 101, 15) as two:
        assert lines(one) == lines(two) == ["done"]
    assert set(ids(searching(engine)("médiation", size=100))) == {*range(1, 16), *range(101, 116)}


def test_threads_write_at_once(engine):
    def write(first: int) -> None:
        for page_id in range(first, first + 5):
            change(engine, record(page_id, "Médiation"))

    threads = [threading.Thread(target=write, args=(first,)) for first in (1, 101, 201)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert engine.document_count() == 15


def test_a_writer_that_cannot_have_its_turn_says_so_in_bounded_time(engine, folder):
    with working("hold_the_lock", folder) as process:
        assert process.stdout.readline() == "held\n"
        started = time.monotonic()
        with pytest.raises(EngineBusyError), engine.writing(wait_seconds=0.3):
            pass
        assert time.monotonic() - started < 3
        assert searching(engine)("médiation").is_ready  # reading waits for nobody


def test_a_rebuild_killed_leaves_the_index_in_use_and_the_next_cleans_up(engine, folder):
    fill(engine, [record(1, "Médiation")])
    before = engine.generation()
    with working("rebuild_for_ever", folder, 200) as process:
        assert process.stdout.readline() == "filled\n"
        with pytest.raises(EngineBusyError), engine.rebuilding():
            pass
        process.send_signal(signal.SIGKILL)
    assert engine.generation() == before
    assert ids(searching(engine)("médiation")) == [1]
    assert len([entry for entry in folder.iterdir() if entry.is_dir()]) == 2
    fill(engine, [record(1, "Médiation"), record(2, "Médiation")])
    assert [entry.name for entry in folder.iterdir() if entry.is_dir()] == [engine.generation()]
    assert searching(engine)("médiation").total == 2


def test_a_rebuild_that_fails_leaves_nothing_behind(engine, folder):
    before = engine.generation()
    with engine.rebuilding() as new:
        new.add(as_new([record(1)]))
        # left without being published, as an exception would leave it
    assert [entry.name for entry in folder.iterdir() if entry.is_dir()] == [before]


def test_searches_go_on_while_another_process_replaces_the_index_under_them(engine, folder):
    fill(engine, [record(page_id, f"Médiation {page_id}") for page_id in range(1, 6)])
    search = searching(engine)
    seen = 0
    with working("rebuild_many_times", folder, 12) as process:
        while process.poll() is None and seen < 20_000:
            assert search("médiation").total == 5
            seen += 1
        assert lines(process) == ["done"]
    assert seen > 20


def test_a_forked_process_sees_what_is_written_afterwards(engine):
    fill(engine, [record(1, "Médiation")])
    search = searching(engine)
    assert search("médiation").total == 1  # the index is open before the fork, as with gunicorn --preload
    to_child, from_parent = os.pipe()
    child = os.fork()
    if child == 0:
        os.read(to_child, 1)
        found = search("médiation").total
        os._exit(found)
    change(engine, record(2, "Médiation"))
    os.write(from_parent, b"x")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
    assert search("médiation").total == 2


def test_another_processs_write_is_seen_at_the_next_search(engine, folder):
    search = searching(engine)
    assert search("médiation").total == 0
    with working("write", folder, 1, 1) as process:
        assert lines(process) == ["done"]
    assert search("médiation").total == 1


def test_without_an_index_searches_are_empty_and_writes_refused(tmp_path):
    engine = EmbeddedEngine(folder=tmp_path / "nowhere", name="embedded:test")
    results = searching(engine)("médiation", axes=("sante",))
    assert (results.total, results.is_ready) == (0, False)
    assert [count.value for count in results.facets["axes"]] == ["sante"]
    assert engine.state() is EngineState.MISSING
    assert engine.document_count() == 0
    with pytest.raises(EngineNotReadyError), engine.writing(wait_seconds=0):
        pass


def test_an_index_folder_removed_by_hand_is_no_error(engine, folder):
    fill(engine, [record(1, "Médiation")])
    search = searching(engine)
    assert search("médiation").total == 1
    (folder / "current").unlink()
    assert search("médiation").total == 1  # from the files this process has open, for a while
    assert not searching(EmbeddedEngine(folder=folder, name="embedded:test"))("médiation").is_ready


def test_a_pointer_to_nothing_is_no_error(engine, folder):
    (folder / "current").write_text("20260101T000000-abc-0000")
    assert not searching(engine)("médiation").is_ready
    assert engine.state() is EngineState.MISSING


def test_an_index_of_another_version_answers_but_takes_no_change(engine, monkeypatch):
    fill(engine, [record(1, "Médiation", axes=("sante",))])
    other = {**documents.composition(), "fingerprint": "another"}
    monkeypatch.setattr("search.engines.embedded.engine.composition", lambda: other)
    assert engine.state() is EngineState.OUTDATED
    assert searching(engine)("médiation", axes=("sante",)).total == 1
    with pytest.raises(EngineNotReadyError), engine.writing(wait_seconds=0):
        pass


def test_an_index_that_lacks_a_field_still_answers(folder, monkeypatch):
    engine = EmbeddedEngine(folder=folder, name="embedded:test")
    old = {"fingerprint": "old", "fields": [name for name in documents.composition()["fields"] if name != "tags"]}
    monkeypatch.setattr("search.engines.embedded.documents.composition", lambda: old)
    fill(engine, [record(1, "Médiation", axes=("sante",))])
    results = searching(engine)("médiation")
    assert results.total == 1
    assert results.facets["tags"] == ()
    assert searching(engine)("médiation", tags=("bail",)).total == 0


def test_many_small_writes_leave_few_segments(engine):
    for page_id in range(1, 61):
        change(engine, record(page_id % 7 + 1, "Médiation"))
    assert engine.document_count() == 7
    opened = engine._readers.open()  # noqa: SLF001 — nothing a visitor sees tells the number of segments
    assert opened.searcher.num_segments <= 10


def test_a_change_with_several_records_replaces_them_all(engine):
    with engine.writing(wait_seconds=5) as writer:
        writer.apply([PageChange(1, 1, (record(1, "Médiation"), record(1, "Médiation", key="passage-1-2")))])
    assert engine.document_count() == 2
    change(engine, record(1, "Médiation"))
    assert engine.document_count() == 1
