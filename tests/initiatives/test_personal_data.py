"""What the file of a person's data says of the sheets."""

import pytest
from django.test import Client

from hub.pages.models import HomePage
from initiatives.drafts import create_draft
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_the_file_of_my_data_holds_my_versions_and_nobody_else_s(home: HomePage, client: Client):
    me, colleague, structure = UserFactory(), UserFactory(), OrganisationFactory()
    for user in (me, colleague):
        MembershipFactory(user=user, organisation=structure)
    create_draft(user=me, organisation=structure, title="Ma colocation")
    create_draft(user=colleague, organisation=structure, title="La sienne")
    client.force_login(me, backend="django.contrib.auth.backends.ModelBackend")
    sheets = client.get("/compte/export/").json()["fiches"]
    assert [version["fiche"] for version in sheets["versions_ecrites"]] == ["Ma colocation"]
    assert [sheet["fiche"] for sheet in sheets["fiches_commencees_ou_modifiees"]] == ["Ma colocation"]
