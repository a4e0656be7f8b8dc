"""Which account an identity of ProConnect opens."""

from typing import Any

from allauth.account.signals import user_logged_in
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import render

from hub.accounts.models import User
from hub.accounts.signing_in.people import person_of, remember_proof
from hub.mail.addresses import canonical_address

NAME_LENGTH = 150
FORBIDDEN = 403


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """An identity seen before opens its account; a new one, the account of its address, if that address is verified."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Lead a new identity to the account of its address, made now if there is none.

        It is joined to it once the account is open (``note_proofs``): a second step may come before.

        Raises:
            ImmediateHttpResponse: with a page that leads to the sign-in by code, for an address nobody vouches for.
        """
        if sociallogin.is_existing:
            return
        details = sociallogin.account.extra_data.get("userinfo", {})
        email = _verified_address(details=details)
        if not email:
            raise ImmediateHttpResponse(render(request, "account/proconnect_refused.html", status=FORBIDDEN))
        sociallogin.user = person_of(email=email)


def connect() -> None:
    """Listen to django-allauth."""
    user_logged_in.connect(note_proofs, dispatch_uid="hub-proofs")


def note_proofs(
    *,
    request: HttpRequest,
    user: User,
    proved_email: str = "",
    sociallogin: SocialLogin | None = None,
    **_kwargs: Any,
) -> None:
    """Write down what a sign-in proved, now that its last step is passed: the address, the identity."""
    if proved_email:
        remember_proof(person=user, email=proved_email)
    if sociallogin is None:
        return
    known = SocialAccount.objects.filter(provider=sociallogin.account.provider, uid=sociallogin.account.uid)
    if known.exists():
        return
    details = sociallogin.account.extra_data.get("userinfo", {})
    with transaction.atomic():
        remember_proof(person=user, email=_verified_address(details=details))
        _fill_name(person=user, details=details)
        sociallogin.connect(request, user)


def _verified_address(*, details: dict[str, Any]) -> str:
    """Return the address the provider vouches for: it says so, or the operator does for it (docs/comptes.md)."""
    says_so = details.get("email_verified")
    if says_so is not True and not (says_so is None and settings.PROCONNECT_EMAILS_ARE_VERIFIED):
        return ""
    try:
        return canonical_address(str(details.get("email") or ""))
    except ValidationError:
        return ""


def _fill_name(*, person: User, details: dict[str, Any]) -> None:
    """Give a name to an account without one; a name somebody wrote stays."""
    if person.get_full_name():
        return
    person.first_name = str(details.get("given_name") or "")[:NAME_LENGTH]
    person.last_name = str(details.get("family_name") or "")[:NAME_LENGTH]
    person.save(update_fields=["first_name", "last_name"])
