"""The addresses of accounts: kept in their one spelling, and what an operator has to look at."""

from collections.abc import Iterator, Sequence
from typing import Any

from allauth.account.models import EmailAddress
from django.apps import AppConfig
from django.core.checks import CheckMessage, Tags, register
from django.core.checks import Warning as CheckWarning
from django.core.exceptions import ValidationError
from django.db import connections
from django.db.models import F
from django.db.models.signals import pre_save
from django.dispatch import receiver

from hub.accounts.models import FormerAddress, User
from hub.mail.addresses import canonical_address, comparable_address


@receiver(pre_save, sender=EmailAddress, dispatch_uid="hub-one-spelling")
def store_one_spelling(*, instance: EmailAddress, **_kwargs: Any) -> None:
    """Store an address in the spelling it is compared in, whatever part of django-allauth saves it."""
    instance.email = comparable_address(instance.email)


def findings() -> Iterator[str]:
    """Say, a line each, what an operator has to look at; nothing when every address is one person's way in."""
    for former in FormerAddress.objects.to_look_at().select_related("user"):
        yield (
            f"n° {former.pk} : « {former.email} » ({_HOLDERS.get(former.holder, former.holder)}"
            f"{f' « {former.user.username} »' if former.user else ''}) : {former.get_reason_display()}."
        )
    for user in User.objects.exclude(email="").only("username", "email").iterator():
        if not _is_canonical(user.email):
            yield f"compte « {user.username} » : « {user.email} » n’est pas une adresse que le courrier transporte."
    elsewhere = EmailAddress.objects.filter(verified=True).exclude(user__email=F("email"))
    for email, user in elsewhere.filter(email__in=User.objects.exclude(email="").values("email")).values_list(
        "email", "user__username"
    ):
        yield f"« {email} » est prouvée par le compte « {user} » et portée par un autre : elle ouvre le premier."


@register(Tags.database)
def check_former_addresses(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_kwargs: Any
) -> list[CheckMessage]:
    """Tell the operator of it at each ``check --database default`` and ``migrate``."""
    del app_configs
    if not databases or FormerAddress._meta.db_table not in connections["default"].introspection.table_names():
        return []
    count = FormerAddress.objects.to_look_at().count()
    hint = "« manage.py check_addresses » en donne la liste (docs/exploitation.md)."
    words = f"{count} adresse(s) écartée(s) attendent une décision."
    return [CheckWarning(words, hint=hint, id="hub.W020")] if count else []


_HOLDERS = {
    "user": "adresse du compte",
    "address": "adresse ajoutée au compte",
    "invitation": "invitation",
    "identity": "identité ProConnect du compte",
}


def _is_canonical(email: str) -> bool:
    try:
        return canonical_address(email) == email
    except ValidationError:
        return False
