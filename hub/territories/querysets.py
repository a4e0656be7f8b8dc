"""Selections of territories."""

from collections.abc import Iterable
from typing import Self

from django.db import models

from hub.territories.codes import is_typed_code


class TerritoryQuerySet(models.QuerySet):
    """Territories, as the rest of the hub asks for them."""

    def current(self) -> Self:
        """Territories that still exist: neither merged nor renumbered."""
        return self.filter(is_obsolete=False)

    def by_codes(self, codes: Iterable[str]) -> Self:
        """Territories of these typed codes (``commune-01004``), obsolete ones included; any other text is left out.

        Texts that are no code never reach the database, which may refuse some (PostgreSQL and NUL).
        """
        return self.filter(code__in={code for code in codes if is_typed_code(code)})
