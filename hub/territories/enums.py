"""Kinds of territories, from the smallest to the largest."""

from django.db import models


class TerritoryKind(models.TextChoices):
    """The value is also the first part of a territory's typed code (``commune-01004``)."""

    ARRONDISSEMENT = "arrondissement", "Arrondissement municipal"
    COMMUNE = "commune", "Commune"
    EPCI = "epci", "Intercommunalité (EPCI)"
    DEPARTEMENT = "departement", "Département"
    REGION = "region", "Région"
    COLLECTIVITE = "collectivite", "Collectivité d’outre-mer"
    PAYS = "pays", "France entière"

    @property
    def rank(self) -> int:
        """Scale, from 1 (smallest) to 6. An overseas collectivity stands where a département does."""
        return _RANKS[self]


_RANKS = {
    TerritoryKind.ARRONDISSEMENT: 1,
    TerritoryKind.COMMUNE: 2,
    TerritoryKind.EPCI: 3,
    TerritoryKind.DEPARTEMENT: 4,
    TerritoryKind.COLLECTIVITE: 4,
    TerritoryKind.REGION: 5,
    TerritoryKind.PAYS: 6,
}
