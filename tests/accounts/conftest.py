"""Who the tests of accounts share."""

import pytest

from hub.accounts.models import MembershipRole
from tests.factories import MembershipFactory, OrganisationFactory


@pytest.fixture
def owner(db):
    """Writes for the ADIL of the Ain, and answers for it."""
    return MembershipFactory(role=MembershipRole.OWNER, organisation=OrganisationFactory(name="ADIL de l’Ain"))
