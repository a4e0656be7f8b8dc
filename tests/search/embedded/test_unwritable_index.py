"""The disk of the index is full, or read-only: publications and searches go on, and nothing is forgotten."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from search.delivery import deliver, has_due_changes
from search.engines.base import EngineError, EngineState
from search.engines.embedded.engine import EmbeddedEngine
from search.models import IndexConsumer, OutboxEntry
from search.rebuild import rebuild
from search.worker import one_pass
from tests.factories import InitiativePageFactory, build_home
from tests.search.conftest import Committed, titles
from tests.support.engines import search_engine

pytestmark = pytest.mark.django_db

Block = Callable[[], Callable[[], None]]


def mount(*arguments: str) -> None:
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no disk of its own can be had here: {done.stderr.strip()}")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk."""
    if os.geteuid() != 0:
        pytest.skip("a disk of its own is root’s to mount")
    place = tmp_path / "disk"
    place.mkdir()
    mount("-t", "tmpfs", "-o", "size=8m", "hub-test", str(place))
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def make_read_only(disk: Path) -> Callable[[], None]:
    mount("-o", "remount,ro", str(disk))
    return lambda: mount("-o", "remount,rw", str(disk))


def fill_up(disk: Path) -> Callable[[], None]:
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
    return ballast.unlink


@pytest.fixture(params=[make_read_only, fill_up])
def blocked(request, disk, settings) -> Block:
    """A site whose index is on a small disk, and what makes that disk refuse everything, then accept again."""
    settings.SEARCH_INDEX_DIR = disk / "search"
    build_home()
    InitiativePageFactory(title="Bail glissant")
    rebuild(engine=search_engine())
    return lambda: request.param(disk)


def test_a_publication_is_live_owed_and_delivered_afterwards(blocked, committed: Committed, client):
    free = blocked()
    with committed():
        page = InitiativePageFactory(title="Bail rural")
    assert client.get(page.url).status_code == 200
    assert titles("bail") == {"Bail glissant"}
    assert has_due_changes(consumer=search_engine().name) or OutboxEntry.objects.filter(delivered_version=0).exists()
    free()
    IndexConsumer.objects.update(retry_at=None)
    assert deliver(engine=search_engine()).is_complete
    assert titles("bail") == {"Bail glissant", "Bail rural"}


def test_a_process_that_starts_then_searches_all_the_same(blocked, client):
    free = blocked()
    with pytest.MonkeyPatch.context() as patched:
        fresh = EmbeddedEngine(folder=search_engine()._storage.folder, name=search_engine().name)  # noqa: SLF001
        patched.setattr("search.asking.engines", lambda: (fresh,))
        page = client.get("/recherche/", {"q": "bail"})
    assert page.status_code == 200
    assert "glissant" in page.content.decode()
    free()


def test_a_rebuild_says_so_and_changes_nothing(blocked):
    engine = search_engine()
    before = engine.generation()
    free = blocked()
    with pytest.raises(EngineError):
        rebuild(engine=engine)
    said: list[str] = []
    IndexConsumer.objects.update(generation="unknown", retry_at=None)
    assert not one_pass(engine=engine, say=said.append, complain=said.append)
    assert engine.generation() == before
    assert titles("bail") == {"Bail glissant"}
    free()
    IndexConsumer.objects.update(retry_at=None)
    assert one_pass(engine=engine, say=said.append, complain=said.append)
    assert engine.state() is EngineState.READY
    assert engine.generation() != before
