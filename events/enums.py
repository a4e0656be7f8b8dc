"""Closed lists of the workshops."""

from django.db import models


class WorkshopFormat(models.TextChoices):
    """How people attend."""

    ONLINE = "en-ligne", "En ligne"
    ON_SITE = "sur-place", "Sur place"
    HYBRID = "hybride", "Sur place et en ligne"


class WorkshopStage(models.TextChoices):
    """Where a workshop stands in its life, derived from what its page holds."""

    ANNOUNCED = "annonce", "À venir"
    HELD = "tenu", "Compte rendu à venir"
    RECAP_PUBLISHED = "compte-rendu", "Compte rendu publié"
    REPLAY_ONLINE = "replay", "Replay en ligne"
