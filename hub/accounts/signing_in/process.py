"""From a link of a mail to a session."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.models import Login
from allauth.account.stages import LoginByCodeStage, LoginStageController
from django.core import signing
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from hub.accounts.signing_in.counting import is_taken, take
from hub.accounts.signing_in.people import person_of
from hub.mail.site import site_url
from hub.settings.accounts import LOGIN_CODE_SECONDS

SALT = "hub.accounts.signing-in"
NONCE_BYTES = 24


class LinkState(models.TextChoices):
    READY = "ready", "prêt"
    UNREADABLE = "unreadable", "illisible"
    EXPIRED = "expired", "expiré"
    USED = "used", "déjà utilisé"
    REPLACED = "replaced", "remplacé"
    ELSEWHERE = "elsewhere", "demandé dans un autre navigateur"


def link_state(*, token: str, expected: str | None) -> LinkState:
    """Say what it is worth where ``expected`` is waited for; changes nothing: machines open links before people."""
    signer = signing.TimestampSigner(salt=SALT)
    try:
        nonce = signer.unsign(token)
        signer.unsign(token, max_age=LOGIN_CODE_SECONDS)
    except signing.SignatureExpired:
        return LinkState.USED if is_taken(what=_used(nonce)) else LinkState.EXPIRED
    except signing.BadSignature:
        return LinkState.UNREADABLE
    if is_taken(what=_used(nonce)):
        return LinkState.USED
    if expected is None:
        return LinkState.ELSEWHERE
    return LinkState.READY if secrets.compare_digest(nonce, expected) else LinkState.REPLACED


def _used(nonce: str) -> str:
    return f"sign-in-used:{nonce}"


class SignInProcess(LoginCodeVerificationProcess):
    """allauth's sign-in by code, where the account is looked for once the address is proved, and no sooner.

    Whether the address is known or not, asking does exactly the same work: one mail, one session, no query on people.
    """

    @classmethod
    def start(cls, *, request: HttpRequest, email: str, next_url: str | None) -> "SignInProcess":
        login = Login(user=None, email=email)
        login.state["stages"] = {"current": LoginByCodeStage.key}
        stage = LoginByCodeStage(LoginStageController(request, login), request, login)
        stage.state.update(cls.initial_state(user=None, email=email))
        stage.state.update({"initiated_by_user": True, "next": next_url})
        process = cls(stage=stage)
        process.send()
        process.persist()
        return process

    @classmethod
    def under_way(cls, *, request: HttpRequest) -> "SignInProcess | None":
        """Return what this browser waits for, or None: nothing was asked here, or too long ago."""
        stage = LoginStageController.enter(request, LoginByCodeStage.key)
        if stage is None or "nonce" not in stage.state:
            return None
        process = cls(stage=stage)
        return process if process.is_valid() else None

    @property
    def email(self) -> str:
        return str(self.state["email"])

    @property
    def nonce(self) -> str:
        return str(self.state["nonce"])

    @property
    def next_url(self) -> str | None:
        return cast("str | None", self.state.get("next"))

    def send_by_email(self, email: str, skip_enumeration_mails: bool = False) -> None:  # noqa: FBT001, FBT002 — allauth's
        del skip_enumeration_mails
        code = self.generate_code()
        self.state["nonce"] = secrets.token_urlsafe(NONCE_BYTES)  # joins the mail to the browser that asked for it
        token = signing.TimestampSigner(salt=SALT).sign(self.nonce)
        path = reverse("account_sign_in_link", kwargs={"token": token})
        context: dict[str, Any] = {
            "code": code,
            "link": f"{site_url()}{path}",
            "minutes": LOGIN_CODE_SECONDS // 60,
            "expires_at": datetime.fromtimestamp(self.state["at"], tz=UTC) + timedelta(seconds=LOGIN_CODE_SECONDS),
        }
        get_adapter().send_mail("account/email/login_code", email, context)

    def complete(self) -> HttpResponse | None:
        """Lead the person who reads the address on, or to their second factor; None if this mail was already used."""
        if take(what=_used(self.nonce), most=1) is None:  # of two simultaneous requests, one wins
            self.abort()
            return None
        person = person_of(email=self.email)
        self.abort()
        record_authentication(self.request, person, method="code", email=self.email)
        proof = {"proved_email": self.email}
        login = Login(user=person, email=self.email, redirect_url=self.next_url, signal_kwargs=proof)
        return cast("HttpResponse", perform_login(self.request, login))
