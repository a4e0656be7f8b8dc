"""Which mails are due, and which are given up."""

from datetime import datetime
from typing import Self

from django.db import connection, models
from django.db.models import F, Q


class OutgoingMailQuerySet(models.QuerySet):
    """Mails by what remains to do with them."""

    def waiting(self) -> Self:
        """Mails that no server has accepted yet, and that were not given up."""
        return self.filter(sent_at__isnull=True, given_up_at__isnull=True)

    def due(self, *, now: datetime) -> Self:
        """Mails to hand over now: their time has come and nobody is handing them over.

        Those that soon lose their meaning come first: a person waits for a sign-in code, however many other mails wait.
        """
        return (
            self.waiting()
            .filter(next_attempt_at__lte=now)
            .filter(Q(claimed_until__isnull=True) | Q(claimed_until__lt=now))
            .order_by(F("expires_at").asc(nulls_last=True), "next_attempt_at", "pk")
        )

    def given_up(self) -> Self:
        """Mails that will not leave by themselves, the last given up first."""
        return self.filter(given_up_at__isnull=False).order_by("-given_up_at", "-pk")

    def nobody_else_holds(self) -> Self:
        """Hold these rows until the end of the transaction, without waiting for those that another one holds."""
        return self.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)

    def finished_before(self, *, moment: datetime) -> Self:
        """Mails accepted or given up before ``moment``."""
        return self.filter(Q(sent_at__lt=moment) | Q(given_up_at__lt=moment))
