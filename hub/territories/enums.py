"""Kinds of territories, from the smallest to the largest."""

from django.db import models


class TerritoryKind(models.TextChoices):
    """The value is also the first part of a territory's typed code (``commune-01004``)."""

    ARRONDISSEMENT = "arrondissement", "Arrondissement municipal"
    COMMUNE = "commune", "Commune"
    EPCI = "epci", "Intercommunalité (EPCI)"
    DEPARTEMENT = "departement", "Département"
    REGION = "region", "Région"
    COLLECTIVITE = "collectivite", "Collectivité d'outre-mer"
    PAYS = "pays", "France entière"
