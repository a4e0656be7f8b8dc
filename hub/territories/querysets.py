"""Selections of territories."""

from django.db import models


class TerritoryQuerySet(models.QuerySet):
    """Territories, as the rest of the hub asks for them."""

    def current(self) -> "TerritoryQuerySet":
        """Territories that still exist: neither merged nor renumbered."""
        return self.filter(is_obsolete=False)
