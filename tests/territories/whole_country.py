"""All the territories of France, loaded through the real loader once for a module: the fixture ``whole_country``."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from hub.territories.loading import load_territories
from tests.territories.sample import full_dataset


@pytest.fixture(scope="module")
def whole_country(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Some ten seconds. Only read: whatever the tests of the module, the country is taken away after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_territories(dataset=full_dataset())
        yield
        transaction.set_rollback(True)
