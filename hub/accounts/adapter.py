"""What django-allauth asks the hub: how a mail leaves, what a new account is called."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Mails go through the outbox (hub/mail), like every mail of the hub."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        super().send_mail(template_prefix, email, context)
