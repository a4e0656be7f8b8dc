"""Closed choices of a search. The values are what addresses show."""

from django.db import models


class Scope(models.TextChoices):
    """Which entries a chosen territory asks for."""

    ALL = "tous", "Ce territoire et ceux qui le contiennent"
    WITHIN = "dans", "Dans ce territoire seulement"
    COVERING = "couvrant", "Ceux qui le contiennent seulement"


class Sort(models.TextChoices):
    """Order of the results."""

    RELEVANCE = "pertinence", "Les plus pertinents"
    NEWEST = "recent", "Les plus récents"
    OLDEST = "ancien", "Les plus anciens"
