"""The addresses of accounts: kept in their one spelling, and what an operator has to look at."""

from collections.abc import Iterator
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db.models import F
from django.db.models.signals import pre_save

from hub.accounts.models import FormerAddress, User
from hub.mail.addresses import canonical_address, comparable_address


def connect() -> None:
    pre_save.connect(store_one_spelling, sender=EmailAddress, dispatch_uid="hub-one-spelling")


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
