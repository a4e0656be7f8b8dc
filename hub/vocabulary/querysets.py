"""Selections in the vocabularies."""

from datetime import date

from django.db import models
from django.db.models import Q


class GovernmentQuerySet(models.QuerySet):
    """Governments, by their time in office."""

    def in_office_on(self, *, day: date) -> "GovernmentQuerySet":
        """The government of a day; on a handover day, the one that leaves (its acts are dated before the handover)."""
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=day), started_on__lte=day).order_by("started_on")


class OrganisationQuerySet(models.QuerySet):
    """Structures, by whether Dihal knows them."""

    def validated(self) -> "OrganisationQuerySet":
        """Those that may be listed, suggested and have a page."""
        return self.filter(is_proposed=False)
