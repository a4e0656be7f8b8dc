"""Closed choices of a search. The values are what addresses show."""

from django.db import models


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
