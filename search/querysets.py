"""Selections of the outbox."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F


class OutboxEntryQuerySet(models.QuerySet):
    """Rows of the outbox, as deliveries ask for them."""

    def of(self, *, consumer: str) -> Self:
        """Rows of the engine ``consumer``."""
        return self.filter(consumer__name=consumer)

    def pending(self) -> Self:
        """Rows whose last change has not reached the engine."""
        return self.filter(version__gt=F("delivered_version"))

    def due(self, *, now: datetime) -> Self:
        """Pending rows that may be tried now, the oldest change first."""
        return self.pending().filter(next_attempt_at__lte=now).order_by("next_attempt_at", "page_id")
