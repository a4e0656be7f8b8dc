"""Who belongs to what."""

from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models

from hub.accounts.enums import AddressReason, MembershipRole, RequestState


class MembershipQuerySet(models.QuerySet):
    """Memberships by person and by role."""

    def of(self, *, user: AbstractBaseUser | AnonymousUser) -> "MembershipQuerySet":
        """Those of one person; none for an anonymous visitor or a closed account."""
        return self.filter(user=user.pk) if user.is_authenticated and user.is_active else self.none()

    def owners(self) -> "MembershipQuerySet":
        """Those who may invite, change roles and remove."""
        return self.filter(role=MembershipRole.OWNER)


class FormerAddressQuerySet(models.QuerySet):
    """Addresses as they were, by what is left to do about them."""

    def to_look_at(self) -> "FormerAddressQuerySet":
        """Those that took a way in, or a mail, from somebody: an operator decides."""
        return self.exclude(reason__in=[AddressReason.REWRITTEN, AddressReason.TWICE])


class AccessRequestQuerySet(models.QuerySet):
    """Requests by where they stand."""

    def pending(self) -> "AccessRequestQuerySet":
        """Those Dihal has not answered."""
        return self.filter(state=RequestState.PENDING)


class InvitationQuerySet(models.QuerySet):
    """Invitations by whether they may still be accepted."""

    def waiting(self) -> "InvitationQuerySet":
        """Those nobody accepted or withdrew, out of time or not."""
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True)

    def open(self, *, now: datetime) -> "InvitationQuerySet":
        """Those nobody accepted or withdrew, and whose time has not run out."""
        return self.waiting().filter(expires_at__gt=now)
