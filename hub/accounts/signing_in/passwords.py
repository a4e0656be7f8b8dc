"""Whom a name and a password are looked up for, by equality, at the same cost whether there is somebody or not."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.http import HttpRequest

from hub.accounts.models import User
from hub.mail.addresses import comparable_address


class ResetTokens(PasswordResetTokenGenerator):
    """Worth nothing once the password or any address has changed; one query, as many for every account."""

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        addresses = EmailAddress.objects.filter(user=user.pk).order_by("email").values_list("email", flat=True)
        return f"{super()._make_hash_value(user, timestamp)}{','.join(addresses)}"


class PasswordBackend(AuthenticationBackend):
    """django-allauth's, which folds letters as each database does and works longer for those it knows.

    Here: the same three questions to the database and one password computed, for anybody. ``ModelBackend``, which comes
    before and looks for a name of account, does as much for anybody too.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        del request
        password = credentials.get("password")
        if not password:
            return None
        written_to = person_written_to(email=comparable_address(str(credentials.get("email") or "")))
        named = User.objects.filter(username=str(credentials.get("username") or "")).first()
        person = written_to or named
        if person is None:
            make_password(password)
            return None
        # An account without a password costs the same: Django computes one all the same.
        if not person.check_password(password):
            return None
        if not self.user_can_authenticate(person):
            self._stash_user(person)
            return None
        return person


def person_written_to(*, email: str) -> User | None:
    """Return who proved an address, or was given it: two questions to the database, whatever the first one's answer."""
    proved = EmailAddress.objects.filter(email=email, verified=True).select_related("user").first()
    given = User.objects.filter(email=email).exclude(email="").first()
    return proved.user if proved else given
