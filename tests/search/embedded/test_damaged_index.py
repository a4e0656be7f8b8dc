"""A damaged index: nobody is cut off, nothing wrong is answered, it is seen, set aside and made anew."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import tantivy
from django.conf import settings

from search.engines.base import Engine, EngineError, EngineNotReadyError, EngineState
from search.engines.embedded import storage
from search.engines.embedded.documents import SORT_KEY
from search.engines.embedded.engine import EmbeddedEngine
from search.engines.embedded.storage import engine_errors, is_being_written
from tests.search.contract.conftest import change, fill, ids, searching
from tests.search.embedded.damages import DAMAGES, alter, generation_in, largest
from tests.search.factories import record

RECORDS = [record(number, f"Bail glissant {number}", body="Un loyer modéré. " * 40) for number in range(1, 60)]


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def engine(folder) -> Engine:
    """An index of two segments, one of which has deletions."""
    made = EmbeddedEngine(folder=folder, name="embedded:test")
    fill(made, RECORDS)
    change(made, record(7, "Bail rural"))
    return made


def aside(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("damaged-"))


@pytest.mark.parametrize("damage", DAMAGES)
def test_it_is_seen_by_whoever_looks_and_made_anew(engine, folder, damage):
    assert engine.state() is EngineState.READY
    DAMAGES[damage](folder)
    assert engine.state() is EngineState.MISSING  # what makes the worker, and ``--if-needed``, make it anew
    with pytest.raises(EngineNotReadyError), engine.writing(wait_seconds=1):
        pass
    fill(engine, RECORDS)
    assert engine.state() is EngineState.READY
    assert searching(engine)("glissant").total == len(RECORDS)
    assert "pointer" in damage or len(aside(folder)) == 1


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_process_that_had_it_open_answers_as_before(engine, folder, damage):
    before = ids(searching(engine)("bail"))
    DAMAGES[damage](folder)
    found = searching(engine)("loyer")  # not a question it had been asked
    assert found.total == len(RECORDS) - 1
    assert ids(searching(engine)("bail")) == before
    engine.state()  # sets it aside
    assert searching(engine)("loyer").total == len(RECORDS) - 1


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_process_that_starts_then_answers_nothing_wrong(engine, folder, damage):
    DAMAGES[damage](folder)
    fresh = EmbeddedEngine(folder=folder, name="embedded:test")
    assert not searching(fresh)("loyer").is_ready
    assert fresh.state() is EngineState.MISSING


def test_a_truncation_kills_no_process(engine, folder):
    """In a process of its own: a page of memory that is taken away would kill it."""
    code = (
        "import os, sys; from pathlib import Path; import django; django.setup();"
        "from tests.search.contract.conftest import searching;"
        "from search.engines.embedded.engine import EmbeddedEngine;"
        "folder = Path(sys.argv[1]); engine = EmbeddedEngine(folder=folder, name='x');"
        "print(searching(engine)('bail').total);"
        "[os.truncate(path, 0) for path in folder.rglob('*.*')];"
        "print(searching(engine)('loyer').total)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "hub.settings.test"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stdout.split()) == (0, ["59", "58"]), done.stderr


def test_what_is_set_aside_says_why_and_does_not_pile_up(engine, folder):
    for _ in range(4):
        alter(largest(folder, ".term"))
        assert engine.state() is EngineState.MISSING
        fill(engine, RECORDS[:3])
    kept = aside(folder)
    assert len(kept) == 2
    assert "was altered" in (folder / kept[-1] / "damage.txt").read_text()


def test_a_bit_lost_without_a_date_is_found_when_all_is_read_again(engine, folder, monkeypatch):
    assert engine.state() is EngineState.READY
    # A disk that loses a bit touches no date.
    monkeypatch.setattr(storage, "stamp_of", lambda _path: (0, 0, 0, 0))
    assert engine.state() is EngineState.READY
    alter(largest(folder, ".store"))
    assert engine.state() is EngineState.READY
    monkeypatch.setattr(storage, "READ_AGAIN_SECONDS", -1.0)
    assert engine.state() is EngineState.MISSING


def test_a_file_that_was_only_touched_is_read_again_and_kept(engine, folder):
    assert engine.state() is EngineState.READY
    os.utime(largest(folder, ".store"))
    largest(folder, ".term").chmod(0o600)
    assert engine.state() is EngineState.READY
    assert aside(folder) == []


def test_nothing_is_taken_for_damage_while_others_write(engine, folder):
    """Commits and merges remove files all the time."""
    others = [EmbeddedEngine(folder=folder, name="embedded:test") for _ in range(2)]
    stop = threading.Event()
    seen = set()

    def look(other: Engine) -> None:
        while not stop.is_set():
            seen.add(other.state())
            seen.add(searching(other)("bail").is_ready)

    threads = [threading.Thread(target=look, args=(other,)) for other in others]
    for thread in threads:
        thread.start()
    for number in range(60):
        change(engine, record(100 + number, f"Bail nouveau {number}"))
    stop.set()
    for thread in threads:
        thread.join()
    assert seen == {EngineState.READY, True}
    assert aside(folder) == []
    assert searching(others[0])("nouveau").total == 60


def test_every_file_of_a_segment_is_sealed(engine, folder):
    """A new version of tantivy may write other files."""
    generation = generation_in(folder)
    sealed = set(json.loads((generation / "seal.json").read_text())["files"])
    segments = {name.partition(".")[0] for name in sealed if not name.startswith(".") and name.count(".") >= 1}
    present = {path.name for path in generation.iterdir() if path.name.partition(".")[0] in segments}
    assert {name for name in present if not name.endswith((".del", "seal.json"))} <= sealed


def test_a_writer_killed_before_its_seal_costs_nothing(engine, folder):
    generation = generation_in(folder)
    former = (generation / "seal.json").read_bytes()
    change(engine, record(200, "Bail tardif"))
    (generation / "seal.json").write_bytes(former)
    (generation / "unsealed").touch()
    fresh = EmbeddedEngine(folder=folder, name="embedded:test")
    assert ids(searching(fresh)("tardif")) == [200]
    assert fresh.state() is EngineState.READY
    assert not is_being_written(generation)
    assert ids(searching(engine)("tardif")) == [200]


def test_what_was_sealed_is_found_while_the_next_change_is_being_written(engine, folder):
    reader = EmbeddedEngine(folder=folder, name="embedded:test")
    assert searching(reader)("tardif").total == 0
    change(engine, record(200, "Bail tardif"))
    (generation_in(folder) / "unsealed").touch()  # by a writer that is at work, or was killed
    assert ids(searching(reader)("tardif")) == [200]


def test_an_index_of_another_version_that_seals_nothing_goes_on_answering(engine, folder):
    generation = generation_in(folder)
    (generation / "seal.json").unlink()
    made_of = json.loads((generation / "fields.json").read_text())
    (generation / "fields.json").write_text(json.dumps({**made_of, "fingerprint": "another"}))
    fresh = EmbeddedEngine(folder=folder, name="embedded:test")
    assert fresh.state() is EngineState.OUTDATED
    assert searching(fresh)("bail").total == len(RECORDS)


def test_a_panic_of_tantivy_is_an_error_of_the_engine(engine, folder):
    for path in generation_in(folder).glob("*.fast"):
        alter(path)
    searcher = tantivy.Index.open(str(generation_in(folder))).searcher()  # as it was, before the files were looked at
    addresses = [tantivy.DocAddress(segment, document) for segment in range(2) for document in range(1)]
    with pytest.raises(EngineError, match="panicked"), engine_errors("reading"):
        searcher.fast_field_values(SORT_KEY, addresses)
