"""The second step of a sign-in: who has one, and who may not enter the admin without."""

from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hub.accounts.models import User

FORBIDDEN = 403


def has_second_factor(*, user: User) -> bool:
    """Whether something more than a mail or a password is asked of this person."""
    return bool(is_mfa_enabled(user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]))


def connect() -> None:
    """Listen to django-allauth."""
    authenticator_added.connect(note_proof, dispatch_uid="hub-second-factor-proof")


def note_proof(*, request: HttpRequest, user: User, authenticator: Authenticator, **_kwargs: Any) -> None:
    """Take a factor that was just added for a proof of who one is.

    The page that follows shows the recovery codes: it would ask for another code of the application, which gives a new
    one every thirty seconds only.
    """
    if authenticator.type in {Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN}:
        record_authentication(request, user, method="mfa", type=authenticator.type, reauthenticated=True)


def enters_gestion(*, user: User) -> bool:
    """Whether this person may open the admin."""
    return user.has_perm("wagtailadmin.access_admin")


class SecondFactorMiddleware:
    """With ``REQUIRE_SECOND_FACTOR_FOR_EDITORS``, keep out of the admin who has no second step, and say why."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer for the admin when the person lacks their second step."""
        if not settings.REQUIRE_SECOND_FACTOR_FOR_EDITORS or not request.path_info.startswith(
            f"/{settings.ADMIN_PATH}"
        ):
            return self.get_response(request)
        user = request.user
        if user.is_authenticated and not has_second_factor(user=user):
            return render(request, "account/second_factor_needed.html", status=FORBIDDEN)
        return self.get_response(request)
