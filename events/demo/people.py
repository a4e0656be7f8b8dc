"""Two people to try the partner space and the review with, in a demonstration only: elsewhere, two open doors."""

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction

from hub.accounts.enums import MembershipRole
from hub.accounts.models import Membership, User
from hub.vocabulary.models import Organisation
from initiatives.enums import PartnershipRole
from initiatives.models import Dossier, InitiativePage
from initiatives.review.workflow import GROUP_NAME

PARTNER_EMAIL = "partner@example.org"
REVIEWER_EMAIL = "dihal@example.org"
# Wagtail's group of those who write and publish any page: an editor of Dihal reviews, imports and publishes.
EDITORS_GROUP = "Moderators"
STEWARD_SLUG = "le-pas-de-porte"


def load_people() -> list[str]:
    """Create the partner, the reviewer and the dossiers of the partner's sheets; return the addresses to sign in with.

    They have no password: the code is in a mail, which a demonstration prints. Nothing is done outside of one
    (``HUB_DEMO_NOTICE``), and a dossier that exists is left as it is.
    """
    steward = Organisation.objects.filter(slug=STEWARD_SLUG).first()
    if not settings.HUB_DEMO_NOTICE or steward is None:
        return []
    with transaction.atomic():
        partner = _person(email=PARTNER_EMAIL, first_name="Camille", last_name="Partenaire")
        Membership.objects.get_or_create(user=partner, organisation=steward, defaults={"role": MembershipRole.OWNER})
        reviewer = _person(email=REVIEWER_EMAIL, first_name="Dominique", last_name="Dihal")
        reviewer.groups.add(*Group.objects.filter(name__in=(GROUP_NAME, EDITORS_GROUP)))
        led = InitiativePage.objects.filter(
            is_demonstration=True,
            partnerships__organisation=steward,
            partnerships__role__in=[PartnershipRole.LEAD, PartnershipRole.CO_LEAD],
        )
        for sheet in led.distinct():
            Dossier.objects.get_or_create(page=sheet, defaults={"steward": steward})
    return [PARTNER_EMAIL, REVIEWER_EMAIL]


def delete_people() -> None:
    """Delete both accounts, in a demonstration; what they wrote stays."""
    if settings.HUB_DEMO_NOTICE:
        User.objects.filter(username__in=[PARTNER_EMAIL, REVIEWER_EMAIL]).delete()


def _person(*, email: str, first_name: str, last_name: str) -> User:
    person, created = User.objects.get_or_create(
        username=email, defaults={"email": email, "first_name": first_name, "last_name": last_name}
    )
    if created:
        person.set_unusable_password()
        person.save()
        EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    return person
