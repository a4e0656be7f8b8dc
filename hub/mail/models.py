from datetime import datetime
from typing import Self

from django.db import connection, models
from django.db.models import F, Q
from django.utils import timezone

from hub.mail.addresses import AddressField


class MailDelivery(models.TextChoices):
    THREAD = "thread", "Aussitôt, par le processus qui a écrit le courriel"
    WORKER = "worker", "Par « send_mails » seulement"


class OutgoingMailQuerySet(models.QuerySet):
    def waiting(self) -> Self:
        return self.filter(sent_at__isnull=True, given_up_at__isnull=True)

    def due(self, *, now: datetime) -> Self:
        """Those that soon lose their meaning come first: a person waits for a sign-in code."""
        return (
            self.waiting()
            .filter(next_attempt_at__lte=now)
            .filter(Q(claimed_until__isnull=True) | Q(claimed_until__lt=now))
            .order_by(F("expires_at").asc(nulls_last=True), "next_attempt_at", "pk")
        )

    def given_up(self) -> Self:
        return self.filter(given_up_at__isnull=False).order_by("-given_up_at", "-pk")

    def nobody_else_holds(self) -> Self:
        """Hold these rows until the end of the transaction, without waiting for those that another one holds."""
        return self.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)

    def finished_before(self, *, moment: datetime) -> Self:
        return self.filter(Q(sent_at__lt=moment) | Q(given_up_at__lt=moment))


class OutgoingMail(models.Model):
    """One mail to one person. It exists if and only if what it tells of happened; it is handed over later.

    ``key`` names the event and the person (``sheet-12-returned-34-user-5``): queued twice, it is one mail.
    """

    key = models.CharField("événement", max_length=200, unique=True)
    recipient = AddressField("destinataire")
    subject = models.CharField("objet", max_length=200)
    text = models.TextField("texte", help_text="Effacé une fois le courriel parti : il peut contenir un code.")
    calendar = models.TextField("événement joint", blank=True, help_text="Effacé avec le texte.")
    calendar_method = models.CharField("méthode de l’événement", max_length=10, blank=True)
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
