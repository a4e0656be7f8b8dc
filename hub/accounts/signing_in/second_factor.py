"""Whose account asks for a second step, and who is kept out for want of one."""

from http import HTTPStatus
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

from hub.accounts.models import User


def has_second_factor(*, user: User) -> bool:
    return bool(is_mfa_enabled(user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]))


@receiver(authenticator_added, dispatch_uid="hub-second-factor-proof")
def note_proof(*, request: HttpRequest, user: User, authenticator: Authenticator, **_kwargs: Any) -> None:
    # The page that follows shows the recovery codes: it would ask for another code of the application, which gives one
    # every thirty seconds only.
    if authenticator.type in {Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN}:
        record_authentication(request, user, method="mfa", type=authenticator.type, reauthenticated=True)


class SecondFactorMiddleware(MiddlewareMixin):
    """With ``REQUIRE_SECOND_FACTOR_FOR_EDITORS``, keep out of the admin who has no second step, and say why."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        is_admin = request.path_info.startswith(f"/{settings.ADMIN_PATH}")
        needs_it = settings.REQUIRE_SECOND_FACTOR_FOR_EDITORS and is_admin
        if needs_it and request.user.is_authenticated and not has_second_factor(user=request.user):
            return render(request, "account/second_factor_needed.html", status=HTTPStatus.FORBIDDEN)
        return None
