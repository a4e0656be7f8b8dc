"""Mails the hub owes to people, written in the transaction of what they tell of."""

from django.db import models
from django.utils import timezone

from hub.mail.addresses import AddressField
from hub.mail.querysets import OutgoingMailQuerySet


class OutgoingMail(models.Model):
    """One mail to one person. It exists if and only if what it tells of happened; it is handed over later.

    ``key`` names the event and the person (``sheet-12-returned-34-user-5``): queued twice, it is one mail.
    """

    key = models.CharField("événement", max_length=200, unique=True)
    recipient = AddressField("destinataire")
    subject = models.CharField("objet", max_length=200)
    text = models.TextField("texte", help_text="Effacé une fois le courriel parti : il peut contenir un code.")
    expires_at = models.DateTimeField(
        "sans objet après le", null=True, blank=True, help_text="Un code de connexion périmé ne part plus."
    )
    created_at = models.DateTimeField("écrit le", default=timezone.now)
    next_attempt_at = models.DateTimeField("prochain essai le", default=timezone.now, db_index=True)
    claimed_until = models.DateTimeField("en cours d’envoi jusqu’à", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    last_error = models.TextField("dernière erreur", blank=True)
    sent_at = models.DateTimeField("remis le", null=True, blank=True, db_index=True)
    given_up_at = models.DateTimeField("abandonné le", null=True, blank=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        verbose_name = "courriel"
        verbose_name_plural = "courriels"
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.subject} → {self.recipient}"
