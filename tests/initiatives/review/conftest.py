"""A structure and its members, reviewers, and a sheet ready to be sent."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from hub.accounts.models import User
from hub.mail.models import OutgoingMail
from hub.pages.models import HomePage
from hub.territories.enums import TerritoryKind
from hub.territories.models import Territory
from hub.vocabulary.models import Organisation
from initiatives.drafts import create_draft, save_text, text_of
from initiatives.enums import PartnershipRole
from initiatives.models import InitiativePage, Partnership
from initiatives.review.workflow import GROUP_NAME
from tests.factories import AudienceFactory, MembershipFactory, OrganisationFactory, UserFactory

Mails = Callable[[], list[tuple[str, str]]]


@pytest.fixture
def adil(db: None) -> Organisation:
    return OrganisationFactory(name="ADIL de l’Ain")


@pytest.fixture
def ana(adil: Organisation) -> User:
    """Writes the sheets of the ADIL."""
    user: User = UserFactory(email="ana@adil.example")
    MembershipFactory(user=user, organisation=adil)
    return user


@pytest.fixture
def boris(adil: Organisation) -> User:
    """A colleague of Ana's."""
    user: User = UserFactory(email="boris@adil.example")
    MembershipFactory(user=user, organisation=adil)
    return user


@pytest.fixture
def rita(db: None) -> User:
    """Reviews for Dihal."""
    return reviewer("rita@dihal.example")


@pytest.fixture
def remi(db: None) -> User:
    """Another reviewer."""
    return reviewer("remi@dihal.example")


def reviewer(email: str) -> User:
    user: User = UserFactory(email=email, is_staff=True)
    user.groups.add(Group.objects.get(name=GROUP_NAME))
    return user


def ain() -> Territory:
    found, _created = Territory.objects.get_or_create(
        code="departement-01", defaults={"kind": TerritoryKind.DEPARTEMENT, "official_code": "01", "name": "Ain"}
    )
    return found


def fill(text: InitiativePage, organisation: Organisation, title: str = "Un bail glissant") -> None:
    """Give a text everything that is required."""
    text.title = title
    text.summary = "Trois phrases, au plus."
    text.context = "<p>Le besoin de départ.</p>"
    text.operation = "<p>Étape par étape.</p>"
    text.partnerships = [Partnership(organisation=organisation, role=PartnershipRole.LEAD)]
    text.territories = [ain()]
    text.audiences = [AudienceFactory(label="Jeunes")]
    text.contact_email = "contact@adil.example"


def written(*, user: User, organisation: Organisation, title: str = "Un bail glissant") -> InitiativePage:
    """A sheet that may be submitted, never published."""
    sheet = create_draft(user=user, organisation=organisation)
    text = text_of(sheet=sheet)
    fill(text, organisation, title)
    save_text(text=text, user=user)
    return InitiativePage.objects.get(pk=sheet.pk)


def change(sheet: InitiativePage, *, user: User, **values: str) -> None:
    """Save a newer text, as the form does."""
    text = text_of(sheet=InitiativePage.objects.get(pk=sheet.pk))
    for name, value in values.items():
        setattr(text, name, value)
    save_text(text=text, user=user)


def now(sheet: InitiativePage) -> InitiativePage:
    """The sheet as it is in the database."""
    return InitiativePage.objects.get(pk=sheet.pk)


@pytest.fixture
def sheet(home: HomePage, adil: Organisation, ana: User) -> InitiativePage:
    return written(user=ana, organisation=adil)


@pytest.fixture
def mails(db: None) -> Mails:
    """The mails written since the last look: (event, recipient)."""
    seen: set[int] = set()

    def new() -> list[tuple[str, str]]:
        found = [mail for mail in OutgoingMail.objects.order_by("pk") if mail.pk not in seen]
        seen.update(mail.pk for mail in found)
        return sorted((mail.key.split("-")[2], mail.recipient) for mail in found if mail.key.startswith("sheet-"))

    return new


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in
