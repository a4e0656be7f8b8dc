"""The people of one structure, whom the tests of the space are about."""

from collections.abc import Callable

import pytest
from django.test import Client

from hub.accounts.models import User
from hub.pages.models import HomePage
from hub.vocabulary.models import Organisation
from initiatives.drafts import create_draft
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory
from tests.initiatives.space.step_pages import Writer


@pytest.fixture
def adil(home: HomePage) -> Organisation:
    """The structure that keeps the sheets."""
    return OrganisationFactory(name="ADIL de l’Ain")


@pytest.fixture
def awa(adil: Organisation) -> User:
    """One of its members."""
    user = UserFactory(email="awa@adil.example", first_name="Awa", last_name="Diop")
    return MembershipFactory(user=user, organisation=adil).user


@pytest.fixture
def writer(awa: User, adil: Organisation, client: Client) -> Writer:
    """Awa, signed in, with a sheet of hers begun."""
    client.force_login(awa)
    return Writer(client=client, user=awa, sheet=create_draft(user=awa, organisation=adil, title="Un bail glissant"))


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """A browser of a person's own, signed in."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in
