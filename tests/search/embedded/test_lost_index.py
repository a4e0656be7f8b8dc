"""An index that somebody deletes goes on answering while it is made anew, and not for ever."""

import shutil

import pytest

from search.engines.base import Engine, EngineState
from search.engines.embedded import reading
from search.engines.embedded.engine import EmbeddedEngine
from tests.search.contract.conftest import change, fill, ids, searching
from tests.search.factories import record


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "index"


@pytest.fixture
def engine(folder) -> Engine:
    made = EmbeddedEngine(folder=folder, name="embedded:test")
    fill(made, [record(1, "Bail glissant", body="Un loyer."), record(2, "Pension de famille")])
    return made


def test_the_process_that_had_it_open_answers_as_before(engine, folder):
    before = searching(engine)("bail")
    shutil.rmtree(folder)
    assert engine.state() is EngineState.MISSING
    found = searching(engine)("loyer")  # not a question it had been asked
    assert found.is_ready
    assert ids(found) == ids(before) == [1]


def test_the_files_alone_may_be_gone(engine, folder):
    searching(engine)("bail")
    shutil.rmtree(folder / engine.generation())
    assert ids(searching(engine)("pension")) == [2]


def test_the_new_one_is_taken_as_soon_as_it_is_there(engine, folder):
    searching(engine)("bail")
    shutil.rmtree(folder)
    assert ids(searching(engine)("bail")) == [1]
    fill(engine, [record(3, "Bail à réhabilitation")])
    assert ids(searching(engine)("bail")) == [3]
    change(engine, record(4, "Bail rural"))
    assert sorted(ids(searching(engine)("bail"))) == [3, 4]


def test_what_was_withdrawn_meanwhile_is_not_found_for_long(engine, folder, monkeypatch):
    searching(engine)("bail")
    shutil.rmtree(folder)
    assert searching(engine)("bail").is_ready
    monkeypatch.setattr(reading, "LOST_KEPT_SECONDS", 0.0)
    assert not searching(engine)("bail").is_ready


def test_a_process_that_never_saw_it_says_there_is_none(engine, folder):
    shutil.rmtree(folder)
    assert not searching(EmbeddedEngine(folder=folder, name="embedded:test"))("bail").is_ready
