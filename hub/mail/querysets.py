"""Which mails are due."""

from datetime import datetime

from django.db import models
from django.db.models import Q


class OutgoingMailQuerySet(models.QuerySet):
    """Mails by what remains to do with them."""

    def waiting(self) -> "OutgoingMailQuerySet":
        """Mails that no server has accepted yet, and that were not given up."""
        return self.filter(sent_at__isnull=True, given_up_at__isnull=True)

    def due(self, *, now: datetime) -> "OutgoingMailQuerySet":
        """Mails to hand over now: their time has come and nobody is handing them over."""
        return (
            self.waiting()
            .filter(next_attempt_at__lte=now)
            .filter(Q(claimed_until__isnull=True) | Q(claimed_until__lt=now))
            .order_by("next_attempt_at", "pk")
        )
