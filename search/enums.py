"""Closed choices of a search. The values are what addresses show."""

from enum import Enum

from django.db import models


class Shelf(Enum):
    """What a search looks among: the entries of the catalogue, or the moments of their recordings."""

    ENTRIES = "entries"
    MOMENTS = "moments"


class Scope(models.TextChoices):
    ALL = "tous", "Ce territoire, puis plus large"
    WITHIN = "dans", "Ce territoire seulement"
    COVERING = "couvrant", "Plus large seulement"


class Sort(models.TextChoices):
    RELEVANCE = "pertinence", "Les plus pertinents"
    NEWEST = "recent", "Les plus récents"
    OLDEST = "ancien", "Les plus anciens"


class ThesaurusKind(models.TextChoices):
    FAMILY = "famille", "Famille : chaque mot veut dire les autres"
    ONE_WAY = "sens-unique", "Sens unique : qui tape ces mots cherche aussi…"
