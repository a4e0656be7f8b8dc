"""Closed choices of a search. The values are what addresses show."""

from django.db import models


class Scope(models.TextChoices):
    """Which entries a chosen territory asks for."""

    ALL = "tous", "Sur ce territoire et les territoires qui le contiennent"
    WITHIN = "dans", "Sur ce territoire uniquement"
    COVERING = "couvrant", "Sur les territoires qui le contiennent"


class Sort(models.TextChoices):
    """Order of the results."""

    RELEVANCE = "pertinence", "Les plus pertinents"
    NEWEST = "recent", "Les plus récents"
    OLDEST = "ancien", "Les plus anciens"
