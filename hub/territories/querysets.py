"""Selections of territories."""

from collections.abc import Iterable
from typing import Self

from django.db import models


class TerritoryQuerySet(models.QuerySet):
    """Territories, as the rest of the hub asks for them."""

    def current(self) -> Self:
        """Territories that still exist: neither merged nor renumbered."""
        return self.filter(is_obsolete=False)

    def by_codes(self, codes: Iterable[str]) -> Self:
        """Territories of these typed codes (``commune-01004``), obsolete ones included; unknown codes are left out."""
        return self.filter(code__in=set(codes))
