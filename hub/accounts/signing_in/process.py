"""A sign-in under way: the code and the link that were sent, kept in the session of the browser that asked."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.models import Login
from allauth.account.stages import LoginByCodeStage, LoginStageController
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from hub.accounts.signing_in.links import link_token, new_nonce, use_once
from hub.accounts.signing_in.people import person_of
from hub.mail.site import site_url
from hub.settings.accounts import LOGIN_CODE_SECONDS


class SignInProcess(LoginCodeVerificationProcess):
    """allauth's sign-in by code, where the account is looked for once the address is proved, and no sooner.

    Whether the address is known or not, asking does exactly the same work: one mail, one session, no query on people.
    """

    @classmethod
    def start(cls, *, request: HttpRequest, email: str, next_url: str | None) -> "SignInProcess":
        """Send a code and a link to ``email``, and wait for them in this browser. Replaces what it waited for."""
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
        """Return what this browser waits for, or None: nothing was asked here, or too long ago. Changes nothing."""
        stage = LoginStageController.enter(request, LoginByCodeStage.key)
        if stage is None or "nonce" not in stage.state:
            return None
        process = cls(stage=stage)
        return process if process.is_valid() else None

    @property
    def email(self) -> str:
        """The address the code was sent to."""
        return str(self.state["email"])

    @property
    def nonce(self) -> str:
        """What the link of the last mail stands for."""
        return str(self.state["nonce"])

    @property
    def next_url(self) -> str | None:
        """Where the person was going, a safe address of the hub."""
        return cast("str | None", self.state.get("next"))

    def send_by_email(self, email: str, skip_enumeration_mails: bool = False) -> None:  # noqa: FBT001, FBT002 — allauth's
        """Send a code and a link, to whoever reads this address."""
        del skip_enumeration_mails
        code = self.generate_code()
        self.state["nonce"] = new_nonce()
        path = reverse("account_sign_in_link", kwargs={"token": link_token(nonce=self.nonce)})
        context: dict[str, Any] = {
            "code": code,
            "link": f"{site_url()}{path}",
            "minutes": LOGIN_CODE_SECONDS // 60,
            "expires_at": datetime.fromtimestamp(self.state["at"], tz=UTC) + timedelta(seconds=LOGIN_CODE_SECONDS),
        }
        get_adapter().send_mail("account/email/login_code", email, context)

    def complete(self) -> HttpResponse | None:
        """Sign in the person who reads the address; None if this mail was already used.

        The answer is a redirection: to where they were going, or to their second factor.
        """
        if not use_once(nonce=self.nonce):
            self.abort()
            return None
        person = person_of(email=self.email)
        self.abort()
        record_authentication(self.request, person, method="code", email=self.email)
        login = Login(
            user=person,
            email=self.email,
            redirect_url=self.next_url,
            signal_kwargs={"proved_email": self.email},
        )
        return cast("HttpResponse", perform_login(self.request, login))
