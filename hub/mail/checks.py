"""A setting that would leave every mail where it is, told at start."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from hub.mail.models import MailDelivery


@register()
def check_mail_delivery(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    del app_configs
    if settings.MAIL_DELIVERY in MailDelivery.values:
        return []
    message = f"MAIL_DELIVERY vaut « {settings.MAIL_DELIVERY} », qui ne veut rien dire."
    hint = "« thread » : chaque processus envoie ce qu’il écrit ; « worker » : « send_mails » seul envoie."
    return [Error(message, hint=hint, id="hub.E010")]
