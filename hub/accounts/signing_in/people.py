"""Whose account an address or an identity is."""

from http import HTTPStatus
from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import user_logged_in
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.utils import generate_unique_username
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.shortcuts import render

from hub.accounts.models import User
from hub.mail.addresses import canonical_address, comparable_address


def person_of(*, email: str) -> User:
    """Return the account of somebody who has just proved to read ``email``: made here, and nowhere else, if need be.

    Nothing is written of a known account, which may have a second step to pass (``remember_proof``). Raises
    ``ValidationError`` for what is no address.
    """
    email = canonical_address(email)
    if (person := known_person(email=email)) is not None:
        return person
    try:
        with transaction.atomic():
            return _new_person(email=email)
    except IntegrityError:  # another request proved the same address meanwhile
        if (person := known_person(email=email)) is None:
            raise
        return person


def known_person(*, email: str) -> User | None:
    """Return the account that ``email`` opens: the one that proved it, else the one an administrator gave it to."""
    email = comparable_address(email)
    proved = EmailAddress.objects.filter(email=email, verified=True).select_related("user").first()
    return proved.user if proved is not None else User.objects.filter(email=email).first()


def _new_person(*, email: str) -> User:
    user = User(username=generate_unique_username([email.partition("@")[0], "personne"]), email=email)
    user.set_unusable_password()
    user.save()
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def remember_proof(*, person: User, email: str) -> None:
    """Record that the account proved its address, once it is open; the first one proved is the one it is written to."""
    addresses = EmailAddress.objects.filter(user=person)
    address = addresses.filter(email=email).first()
    if address is not None and address.verified:
        return
    is_first = not addresses.filter(primary=True).exists()
    EmailAddress.objects.update_or_create(
        user=person, email=email, defaults={"verified": True, **({"primary": True} if is_first else {})}
    )


NAME_LENGTH = 150


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """An identity seen before opens its account; a new one, the account of its address, if that address is verified."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Lead a new identity to the account of its address; joined once that is open (``note_proofs``).

        Raises ``ImmediateHttpResponse``, a page that leads to the sign-in by code, for an address nobody vouches for.
        """
        if sociallogin.is_existing:
            return
        email = _verified_address(details=sociallogin.account.extra_data.get("userinfo", {}))
        if not email:
            raise ImmediateHttpResponse(render(request, "account/proconnect_refused.html", status=HTTPStatus.FORBIDDEN))
        sociallogin.user = person_of(email=email)


@receiver(user_logged_in, dispatch_uid="hub-proofs")
def note_proofs(
    *,
    request: HttpRequest,
    user: User,
    proved_email: str = "",
    sociallogin: SocialLogin | None = None,
    **_kwargs: Any,
) -> None:
    if proved_email:
        remember_proof(person=user, email=proved_email)
    if sociallogin is None:
        return
    account = sociallogin.account
    if SocialAccount.objects.filter(provider=account.provider, uid=account.uid).exists():
        return
    details = account.extra_data.get("userinfo", {})
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
