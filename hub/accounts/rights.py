"""What somebody may do for a structure, and why not."""

from collections.abc import Iterable

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from hub.accounts.models import AccessRequest, Membership, User
from hub.refusals import Refused
from hub.vocabulary.models import Organisation


class AlreadyAskedError(Refused):
    """The person already waits for an answer about this structure, or about too many of them."""


DECIDE_PERMISSION = "accounts.change_accessrequest"
REVIEWERS_GROUP = "Relecture Dihal"


def membership_or_404(*, user: AbstractBaseUser | AnonymousUser, organisation_pk: int) -> Membership:
    """Return the person's place in a structure; 404 in the same words when there is none, or no such structure."""
    found = Membership.objects.of(user=user).filter(organisation=organisation_pk)
    membership: Membership | None = found.select_related("organisation").first()
    if membership is None:
        raise Http404("Cette structure n’existe pas, ou vous n’en êtes pas membre.")
    return membership


def may_decide(*, user: User, request: AccessRequest, chooses_organisation: bool = False) -> bool:
    """Dihal's reviewers may, and also say which structure it becomes; owners, for the very structure asked for."""
    if user.is_active and user.has_perm(DECIDE_PERMISSION):
        return True
    if chooses_organisation or request.organisation_id is None:
        return False
    return Membership.objects.of(user=user).owners().filter(organisation=request.organisation_id).exists()


def requests_for_owner(*, user: AbstractBaseUser | AnonymousUser) -> Iterable[AccessRequest]:
    owned = Membership.objects.of(user=user).owners().values("organisation")
    pending = AccessRequest.objects.pending().filter(organisation__in=owned)
    return pending.select_related("user", "organisation").order_by("created_at")


def reviewers() -> Iterable[User]:
    with_address = User.objects.filter(is_active=True).exclude(email="")
    return with_address.filter(groups__name=REVIEWERS_GROUP).distinct().order_by("pk")


def lock_organisation(*, pk: int) -> None:
    """Make every other change of this structure's members wait for the end of the transaction."""
    Organisation.objects.select_for_update(no_key=True).get(pk=pk)


def lock_person(*, pk: int) -> None:
    """Make what gives her a place wait for the end of her account; before a structure. Raises ``User.DoesNotExist``."""
    User.objects.select_for_update().get(pk=pk)
