"""What somebody may do for a structure, and why not."""

from collections.abc import Iterable

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from hub.accounts.models import AccessRequest, Membership, User
from hub.refusals import Refused
from hub.vocabulary.models import Organisation


class MembershipError(Refused):
    """Nothing was changed; ``str(error)`` is a French sentence to show."""


class AlreadyDecidedError(MembershipError):
    """Somebody else answered the request, or the person withdrew it."""


class AlreadyMemberError(MembershipError):
    """The person already writes for this structure."""


class AlreadyAskedError(MembershipError):
    """The person already waits for an answer about this structure, or about too many of them."""


class LastOwnerError(MembershipError):
    """A structure that has members keeps somebody who answers for it."""


class NotOwnerError(MembershipError):
    """Only an owner of the structure may do this, and the person is not, or not any more."""


class InvitationClosedError(MembershipError):
    """The invitation was accepted, cancelled, or its time has run out."""


class WrongAddressError(MembershipError):
    """The invitation was sent to somebody else's address."""


DECIDE_PERMISSION = "accounts.change_accessrequest"
REVIEWERS_GROUP = "Relecture Dihal"


def membership_or_404(*, user: AbstractBaseUser | AnonymousUser, organisation_pk: int) -> Membership:
    """Return the person's place in a structure.

    Raises:
        Http404: when the structure does not exist or the person is not a member, in the same words.
    """
    found = Membership.objects.of(user=user).filter(organisation=organisation_pk)
    membership: Membership | None = found.select_related("organisation").first()
    if membership is None:
        raise Http404("Cette structure n’existe pas, ou vous n’en êtes pas membre.")
    return membership


def may_decide(*, user: User, request: AccessRequest, chooses_organisation: bool = False) -> bool:
    """Whether a person may answer a request: Dihal's reviewers, and the owners of the very structure asked for.

    With ``chooses_organisation``, whether she may also say which structure the person joins: Dihal's reviewers only.
    """
    if user.is_active and user.has_perm(DECIDE_PERMISSION):
        return True
    if chooses_organisation or request.organisation_id is None:
        return False
    return Membership.objects.of(user=user).owners().filter(organisation=request.organisation_id).exists()


def requests_for_owner(*, user: AbstractBaseUser | AnonymousUser) -> Iterable[AccessRequest]:
    """Return the unanswered requests to join a structure the person owns, oldest first."""
    owned = Membership.objects.of(user=user).owners().values("organisation")
    pending = AccessRequest.objects.pending().filter(organisation__in=owned)
    return pending.select_related("user", "organisation").order_by("created_at")


def reviewers() -> Iterable[User]:
    """Return the people of Dihal who are told of each new request: the group « Relecture Dihal »."""
    with_address = User.objects.filter(is_active=True).exclude(email="")
    return with_address.filter(groups__name=REVIEWERS_GROUP).distinct().order_by("pk")


def lock_organisation(*, pk: int) -> None:
    """Make every other change of this structure's members wait for the end of the transaction."""
    Organisation.objects.select_for_update(no_key=True).get(pk=pk)


def lock_person(*, pk: int) -> None:
    """Make what gives this person a place wait for the end of her account, or the reverse. Taken before a structure.

    Raises:
        User.DoesNotExist: when the account is gone.
    """
    User.objects.select_for_update().get(pk=pk)


def require_owner(*, user: User, organisation_pk: int) -> None:
    """Check, once the structure is locked, that the person still owns it.

    Raises:
        NotOwnerError: when she does not.
    """
    if not Membership.objects.of(user=user).owners().filter(organisation=organisation_pk).exists():
        raise NotOwnerError("Seuls les responsables de la structure gèrent ses membres et ses invitations.")
