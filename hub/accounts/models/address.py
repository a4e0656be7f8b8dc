"""What bringing stored addresses to one spelling changed, so that nobody is shut out without an operator knowing."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from hub.accounts.enums import AddressReason
from hub.accounts.querysets import FormerAddressQuerySet


class FormerAddress(models.Model):
    """An address as it was stored before. The account, its structures and its sheets stay as they were.

    ``row`` is the key of what held it, ``holder`` the name of its model. Whether an address had been proved, or was
    the one written to, is kept too: the rewriting can be undone.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="personne",
        null=True,
        on_delete=models.CASCADE,
        related_name="former_addresses",
    )
    holder = models.CharField("où", max_length=40)
    row = models.BigIntegerField("ligne")
    email = models.CharField("adresse telle qu’elle était", max_length=254)
    verified = models.BooleanField("prouvée", default=False)
    primary = models.BooleanField("principale", default=False)
    reason = models.CharField("pourquoi", max_length=12, choices=AddressReason.choices)
    created_at = models.DateTimeField("le", default=timezone.now)

    objects = FormerAddressQuerySet.as_manager()

    class Meta:
        verbose_name = "ancienne adresse"
        verbose_name_plural = "anciennes adresses"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.email} ({self.get_reason_display()})"
