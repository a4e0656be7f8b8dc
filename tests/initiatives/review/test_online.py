"""What readers and the search see during a review: the published text, then the approved one, then nothing."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from initiatives.models import InitiativePage
from initiatives.review.actions import approve, submit, unpublish, withdraw
from search import service
from search.asking import Throttle
from search.rebuild import rebuild
from tests.initiatives.review.conftest import change, now
from tests.search.conftest import titles
from tests.support.engines import search_engine

Committed = Callable[[], AbstractContextManager[list]]


@pytest.fixture
def committed(
    sheet: InitiativePage,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[list]],
) -> Committed:
    """An index that follows the sheets; ``with committed():`` ends as a committed transaction does."""
    monkeypatch.setattr(service, "_heal_throttle", Throttle(seconds=0))
    rebuild(engine=search_engine())
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_the_search_finds_a_sheet_once_approved_with_its_old_text_until_the_next(sheet, ana, rita, committed):
    with committed():
        submit(sheet=sheet, user=ana)
    assert titles("besoin") == set()
    with committed():
        approve(sheet=sheet, user=rita)
    assert titles("besoin") == {"Un bail glissant"}
    with committed():
        change(sheet, user=ana, title="Un titre tout neuf", context="<p>Une situation nouvelle.</p>")
        submit(sheet=sheet, user=ana)
    assert titles("besoin") == {"Un bail glissant"}
    assert titles("nouvelle") == set()
    with committed():
        approve(sheet=sheet, user=rita)
    assert titles("besoin") == set()
    assert titles("nouvelle") == {"Un titre tout neuf"}


def test_off_the_site_it_is_found_no_more_and_may_come_back(sheet, ana, rita, client, committed):
    with committed():
        submit(sheet=sheet, user=ana)
        approve(sheet=sheet, user=rita)
    address = now(sheet).url
    assert client.get(address).status_code == 200
    with committed():
        unpublish(sheet=sheet, user=rita)
    assert titles("besoin") == set()
    assert client.get(address).status_code == 410
    with committed():
        submit(sheet=sheet, user=ana)
        approve(sheet=sheet, user=rita)
    assert titles("besoin") == {"Un bail glissant"}
    assert now(sheet).url == address


def test_an_update_taken_back_leaves_what_is_online(sheet, ana, rita, committed):
    with committed():
        submit(sheet=sheet, user=ana)
        approve(sheet=sheet, user=rita)
        change(sheet, user=ana, title="Un titre tout neuf")
        submit(sheet=sheet, user=ana)
        withdraw(sheet=sheet, user=ana)
    assert titles("besoin") == {"Un bail glissant"}
