"""A structure, its members, its published sheet: what the tests of the upkeep start from."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import Group
from django.utils import timezone

from hub.accounts.models import User
from hub.mail.models import OutgoingMail
from hub.vocabulary.models import Organisation
from initiatives.models import Dossier, InitiativePage
from initiatives.review.workflow import GROUP_NAME
from tests.factories import InitiativePageFactory, MembershipFactory, OrganisationFactory, UserFactory


@dataclass
class Scene:
    """A sheet online since ``published``, kept by ``steward``, whose member is ``anne``; ``dihal`` reviews."""

    sheet: InitiativePage
    steward: Organisation
    anne: User
    dihal: User
    published: datetime

    @property
    def dossier(self) -> Dossier:
        return Dossier.objects.get(page=self.sheet)

    def after(self, days: int) -> datetime:
        return self.published + timedelta(days=days)


def build_scene(*, published_days_ago: int = 0) -> Scene:
    steward = OrganisationFactory(name="ADIL de l’Ain")
    partner = OrganisationFactory(name="Bailleur du Bugey")
    sheet = InitiativePageFactory(
        title="Une colocation à Bourg", slug="colocation", leads=[steward], partners=[partner]
    )
    published = timezone.now() - timedelta(days=published_days_ago)
    InitiativePage.objects.filter(pk=sheet.pk).update(first_published_at=published, last_published_at=published)
    sheet.refresh_from_db()
    Dossier.objects.create(page=sheet, steward=steward)
    anne = UserFactory(email="anne@adil.example", first_name="Anne", last_name="Martin")
    MembershipFactory(user=anne, organisation=steward)
    dihal = UserFactory(email="dihal@dihal.example", first_name="Denis", last_name="Dihal")
    dihal.groups.add(Group.objects.get(name=GROUP_NAME))
    return Scene(sheet=sheet, steward=steward, anne=anne, dihal=dihal, published=published)


def mails(*, to: str) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(recipient=to).order_by("pk"))


def link_in(mail: OutgoingMail, *, under: str) -> str:
    """The path of the only link of a mail that begins with ``under``."""
    found = re.findall(rf"https?://[^/\s]+({under}\S+)", mail.text)
    assert len(found) == 1, mail.text
    return found[0]
