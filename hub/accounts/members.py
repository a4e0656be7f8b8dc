"""Changing who writes for a structure. Each change waits for the others of the same structure, then looks again."""

from django.db import transaction
from django.utils import timezone

from hub.accounts.enums import MembershipRole
from hub.accounts.errors import LastOwnerError
from hub.accounts.models import Membership, User
from hub.accounts.notices import tell_removed, tell_role_changed
from hub.accounts.rights import lock_organisation, require_owner


def change_role(*, by: User, organisation_pk: int, membership_pk: int, role: MembershipRole) -> Membership:
    """Give a member another role, at an owner's request; the member is told when it is somebody else.

    Raises:
        NotOwnerError: when ``by`` does not own the structure, or not any more.
        LastOwnerError: when nobody would answer for the structure.
        Membership.DoesNotExist: when the member left, or belongs to another structure.
    """
    with transaction.atomic():
        lock_organisation(pk=organisation_pk)
        require_owner(user=by, organisation_pk=organisation_pk)
        membership = _membership(organisation_pk=organisation_pk, pk=membership_pk)
        if membership.role == role:
            return membership
        if membership.is_owner:
            _require_another_owner(membership=membership)
        membership.role = role
        membership.save(update_fields=["role"])
        if membership.user_id != by.pk:
            tell_role_changed(membership=membership, stamp=timezone.now().isoformat())
    return membership


def remove_member(*, by: User, organisation_pk: int, membership_pk: int) -> Membership:
    """End a membership at an owner's request, and tell the person. Her sheets stay with the structure.

    Returns the membership as it was.

    Raises:
        NotOwnerError: when ``by`` does not own the structure, or not any more.
        LastOwnerError: when nobody would answer for the structure.
        Membership.DoesNotExist: when the member left already, or belongs to another structure.
    """
    with transaction.atomic():
        lock_organisation(pk=organisation_pk)
        require_owner(user=by, organisation_pk=organisation_pk)
        membership = _membership(organisation_pk=organisation_pk, pk=membership_pk)
        if membership.is_owner:
            _require_another_owner(membership=membership)
        Membership.objects.filter(pk=membership.pk).delete()
        if membership.user_id != by.pk:
            tell_removed(membership=membership)
    return membership


def leave(*, user: User, organisation_pk: int) -> None:
    """End one's own membership. Whoever is alone may leave: the structure's sheets stay, and Dihal looks after them.

    Raises:
        LastOwnerError: when others remain, and nobody would answer for the structure.
        Membership.DoesNotExist: when the person is not a member any more.
    """
    with transaction.atomic():
        lock_organisation(pk=organisation_pk)
        membership = Membership.objects.get(user=user, organisation=organisation_pk)
        if membership.is_owner and not is_alone(membership=membership):
            _require_another_owner(membership=membership)
        membership.delete()


def is_alone(*, membership: Membership) -> bool:
    """Whether nobody else writes for the structure."""
    others = Membership.objects.filter(organisation=membership.organisation_id).exclude(pk=membership.pk)
    return not others.exists()


def is_last_owner(*, membership: Membership) -> bool:
    """Whether the structure has this owner and no other."""
    others = Membership.objects.owners().filter(organisation=membership.organisation_id, user__is_active=True)
    return membership.is_owner and not others.exclude(pk=membership.pk).exists()


def _membership(*, organisation_pk: int, pk: int) -> Membership:
    found = Membership.objects.select_related("user", "organisation")
    membership: Membership = found.get(pk=pk, organisation=organisation_pk)
    return membership


def _require_another_owner(*, membership: Membership) -> None:
    if is_last_owner(membership=membership):
        raise LastOwnerError(
            f"« {membership.organisation} » n’aurait plus de responsable : donnez d’abord ce rôle à un autre membre."
        )
