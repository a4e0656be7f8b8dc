"""Whose account asks for a second step, and the page that says it."""

from collections.abc import Callable
from typing import Any, cast

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hub.accounts.models import User
from hub.web.limits import limited

FORBIDDEN = 403


def has_second_factor(*, user: User) -> bool:
    """Whether something more than a mail or a password is asked of this person."""
    return bool(is_mfa_enabled(user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]))


def connect() -> None:
    authenticator_added.connect(note_proof, dispatch_uid="hub-second-factor-proof")


def note_proof(*, request: HttpRequest, user: User, authenticator: Authenticator, **_kwargs: Any) -> None:
    """Take a factor that was just added for a proof of who one is.

    The page that follows shows the recovery codes: it would ask for another code of the application, which gives a new
    one every thirty seconds only.
    """
    if authenticator.type in {Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN}:
        record_authentication(request, user, method="mfa", type=authenticator.type, reauthenticated=True)


def enters_gestion(*, user: User) -> bool:
    return user.has_perm("wagtailadmin.access_admin")


class SecondFactorMiddleware:
    """With ``REQUIRE_SECOND_FACTOR_FOR_EDITORS``, keep out of the admin who has no second step, and say why."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.REQUIRE_SECOND_FACTOR_FOR_EDITORS or not request.path_info.startswith(
            f"/{settings.ADMIN_PATH}"
        ):
            return self.get_response(request)
        user = request.user
        if user.is_authenticated and not has_second_factor(user=user):
            return render(request, "account/second_factor_needed.html", status=FORBIDDEN)
        return self.get_response(request)


class NameForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("first_name", "last_name")
        labels = {"first_name": "Prénom", "last_name": "Nom"}
        widgets = {
            "first_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "last_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
        }


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited(name="account")
def account(request: HttpRequest) -> HttpResponse:
    # Read again: a refused name must not show as the person's on this very page.
    user = User.objects.get(pk=cast("User", request.user).pk)
    form = NameForm(request.POST if request.method == "POST" else None, instance=user)
    if form.is_valid():
        form.save()
        messages.success(request, "Votre nom est enregistré.")
        return redirect("account")
    has_factor = has_second_factor(user=user)
    context = {
        "form": form,
        "memberships": user.memberships.select_related("organisation"),
        "has_password": user.has_usable_password(),
        "has_second_factor": has_factor,
        "needs_second_factor": enters_gestion(user=user) and not has_factor,
    }
    return render(request, "account/account.html", context)
