"""The factories make pages that a visitor could read."""

import pytest

from events.models import WorkshopPage
from initiatives.models import InitiativePage
from tests.factories import (
    AudienceFactory,
    AxisFactory,
    InitiativePageFactory,
    OrganisationFactory,
    SchemeFactory,
    WorkshopPageFactory,
)

pytestmark = pytest.mark.django_db


def test_a_sheet_is_published_with_its_facets_partners_and_keywords(home):
    sheet = InitiativePageFactory(
        title="Colocation solidaire",
        audiences=[AudienceFactory(label="Jeunes"), AudienceFactory(label="Familles")],
        axes=[AxisFactory(label="Logement")],
        schemes=[SchemeFactory(acronym="AVDL")],
        leads=[OrganisationFactory(name="ADIL de l’Ain")],
        partners=[OrganisationFactory(), OrganisationFactory()],
        tags=["colocation"],
    )
    record = InitiativePage.objects.live().get().catalogue_record()
    assert sheet.url == "/initiatives/colocation-solidaire/"
    assert set(record.audiences) == {"jeunes", "familles"}
    assert (record.axes, record.schemes, record.tags) == (("logement",), ("avdl",), ("colocation",))
    assert len(record.organisations) == 3
    assert sheet.first_published_at


def test_a_draft_stays_a_draft(home):
    WorkshopPageFactory(live=False, number=86)
    assert not WorkshopPage.objects.live().exists()
    assert WorkshopPage.objects.get(number=86).get_latest_revision()


def test_workshops_have_numbers_of_their_own(home):
    assert WorkshopPageFactory().number != WorkshopPageFactory().number
