"""What django-allauth asks the hub: how a mail leaves, what follows a sign-in, where a request comes from."""

import uuid
from datetime import timedelta
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from hub.mail.addresses import canonical_address
from hub.mail.queueing import queue_mail
from hub.web.client_address import UNKNOWN, client_address

# What is told to the owner of an account after the fact; the name is allauth's.
NOTICES = {
    "account/email/password_changed": "Le mot de passe de votre compte a été changé",
    "account/email/password_set": "Un mot de passe a été ajouté à votre compte",
    "account/email/password_reset": "Le mot de passe de votre compte a été remplacé",
    "account/email/email_changed": "L’adresse principale de votre compte a changé",
    "account/email/email_confirm": "Une adresse de votre compte a été confirmée",
    "account/email/email_deleted": "Une adresse a été retirée de votre compte",
    "mfa/email/totp_activated": "Une application d’authentification a été ajoutée à votre compte",
    "mfa/email/totp_deactivated": "L’application d’authentification de votre compte a été retirée",
    "mfa/email/recovery_codes_generated": "De nouveaux codes de secours ont été tirés pour votre compte",
    "mfa/email/webauthn_added": "Une clé a été ajoutée à votre compte",
    "mfa/email/webauthn_removed": "Une clé a été retirée de votre compte",
    "socialaccount/email/account_connected": "Votre compte a été relié à ProConnect",
    "socialaccount/email/account_disconnected": "Votre compte n’est plus relié à ProConnect",
}
# What the pages say already, or say better.
SILENT_MESSAGES = {"account/messages/logged_in.txt", "account/messages/login_code_sent.txt"}
# A mail with a code of its own, or a link, is worth nothing after this.
OTHER_MAILS_LAST = timedelta(hours=2)


class AccountAdapter(DefaultAccountAdapter):
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": "Trop d’essais manqués. Attendez cinq minutes et réessayez.",
        "rate_limited": "Trop de demandes en peu de temps. Attendez une minute et réessayez.",
        "incorrect_code": "Ce code n’est pas le bon.",
        "email_password_mismatch": "L’identifiant ou le mot de passe n’est pas le bon.",
        "username_password_mismatch": "L’identifiant ou le mot de passe n’est pas le bon.",
        "incorrect_password": "Ce mot de passe n’est pas le bon.",
        "enter_current_password": "Ce mot de passe n’est pas votre mot de passe actuel.",
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the mail (hub/mail). ``context`` may hold ``expires_at``, after which it is not sent any more."""
        template = template_prefix.removesuffix("_signup")
        values = {**context, "sign_in_path": reverse("account_login"), "account_path": reverse("account")}
        if template in NOTICES:
            values["what"] = NOTICES[template]
            template = "account/email/notice"
        queue_mail(
            key=f"account:{uuid.uuid4()}",
            recipient=email,
            template=template,
            context=values,
            expires_at=context.get("expires_at", timezone.now() + OTHER_MAILS_LAST),
        )

    def clean_email(self, email: str) -> str:
        """Let nothing but the one spelling of an address into django-allauth."""
        return canonical_address(email)

    def reauthenticate(self, user: Any, password: str) -> bool:
        """Compare with this person's password; the name of an account is nobody else's."""
        found = self.authenticate(context.request, username=user.username, password=password)
        return found is not None and found.pk == user.pk

    def get_login_stages(self) -> list[str]:
        """Ask nobody to prove an address once more: a code proved it, and a password account may have none."""
        return [stage for stage in super().get_login_stages() if not stage.endswith("EmailVerificationStage")]

    def is_safe_url(self, url: str) -> bool:
        """Lead nobody out of the hub after a sign-in: only a path of this site."""
        return bool(url) and url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Count alone whom the proxy does not tell apart: hub/web/limits.py stops them all the same."""
        address = client_address(request=request)
        return f"inconnue-{uuid.uuid4().hex}" if address == UNKNOWN else address

    def is_ajax(self, request: HttpRequest) -> bool:
        """Answer pages, the one request of the passkeys' script aside."""
        return request.path == reverse("mfa_login_webauthn") and super().is_ajax(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        del request
        return reverse("account")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Make the link of the mail from the public address, never from what the request says of its host."""
        uid, _, token = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
        return f"{settings.WAGTAILADMIN_BASE_URL.rstrip('/')}{path}"

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        if message_template not in SILENT_MESSAGES:
            super().add_message(request, level, message_template, *args, **kwargs)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        words = {
            "reauthenticate": "Avec votre mot de passe",
            "mfa_reauthenticate": "Avec votre application ou un code de secours",
            "mfa_reauthenticate:webauthn": "Avec votre clé",
        }
        methods = super().get_reauthentication_methods(user)
        return [{**method, "description": words.get(method["id"], method["description"])} for method in methods]
