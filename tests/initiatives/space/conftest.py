"""The people of one structure, whom the tests of the space are about."""

import pytest

from hub.accounts.models import User
from hub.pages.models import HomePage
from hub.vocabulary.models import Organisation
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory


@pytest.fixture
def adil(home: HomePage) -> Organisation:
    """The structure that keeps the sheets."""
    return OrganisationFactory(name="ADIL de l’Ain")


@pytest.fixture
def awa(adil: Organisation) -> User:
    """One of its members."""
    user = UserFactory(email="awa@adil.example", first_name="Awa", last_name="Diop")
    return MembershipFactory(user=user, organisation=adil).user
