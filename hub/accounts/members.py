"""Invite, accept, leave, hand over: the members of a structure."""

from datetime import timedelta
from urllib.parse import urlsplit

from allauth.account.models import EmailAddress
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from hub.accounts.models import AccessRequest, Invitation, Membership, MembershipRole, RequestState, User
from hub.accounts.notices import tell_invited, tell_removed, tell_role_changed
from hub.accounts.rights import (
    AlreadyMemberError,
    InvitationClosedError,
    LastOwnerError,
    WrongAddressError,
    lock_organisation,
    lock_person,
    require_owner,
)
from hub.mail.addresses import canonical_address, comparable_address
from hub.vocabulary.models import Organisation

VALIDITY = timedelta(days=14)
_SIGNER = Signer(salt="hub.accounts.invitation")


def invite(*, by: User, organisation: Organisation, email: str, role: MembershipRole) -> Invitation:
    """Invite somebody to write for a structure, and send the mail.

    An invitation that already waits for this address is sent again, with the role given now.

    Raises:
        NotOwnerError: when ``by`` does not own the structure, or not any more.
        AlreadyMemberError: when the person of this address is a member.
        ValidationError: for what is no address.
    """
    email = canonical_address(email)
    with transaction.atomic():
        lock_organisation(pk=organisation.pk)
        require_owner(user=by, organisation_pk=organisation.pk)
        members = Membership.objects.filter(organisation=organisation)
        proven = members.filter(user__emailaddress__email=email, user__emailaddress__verified=True)
        if proven.exists() or members.filter(user__email=email).exists():
            raise AlreadyMemberError(f"{email} est déjà membre de « {organisation} ».")
        waiting = Invitation.objects.waiting().filter(organisation=organisation, email=email).first()
        invitation = waiting or Invitation(organisation=organisation, email=email)
        invitation.role = role
        invitation.invited_by = by
        _send(invitation=invitation)
    return invitation


def resend(*, by: User, organisation_pk: int, pk: int) -> Invitation:
    """Send an invitation once more, for another fourteen days; the first link works again too.

    Raises:
        NotOwnerError: when ``by`` does not own the structure, or not any more.
        InvitationClosedError: when it was accepted or cancelled, or is another structure's.
    """
    with transaction.atomic():
        invitation = _waiting(by=by, organisation_pk=organisation_pk, pk=pk)
        _send(invitation=invitation)
    return invitation


def revoke(*, by: User, organisation_pk: int, pk: int) -> Invitation:
    """Cancel an invitation: its links say so from now on.

    Raises:
        NotOwnerError: when ``by`` does not own the structure, or not any more.
        InvitationClosedError: when it was accepted or cancelled, or is another structure's.
    """
    with transaction.atomic():
        invitation = _waiting(by=by, organisation_pk=organisation_pk, pk=pk)
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
    return invitation


def accept_invitation(*, user: User, pk: int) -> Membership:
    """Make the invited person a member. What she asked of Dihal for the same structure is thereby answered.

    Raises:
        InvitationClosedError: when it was accepted or cancelled, or its time has run out.
        WrongAddressError: when the person has not proven the address it was sent to.
    """
    with transaction.atomic():
        lock_person(pk=user.pk)
        organisation_pk = Invitation.objects.filter(pk=pk).values_list("organisation", flat=True).first()
        if organisation_pk is None:
            raise InvitationClosedError("Cette invitation n’existe plus.")
        lock_organisation(pk=organisation_pk)
        invitation = Invitation.objects.select_related("organisation").get(pk=pk)
        if reason := why_closed(invitation=invitation):
            raise InvitationClosedError(reason)
        if not has_proven(user=user, email=invitation.email):
            raise WrongAddressError("Cette invitation a été envoyée à une autre adresse que la vôtre.")
        now = timezone.now()
        membership, _created = Membership.objects.get_or_create(
            user=user, organisation=invitation.organisation, defaults={"role": invitation.role}
        )
        invitation.accepted_at = now
        invitation.save(update_fields=["accepted_at"])
        asked = AccessRequest.objects.pending().filter(user=user, organisation=organisation_pk)
        asked.update(state=RequestState.ACCEPTED, decided_at=now, decided_by=invitation.invited_by)
    return membership


def has_proven(*, user: User, email: str) -> bool:
    """Whether the person showed, by a code or a link, that the address is hers."""
    return EmailAddress.objects.filter(user=user, email=comparable_address(email), verified=True).exists()


def why_closed(*, invitation: Invitation) -> str:
    """Say why an invitation cannot be accepted; empty when it can."""
    if invitation.accepted_at:
        return "Cette invitation a déjà été acceptée."
    if invitation.revoked_at:
        return "Cette invitation a été annulée par la structure."
    if invitation.expires_at <= timezone.now():
        return "Cette invitation n’est plus valable : elle l’était quatorze jours. Demandez qu’elle vous soit renvoyée."
    return ""


def invitation_link(*, invitation: Invitation) -> str:
    return reverse("invitation", args=[_SIGNER.sign(str(invitation.pk))])


def invitation_of(*, token: str) -> Invitation | None:
    """Return the invitation a link names; ``None`` for a link that the hub did not make, or whose row is gone."""
    try:
        pk = int(_SIGNER.unsign(token))
    except (BadSignature, ValueError):
        return None
    invitation: Invitation | None = (
        Invitation.objects.select_related("organisation", "invited_by").filter(pk=pk).first()
    )
    return invitation


def invited_address(*, path: str) -> str:
    """Return the address an invitation was sent to, for the path of its page; empty for any other path."""
    try:
        match = resolve(urlsplit(path).path)
    except Resolver404:
        return ""
    invitation = invitation_of(token=match.kwargs["token"]) if match.url_name == "invitation" else None
    return invitation.email if invitation is not None else ""


def waiting_invitations(*, organisation: Organisation) -> list[Invitation]:
    """Return the invitations nobody accepted or cancelled, by address; those out of time too, to be sent again."""
    waiting = Invitation.objects.waiting().filter(organisation=organisation)
    return list(waiting.order_by("email"))


def _send(*, invitation: Invitation) -> None:
    invitation.expires_at = timezone.now() + VALIDITY
    invitation.save()
    tell_invited(invitation=invitation, link=invitation_link(invitation=invitation))


def _waiting(*, by: User, organisation_pk: int, pk: int) -> Invitation:
    lock_organisation(pk=organisation_pk)
    require_owner(user=by, organisation_pk=organisation_pk)
    found = Invitation.objects.waiting().filter(organisation=organisation_pk)
    invitation: Invitation | None = found.select_related("organisation").filter(pk=pk).first()
    if invitation is None:
        raise InvitationClosedError("Cette invitation a déjà été acceptée ou annulée.")
    return invitation


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
    others = Membership.objects.filter(organisation=membership.organisation_id).exclude(pk=membership.pk)
    return not others.exists()


def is_last_owner(*, membership: Membership) -> bool:
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
