"""Mails about structures and their members, written in the transaction of what they tell of."""

from collections.abc import Callable
from datetime import datetime

from django.urls import reverse

from hub.accounts.models import AccessRequest, Invitation, Membership, User
from hub.accounts.rights import reviewers
from hub.mail.queueing import queue_mail
from hub.vocabulary.models import Organisation

# What people are told when they ask; Dihal's own commitment, repeated in the guides.
EXPECTED_DELAY = "cinq jours ouvrés"

# Where a new member is led, as other packages know it: the ground floor does not know what she has begun.
_WELCOMES: list[Callable[[Membership], str]] = []


def register_welcome(*, welcome: Callable[[Membership], str]) -> None:
    """``welcome`` returns a path, or an empty text."""
    _WELCOMES.append(welcome)


def tell_asked(*, request: AccessRequest) -> None:
    owners = User.objects.filter(
        is_active=True, memberships__in=Membership.objects.owners().filter(organisation=request.organisation_id)
    )
    for owner in owners.exclude(email=""):
        _tell(
            key=f"access-request-{request.pk}-asked-owner-{owner.pk}",
            recipient=owner.email,
            event="request_for_owner",
            context={"request": request, "path": reverse("access-request", args=[request.pk])},
        )
    for reviewer in reviewers():
        _tell(
            key=f"access-request-{request.pk}-asked-reviewer-{reviewer.pk}",
            recipient=reviewer.email,
            event="request_for_dihal",
            context={"request": request, "path": reverse("access-requests-answer", args=[request.pk])},
        )


def tell_accepted(*, request: AccessRequest, membership: Membership) -> None:
    path = next(filter(None, (welcome(membership) for welcome in _WELCOMES)), "")
    _tell(
        key=f"access-request-{request.pk}-accepted",
        recipient=request.user.email,
        event="request_accepted",
        context={"membership": membership, "path": path or reverse("space")},
    )


def tell_refused(*, request: AccessRequest) -> None:
    _tell(
        key=f"access-request-{request.pk}-refused",
        recipient=request.user.email,
        event="request_refused",
        context={"request": request, "path": reverse("organisations")},
    )


def tell_invited(*, invitation: Invitation, link: str) -> None:
    """Send an invitation; sent again after a new delay, it is a new mail."""
    _tell(
        key=f"invitation-{invitation.pk}-until-{invitation.expires_at.timestamp():.6f}",
        recipient=invitation.email,
        event="invitation",
        context={"invitation": invitation, "path": link},
        expires_at=invitation.expires_at,
    )


def tell_removed(*, membership: Membership) -> None:
    _tell(
        key=f"membership-{membership.pk}-removed",
        recipient=membership.user.email,
        event="membership_removed",
        context={"organisation": membership.organisation, "path": reverse("organisations")},
    )


def tell_role_changed(*, membership: Membership, stamp: str) -> None:
    """Tell a member what it may now do; ``stamp`` tells one change from the next."""
    _tell(
        key=f"membership-{membership.pk}-role-{stamp}",
        recipient=membership.user.email,
        event="membership_role",
        context={"membership": membership, "path": reverse("organisation-members", args=[membership.organisation_id])},
    )


def tell_account_deleted(*, user_pk: int, recipient: str, organisations: list[Organisation]) -> None:
    _tell(
        key=f"account-{user_pk}-deleted",
        recipient=recipient,
        event="account_deleted",
        context={"organisations": organisations, "path": ""},
    )


def _tell(
    *, key: str, recipient: str, event: str, context: dict[str, object], expires_at: datetime | None = None
) -> None:
    """Queue a mail, unless the person has no address (an account made by an administrator may have none)."""
    if recipient:
        template = f"accounts/mail/{event}"
        queue_mail(key=key, recipient=recipient, template=template, context=context, expires_at=expires_at)
