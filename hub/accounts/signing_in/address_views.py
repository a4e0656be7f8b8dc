"""django-allauth's pages of addresses, where an address may turn out to be borne by another account."""

from collections.abc import Callable
from functools import wraps
from typing import cast

from allauth.account import views
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from hub.accounts.models import User

BORNE_ELSEWHERE = "Un autre compte porte déjà cette adresse. Écrivez à la Dihal, qui la rendra à celui-ci."


def _saying_whose(view: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Say that an administrator gave the address to another account: whoever asks has proved that she reads it."""

    @wraps(view)
    def wrapper(request: HttpRequest) -> HttpResponseBase:
        try:
            with transaction.atomic():
                return view(request)
        except IntegrityError:
            if not User.objects.filter(pk=cast("User", request.user).pk).exists():
                raise
            messages.error(request, BORNE_ELSEWHERE)
            return redirect("account_email")

    return wrapper


email = _saying_whose(views.email)
email_verification_sent = _saying_whose(views.email_verification_sent)
