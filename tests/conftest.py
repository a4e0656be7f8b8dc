"""What every test gets: no network, no file shared with another test, templates that may not misspell a variable."""

import gc
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import connection
from pytest_django import DjangoDbBlocker, Settings

from hub.mail.delivery import deliver
from hub.pages.models import HomePage
from tests.factories import build_home
from tests.support import database_cache
from tests.support.template_variables import UnknownVariable

pytest_plugins = ["tests.support.search_server"]

DATABASE_BLOCKER = pytest.StashKey[DjangoDbBlocker]()
# How many cases of one test, from the first and from the last, `--few-cases` keeps.
FEW_CASES = 2


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--few-cases",
        action="store_true",
        help=f"of a test with many cases, keep the {FEW_CASES} first, the {FEW_CASES} last, and null characters",
    )


def pytest_configure() -> None:
    """Refuse unknown variables before the first template engine is built."""
    for engine in django_settings.TEMPLATES:
        engine["OPTIONS"]["string_if_invalid"] = UnknownVariable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests that talk to the database, that drive a browser, and that commit for real."""
    if config.getoption("few_cases"):
        _keep_few_cases(config, items)
    for item in items:
        marker = item.get_closest_marker("django_db")
        fixtures = set(getattr(item, "fixturenames", ()))
        if marker or fixtures & {"db", "transactional_db", "live_server"}:
            item.add_marker(pytest.mark.database)
        if "chromium" in fixtures:
            item.add_marker(pytest.mark.browser)
        if (marker and marker.kwargs.get("transaction")) or fixtures & {"transactional_db", "live_server"}:
            # Asks Django to remember what migrations wrote, which `pytest_runtest_teardown` puts back.
            options = {**(marker.kwargs if marker else {}), "transaction": True, "serialized_rollback": True}
            item.add_marker(pytest.mark.django_db(**options), append=False)


def _keep_few_cases(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A second database answers the cases of one test alike; null characters apart, which PostgreSQL alone refuses."""
    cases = defaultdict(list)
    for item in items:
        cases[item.nodeid.partition("[")[0]].append(item)
    left_out = {
        item for of_one in cases.values() for item in of_one[FEW_CASES:-FEW_CASES] if "\\x00" not in item.nodeid
    }
    config.hook.pytest_deselected(items=[item for item in items if item in left_out])
    items[:] = [item for item in items if item not in left_out]


def pytest_collection_finish() -> None:
    """What is loaded now stays to the end: looking it through for garbage, again and again, cost a tenth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Fill the database again after a test that commits for real: Django empties it, whatever test comes next.

    Django itself would only do so before another test of that kind, and relies on these tests running last, which
    several processes that share the tests between them do not keep.
    """
    result = yield
    marker = item.get_closest_marker("django_db")
    # After the last test there is no database left.
    if nextitem is not None and marker and marker.kwargs.get("transaction"):
        with item.config.stash[DATABASE_BLOCKER].unblock():
            connection.creation.deserialize_db_from_string(connection._test_serialized_contents)  # noqa: SLF001
    return result


@pytest.fixture(scope="session")
def migrated_snapshot(
    request: pytest.FixtureRequest,
    django_db_modify_db_settings: None,
    django_db_createdb: bool,
) -> Path:
    """The migrated database kept from an earlier run, about to be restored if it is there."""
    snapshot = database_cache.snapshot_path(folder=request.config.cache.mkdir("migrated-database"))
    if snapshot.exists() and not django_db_createdb:
        database_cache.restore_when_opened(snapshot=snapshot)
    return snapshot


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, migrated_snapshot: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """Create the test database as pytest-django does, from the kept one when there is one."""
    request.config.stash[DATABASE_BLOCKER] = django_db_blocker
    if not migrated_snapshot.exists():
        with django_db_blocker.unblock():
            database_cache.keep(connection=connection, snapshot=migrated_snapshot)


@pytest.fixture(autouse=True)
def own_search_index(tmp_path: Path, settings: Settings) -> Path:
    """Each test has an embedded index of its own."""
    settings.SEARCH_INDEX_DIR = tmp_path / "search"
    return settings.SEARCH_INDEX_DIR


@pytest.fixture(autouse=True)
def own_cache() -> None:
    """What an earlier test left in the cache describes a database that is gone."""
    cache.clear()


@pytest.fixture
def home(db: None) -> HomePage:
    """The smallest site (see ``build_home``)."""
    return build_home()


@pytest.fixture
def delivered_mails(db: None) -> Callable[[], list[EmailMessage]]:
    """Deliver the mails that wait in the outbox, and return every mail of the test so far: ``delivered_mails()``."""

    def delivered() -> list[EmailMessage]:
        deliver()
        return mail.outbox

    return delivered
