"""The members of a structure. What cannot be done raises ``Refused``."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

from allauth.account.models import EmailAddress
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from hub.accounts.models import AccessRequest, Invitation, Membership, MembershipRole, RequestState, User
from hub.accounts.notices import tell_invited, tell_removed, tell_role_changed
from hub.accounts.rights import lock_organisation, lock_person
from hub.mail.addresses import canonical_address, comparable_address
from hub.refusals import Refused
from hub.vocabulary.models import Organisation

VALIDITY = timedelta(days=14)
_SIGNER = Signer(salt="hub.accounts.invitation")


def invite(*, by: User, organisation: Organisation, email: str, role: MembershipRole) -> Invitation:
    """Send an invitation, or again the one that waits, with this role. Raises ``ValidationError`` for no address."""
    email = canonical_address(email)
    with _owner_acting(by=by, organisation_pk=organisation.pk):
        members = Membership.objects.filter(organisation=organisation)
        proven = members.filter(user__emailaddress__email=email, user__emailaddress__verified=True)
        if proven.exists() or members.filter(user__email=email).exists():
            raise Refused(f"{email} est déjà membre de « {organisation} ».")
        waiting = Invitation.objects.waiting().filter(organisation=organisation, email=email).first()
        invitation = waiting or Invitation(organisation=organisation, email=email)
        invitation.role = role
        invitation.invited_by = by
        _send(invitation=invitation)
    return invitation


def resend(*, by: User, organisation_pk: int, pk: int) -> Invitation:
    """Send an invitation once more, for another fourteen days; the first link works again too."""
    with _owner_acting(by=by, organisation_pk=organisation_pk):
        invitation = _waiting(organisation_pk=organisation_pk, pk=pk)
        _send(invitation=invitation)
    return invitation


def revoke(*, by: User, organisation_pk: int, pk: int) -> Invitation:
    with _owner_acting(by=by, organisation_pk=organisation_pk):
        invitation = _waiting(organisation_pk=organisation_pk, pk=pk)
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
    return invitation


def accept_invitation(*, user: User, pk: int) -> Membership:
    """Make the invited person a member. What she asked of Dihal for the same structure is thereby answered."""
    with transaction.atomic():
        lock_person(pk=user.pk)
        organisation_pk = Invitation.objects.filter(pk=pk).values_list("organisation", flat=True).first()
        if organisation_pk is None:
            raise Refused("Cette invitation n’existe plus.")
        lock_organisation(pk=organisation_pk)
        invitation = Invitation.objects.select_related("organisation").get(pk=pk)
        if reason := why_closed(invitation=invitation):
            raise Refused(reason)
        if not has_proven(user=user, email=invitation.email):
            raise Refused("Cette invitation a été envoyée à une autre adresse que la vôtre.")
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
    return Invitation.objects.select_related("organisation", "invited_by").filter(pk=pk).first()


def invited_address(*, path: str) -> str:
    """Return the address an invitation was sent to, for the path of its page; empty for any other path."""
    try:
        match = resolve(urlsplit(path).path)
    except Resolver404:
        return ""
    invitation = invitation_of(token=match.kwargs["token"]) if match.url_name == "invitation" else None
    return invitation.email if invitation is not None else ""


def _send(*, invitation: Invitation) -> None:
    invitation.expires_at = timezone.now() + VALIDITY
    invitation.save()
    tell_invited(invitation=invitation, link=invitation_link(invitation=invitation))


@contextmanager
def _owner_acting(*, by: User, organisation_pk: int) -> Iterator[None]:
    """One transaction in which nobody else changes the members, and ``by`` still owns the structure."""
    with transaction.atomic():
        lock_organisation(pk=organisation_pk)
        if not Membership.objects.of(user=by).owners().filter(organisation=organisation_pk).exists():
            raise Refused("Seuls les responsables de la structure gèrent ses membres et ses invitations.")
        yield


def _waiting(*, organisation_pk: int, pk: int) -> Invitation:
    found = Invitation.objects.waiting().filter(organisation=organisation_pk)
    invitation: Invitation | None = found.select_related("organisation").filter(pk=pk).first()
    if invitation is None:
        raise Refused("Cette invitation a déjà été acceptée ou annulée.")
    return invitation


def change_role(*, by: User, organisation_pk: int, membership_pk: int, role: MembershipRole) -> Membership:
    with _owner_acting(by=by, organisation_pk=organisation_pk):
        membership = _membership(organisation_pk=organisation_pk, pk=membership_pk)
        if membership.role == role:
            return membership
        _require_another_owner(membership=membership)
        membership.role = role
        membership.save(update_fields=["role"])
        if membership.user_id != by.pk:
            tell_role_changed(membership=membership, stamp=timezone.now().isoformat())
    return membership


def remove_member(*, by: User, organisation_pk: int, membership_pk: int) -> Membership:
    """Return the membership as it was. The person's sheets stay."""
    with _owner_acting(by=by, organisation_pk=organisation_pk):
        membership = _membership(organisation_pk=organisation_pk, pk=membership_pk)
        _require_another_owner(membership=membership)
        Membership.objects.filter(pk=membership.pk).delete()
        if membership.user_id != by.pk:
            tell_removed(membership=membership)
    return membership


def leave(*, user: User, organisation_pk: int) -> None:
    """End one's own membership; whoever is alone may leave. Raises ``Membership.DoesNotExist`` when it has ended."""
    with transaction.atomic():
        lock_organisation(pk=organisation_pk)
        membership = Membership.objects.get(user=user, organisation=organisation_pk)
        if membership.is_owner and not is_alone(membership=membership):
            _require_another_owner(membership=membership)
        membership.delete()


def is_alone(*, membership: Membership) -> bool:
    return not Membership.objects.filter(organisation=membership.organisation_id).exclude(pk=membership.pk).exists()


def is_last_owner(*, membership: Membership) -> bool:
    others = Membership.objects.owners().filter(organisation=membership.organisation_id, user__is_active=True)
    return membership.is_owner and not others.exclude(pk=membership.pk).exists()


def _membership(*, organisation_pk: int, pk: int) -> Membership:
    found = Membership.objects.select_related("user", "organisation").filter(pk=pk, organisation=organisation_pk)
    membership: Membership | None = found.first()
    if membership is None:
        raise Refused("Cette personne n’est plus membre de la structure.")
    return membership


def _require_another_owner(*, membership: Membership) -> None:
    if is_last_owner(membership=membership):
        raise Refused(
            f"« {membership.organisation} » n’aurait plus de responsable : donnez d’abord ce rôle à un autre membre."
        )
