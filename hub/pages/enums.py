"""Closed lists shared by the pages."""

from django.db import models


class FigureQualifier(models.TextChoices):
    """How exact a figure is, in the words that precede it."""

    EXACT = "", "exactement"
    MORE_THAN = "plus-de", "plus de"
    LESS_THAN = "moins-de", "moins de"
    NEARLY = "pres-de", "près de"
    ABOUT = "environ", "environ"
