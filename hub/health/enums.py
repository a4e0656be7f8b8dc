"""The colours of a light."""

from django.db import models


class Light(models.TextChoices):
    """What a probe says: from what needs nothing to what a visitor notices."""

    OK = "ok", "Tout va bien"
    DEGRADED = "degraded", "À regarder : les visiteurs ne le voient pas"
    DOWN = "down", "En panne : les visiteurs le voient"
