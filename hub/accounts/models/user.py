"""People who sign in to the hub."""

from typing import Any

from django.apps import apps
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models

from hub.mail.addresses import AddressField, comparable_address

TAKEN = "Un autre compte a cette adresse."


class AccountAddressField(AddressField):
    """The address an account is written to; no other account has it, nor has proved it."""

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        """Refuse an address of somebody else.

        Raises:
            ValidationError: as ``canonical_address``, or because another account has the address.
        """
        super().validate(value, model_instance)
        if not value:
            return
        # No account has the key 0: ``createsuperuser`` asks before there is one.
        own: int = (model_instance.pk if model_instance is not None else None) or 0
        address = comparable_address(value)
        has_it = User.objects.filter(email=address).exclude(pk=own)
        proved = apps.get_model("account", "EmailAddress").objects.filter(email=address, verified=True)
        if has_it.exists() or proved.exclude(user=own).exists():
            raise ValidationError(TAKEN, code="unique")


class User(AbstractUser):
    """A person with an account.

    Ours from the first migration on, because Django cannot change the user model of a running site.
    """

    email = AccountAddressField("adresse électronique", blank=True)

    class Meta(AbstractUser.Meta):
        verbose_name = "personne"
        verbose_name_plural = "personnes"
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                condition=~models.Q(email=""),
                name="user_email_once",
                violation_error_message=TAKEN,
                violation_error_code="unique",
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email or self.username

    @property
    def presented(self) -> str:
        """The name with the address, for those who do not know the person yet; the address once when it is the name."""
        name = str(self)
        return f"{name} ({self.email})" if self.email and self.email != name else name
