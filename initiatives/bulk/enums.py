"""What became of a line."""

from django.db import models


class Outcome(models.TextChoices):
    """From the file to the hub."""

    CREATED = "created", "créée"
    UPDATED = "updated", "mise à jour"
    SUBMITTED = "submitted", "envoyée en relecture"
    UNCHANGED = "unchanged", "inchangée"
    REFUSED = "refused", "refusée"
