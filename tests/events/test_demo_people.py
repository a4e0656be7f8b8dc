"""The two people of a demonstration: somebody to try the space with, and nobody on a real site."""

import pytest
from django.test import Client
from pytest_django import Settings

from events.demo.loading import PARTNER_EMAIL, REVIEWER_EMAIL, delete_people, load_people
from hub.accounts.models import Membership, User
from hub.pages.models import HomePage
from initiatives.models import Dossier
from initiatives.review.workflow import GROUP_NAME
from initiatives.space.access import sheets_of
from tests.factories import InitiativePageFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def sheets(home: HomePage) -> None:
    steward = OrganisationFactory(name="Le Pas de Porte")
    InitiativePageFactory(title="À elle", leads=[steward], is_demonstration=True)
    InitiativePageFactory(title="Réelle", leads=[steward])
    InitiativePageFactory(title="Où elle aide", partners=[steward], is_demonstration=True)


def test_a_partner_keeps_the_sheets_its_structure_leads_and_an_editor_reviews_and_imports(
    sheets: None, client: Client, settings: Settings
):
    settings.HUB_DEMO_NOTICE = True
    for _ in range(2):
        assert load_people() == [PARTNER_EMAIL, REVIEWER_EMAIL]
    partner, reviewer = (User.objects.get(email=email) for email in (PARTNER_EMAIL, REVIEWER_EMAIL))
    assert [sheet.title for sheet in sheets_of(user=partner)] == ["À elle"]
    assert Membership.objects.get(user=partner).is_owner
    assert not partner.has_usable_password()
    assert reviewer.groups.filter(name=GROUP_NAME).exists()
    assert not reviewer.is_superuser
    client.force_login(reviewer)
    for screen in ("/gestion/ateliers/importer/", "/gestion/relectures/", "/gestion/fiches/importer/"):
        assert client.get(screen).status_code == 200
    delete_people()
    assert not User.objects.exists()
    assert Dossier.objects.count() == 1


def test_a_real_site_gets_nobody(sheets: None, settings: Settings):
    settings.HUB_DEMO_NOTICE = False
    assert load_people() == []
    assert not User.objects.exists()
    assert not Dossier.objects.exists()
