"""What is still to be told to the engines: the outbox, written in the transaction of the change itself."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from search.querysets import OutboxEntryQuerySet


class IndexConsumer(models.Model):
    """An engine that keeps an index of the catalogue: ``embedded:<host>``, or a server."""

    name = models.CharField("nom", max_length=100, unique=True)
    generation = models.CharField("index en service", max_length=100, blank=True)
    registered_at = models.DateTimeField("enregistré le", auto_now_add=True)
    rebuilt_at = models.DateTimeField("reconstruit le", null=True, blank=True)
    last_seen_at = models.DateTimeField("dernière livraison", null=True, blank=True)

    class Meta:
        verbose_name = "index de recherche"
        verbose_name_plural = "index de recherche"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class OutboxEntry(models.Model):
    """One page, for one engine: how many times it changed, and the last of these changes the engine knows.

    A row is never deleted, not even with its page: its version has to go on growing. There is no foreign key to the
    page for the same reason.
    """

    page_id = models.PositiveIntegerField("page")
    consumer = models.ForeignKey(IndexConsumer, verbose_name="index", on_delete=models.CASCADE, related_name="entries")
    version = models.PositiveBigIntegerField("version", default=0)
    delivered_version = models.PositiveBigIntegerField("version livrée", default=0)
    attempts = models.PositiveIntegerField("essais", default=0)
    changed_at = models.DateTimeField("modifié le", default=timezone.now)
    next_attempt_at = models.DateTimeField("prochain essai", default=timezone.now)
    last_error = models.TextField("dernière erreur", blank=True)

    objects = OutboxEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "changement à livrer"
        verbose_name_plural = "changements à livrer"
        constraints = [models.UniqueConstraint(fields=["page_id", "consumer"], name="outbox_page_consumer_unique")]
        indexes = [
            models.Index(
                fields=["consumer", "next_attempt_at", "page_id"],
                condition=Q(version__gt=F("delivered_version")),
                name="outbox_pending",
            )
        ]

    def __str__(self) -> str:
        return f"page {self.page_id} → {self.consumer_id}, version {self.delivered_version}/{self.version}"
