from datetime import datetime
from typing import Self, TypeVar

from django.db import connection, models
from django.db.models import F, Q
from django.utils import timezone

_Rows = TypeVar("_Rows", bound=models.QuerySet)


def locked_elsewhere_skipped(rows: _Rows) -> _Rows:
    """Hold these rows until the end of the transaction, leaving out those that another transaction holds."""
    return rows.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)


class IndexConsumerQuerySet(models.QuerySet):
    def locked(self) -> Self:
        """Hold these rows until the end of the transaction, without stopping those who note changes for them."""
        return self.select_for_update(no_key=connection.features.has_select_for_no_key_update)

    def answering(self, *, now: datetime) -> Self:
        return self.filter(Q(retry_at=None) | Q(retry_at__lte=now))


class OutboxEntryQuerySet(models.QuerySet):
    def of(self, *, consumer: str) -> Self:
        return self.filter(consumer__name=consumer)

    def pending(self) -> Self:
        """Rows whose last change has not reached the engine."""
        return self.filter(version__gt=F("delivered_version"))

    def owed(self) -> Self:
        """Pending rows that are tried until they are delivered."""
        return self.pending().filter(set_aside_at=None)

    def set_aside(self) -> Self:
        """Pending rows that the engine refused for good."""
        return self.pending().exclude(set_aside_at=None)

    def due(self, *, now: datetime) -> Self:
        return self.owed().filter(next_attempt_at__lte=now).order_by("next_attempt_at", "page_id")


class IndexConsumer(models.Model):
    """An engine that keeps an index of the catalogue: ``embedded:<host>``, or a server.

    Its row is also the lock of what is written about its index: which one is in use, and what that one knows.
    """

    name = models.CharField("nom", max_length=100, unique=True)
    generation = models.CharField("index en service", max_length=100, blank=True)
    previous_generation = models.CharField("index précédent", max_length=100, blank=True)
    registered_at = models.DateTimeField("enregistré le", auto_now_add=True)
    rebuilt_at = models.DateTimeField("reconstruit le", null=True, blank=True)
    rebuild_requested_at = models.DateTimeField("reconstruction demandée le", null=True, blank=True)
    last_seen_at = models.DateTimeField("dernier signe de vie", null=True, blank=True)
    worker_seen_at = models.DateTimeField("dernier passage d’un livreur", null=True, blank=True)
    failing_since = models.DateTimeField("en panne depuis", null=True, blank=True)
    retry_at = models.DateTimeField("nouvel essai après la panne", null=True, blank=True)
    last_error = models.TextField("dernière panne", blank=True)

    objects = IndexConsumerQuerySet.as_manager()

    class Meta:
        verbose_name = "index de recherche"
        verbose_name_plural = "index de recherche"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class OutboxEntry(models.Model):
    """One page, for one engine: how many times it changed, and the last of these changes the engine knows.

    ``delivered_version`` is what the index in use knows, ``previous_version`` what the one before it knew when it was
    replaced. A page that is set aside is tried again only when it changes, or when somebody asks.

    A row is never deleted, not even with its page: its version has to go on growing. There is no foreign key to the
    page for the same reason.
    """

    page_id = models.PositiveIntegerField("page")
    consumer = models.ForeignKey(IndexConsumer, verbose_name="index", on_delete=models.CASCADE, related_name="entries")
    version = models.PositiveBigIntegerField("version", default=0)
    delivered_version = models.PositiveBigIntegerField("version livrée", default=0)
    previous_version = models.PositiveBigIntegerField("version de l’index précédent", default=0)
    attempts = models.PositiveIntegerField("essais", default=0)
    changed_at = models.DateTimeField("modifié le", default=timezone.now)
    next_attempt_at = models.DateTimeField("prochain essai", default=timezone.now)
    set_aside_at = models.DateTimeField("mis de côté le", null=True, blank=True)
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


class Lease(models.Model):
    """A piece of work that one process of one host may do at a time, until ``expires_at`` unless it is renewed."""

    name = models.CharField("travail", max_length=150, unique=True)
    holder = models.CharField("détenteur", max_length=150, blank=True)
    expires_at = models.DateTimeField("expire le", default=timezone.now)

    class Meta:
        verbose_name = "travail réservé"
        verbose_name_plural = "travaux réservés"

    def __str__(self) -> str:
        return f"{self.name} : {self.holder or 'personne'}"
