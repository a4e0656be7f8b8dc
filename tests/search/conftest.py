"""A small site with an index, and the way to let what was done reach it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from search import service
from search.asking import Throttle
from search.query import SearchQuery
from search.rebuild import rebuild
from search.service import search
from tests.factories import build_home
from tests.support.engines import search_engine

Committed = Callable[[], AbstractContextManager[list]]


@pytest.fixture(autouse=True)
def impatient_healing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Searches look for undelivered changes each time, not once a second."""
    monkeypatch.setattr(service, "_heal_throttle", Throttle(seconds=0))


@pytest.fixture
def site(db: None) -> Iterator[None]:
    """A home page, the lists, and an empty index that follows them."""
    build_home()
    rebuild(engine=search_engine())


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[list]]) -> Committed:
    """``with committed():`` does what a committed transaction would do at its end, the delivery included."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def titles(text: str = "", **criteria: object) -> set[str]:
    """Return the titles a search finds, without any delivery of its own."""
    query = SearchQuery(text=text, **criteria)
    return {hit.card.title for hit in search(query=query, page_size=100).results.hits}
