"""Closed choices of a search. The values are what addresses show."""

from django.db import models


class Scope(models.TextChoices):
    """Which entries a chosen territory asks for."""

    ALL = "tous", "Ce territoire, puis plus large"
    WITHIN = "dans", "Ce territoire seulement"
    COVERING = "couvrant", "Plus large seulement"


class Sort(models.TextChoices):
    """Order of the results."""

    RELEVANCE = "pertinence", "Les plus pertinents"
    NEWEST = "recent", "Les plus récents"
    OLDEST = "ancien", "Les plus anciens"


class ThesaurusKind(models.TextChoices):
    """How the words of an entry of the thesaurus mean one another."""

    FAMILY = "famille", "Famille : chaque mot veut dire les autres"
    ONE_WAY = "sens-unique", "Sens unique : qui tape ces mots cherche aussi…"
