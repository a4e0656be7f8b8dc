"""What becomes of people when a proposed structure is replaced by the one it really is."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from hub.accounts.models import AccessRequest, Invitation, Membership, MembershipRole
from hub.vocabulary.merging import organisations_merging
from hub.vocabulary.models import Organisation


@receiver(organisations_merging, dispatch_uid="accounts.settle_people")
def settle_people(*, source: Organisation, target: Organisation, **_kwargs: Any) -> None:
    """Keep one of each for each person, of roles the higher; the rest moves by itself."""
    both = Membership.objects.filter(organisation=source, user__in=target.memberships.values("user"))
    owners = both.owners().values_list("user", flat=True)
    target.memberships.filter(user__in=list(owners)).update(role=MembershipRole.OWNER)
    Membership.objects.filter(pk__in=list(both.values_list("pk", flat=True))).delete()
    addresses = list(Invitation.objects.waiting().filter(organisation=target).values_list("email", flat=True))
    twins = Invitation.objects.waiting().filter(organisation=source, email__in=addresses)
    twins.update(revoked_at=timezone.now())
    asking = AccessRequest.objects.pending().filter(organisation=target).values_list("user", flat=True)
    AccessRequest.objects.pending().filter(organisation=source, user__in=list(asking)).delete()
