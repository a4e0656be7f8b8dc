from django.db import models


class WorkshopFormat(models.TextChoices):
    ONLINE = "en-ligne", "En ligne"
    ON_SITE = "sur-place", "Sur place"
    HYBRID = "hybride", "Sur place et en ligne"


class WorkshopStage(models.TextChoices):
    """Where a workshop stands in its life, derived from the time it is and from what its page holds."""

    ANNOUNCED = "annonce", "À venir"
    TODAY = "aujourdhui", "Aujourd’hui"
    HELD = "tenu", "Compte rendu à venir"
    RECAP_PUBLISHED = "compte-rendu", "Compte rendu publié"
    REPLAY_ONLINE = "replay", "Replay en ligne"


class WorkshopFate(models.TextChoices):
    """What became of a workshop that was announced."""

    CANCELLED = "annule", "Annulé"
    POSTPONED = "reporte", "Reporté"


# Those of a workshop that is not over.
STAGES_TO_COME = (WorkshopStage.ANNOUNCED, WorkshopStage.TODAY)


class TranscriptStatus(models.TextChoices):
    """Whether somebody has read a transcript again since a machine or a person wrote it down."""

    REVIEWED = "relue", "relue"
    AUTOMATIC = "automatique", "automatique, non relue"
