"""A proposed structure is replaced by the one it really is: its sheets and its answers are kept."""

from datetime import timedelta

import pytest
from django.utils import timezone

from hub.vocabulary.merging import merge_proposed
from hub.vocabulary.models import Organisation
from initiatives.drafts import create_draft
from initiatives.models import Dossier, InitiativePage, PartConfirmation
from tests.factories import InitiativePageFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def real(home) -> Organisation:
    return OrganisationFactory(name="Soliha Ain")


@pytest.fixture
def proposed(home) -> Organisation:
    return OrganisationFactory(name="SOLIHA 01", is_proposed=True)


def kept(organisation: Organisation, identifier: str) -> InitiativePage:
    page = create_draft(user=None, organisation=organisation, title=f"{organisation} {identifier}")
    Dossier.objects.filter(page=page).update(external_id=identifier)
    return page


def merge(proposed: Organisation, real: Organisation) -> None:
    merge_proposed(source=proposed, target=real, by=UserFactory())


def test_two_sheets_of_the_same_identifier_are_both_kept_and_told_apart(real, proposed):
    kept(real, "F-1"), kept(real, "F-1 (SOLIHA 01)"), kept(proposed, "F-1"), kept(proposed, "F-2"), kept(proposed, "")
    merge(proposed, real)
    assert not Organisation.objects.filter(pk=proposed.pk).exists()
    found = {dossier.page.title: dossier.external_id for dossier in real.dossiers.select_related("page")}
    assert found == {
        "Soliha Ain F-1": "F-1",
        "Soliha Ain F-1 (SOLIHA 01)": "F-1 (SOLIHA 01)",
        "SOLIHA 01 F-1": "F-1 (SOLIHA 01 2)",
        "SOLIHA 01 F-2": "F-2",
        "SOLIHA 01": "",
    }


def test_an_identifier_as_long_as_may_be_stays_within_its_length(real, proposed):
    kept(real, "x" * 120)
    kept(proposed, "x" * 120)
    merge(proposed, real)
    assert sorted(len(dossier.external_id) for dossier in real.dossiers.all()) == [120, 120]


@pytest.mark.parametrize("answered", ["proposed", "real", "both", "neither"])
def test_what_a_structure_answered_is_not_lost_for_a_question_that_waits(real, proposed, answered):
    sheet = InitiativePageFactory(leads=[real], partners=[proposed])
    Organisation.objects.filter(pk=proposed.pk).update(is_proposed=True)  # a publication validates those it names
    now = timezone.now()
    for organisation, email, name in ((real, "r@x.example", "real"), (proposed, "p@x.example", "proposed")):
        is_answered = answered in {name, "both"}
        # Of two answers, the structure's last word: here the one of the proposed name.
        when = now - timedelta(days=2 if name == "real" else 1)
        PartConfirmation.objects.create(
            page=sheet,
            organisation=organisation,
            email=email,
            asked_at=when,
            answered_at=when if is_answered else None,
            is_confirmed=True if is_answered else None,
        )
    merge(proposed, real)
    left = PartConfirmation.objects.get()
    assert left.organisation == real
    assert left.is_confirmed is (None if answered == "neither" else True)
    assert left.email == ("r@x.example" if answered == "real" else "p@x.example")
