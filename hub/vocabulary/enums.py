"""Closed lists of the vocabulary."""

from django.db import models


class GovernmentTitle(models.TextChoices):
    """How the head of a government is called in the notice of the pages."""

    PREMIER_MINISTRE = "premier-ministre", "Premier ministre"
    PREMIERE_MINISTRE = "premiere-ministre", "Première ministre"
