import pytest
from django.test import Client

from hub.accounts.models import User
from hub.pages.models import HomePage
from hub.territories.models import Territory


@pytest.fixture
def editor(client: Client, home: HomePage) -> Client:
    client.force_login(User.objects.create_superuser(username="claire", email="claire@example.org", password="x"))
    return client


@pytest.fixture
def ain(home: HomePage) -> Territory:
    return Territory.objects.create(kind="departement", official_code="01", code="departement-01", name="Ain")
