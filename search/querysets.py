"""Selections of the outbox, and the locks that its writers take."""

from datetime import datetime
from typing import Self, TypeVar

from django.db import connection, models
from django.db.models import F, Q

_Rows = TypeVar("_Rows", bound=models.QuerySet)


def locked_elsewhere_skipped(rows: _Rows) -> _Rows:
    """Hold these rows until the end of the transaction, leaving out those that another transaction holds."""
    return rows.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)


class IndexConsumerQuerySet(models.QuerySet):
    """Engines that keep an index."""

    def locked(self) -> Self:
        """Hold these rows until the end of the transaction, without stopping those who note changes for them."""
        return self.select_for_update(no_key=connection.features.has_select_for_no_key_update)

    def answering(self, *, now: datetime) -> Self:
        """Engines that may be tried now: they did not just fail."""
        return self.filter(Q(retry_at=None) | Q(retry_at__lte=now))


class OutboxEntryQuerySet(models.QuerySet):
    """Rows of the outbox, as deliveries ask for them."""

    def of(self, *, consumer: str) -> Self:
        """Rows of the engine ``consumer``."""
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
        """Owed rows that may be tried now, the oldest change first."""
        return self.owed().filter(next_attempt_at__lte=now).order_by("next_attempt_at", "page_id")

    def nobody_else_holds(self) -> Self:
        """Hold these rows until the end of the transaction, without waiting for those that another one holds."""
        return locked_elsewhere_skipped(self)
