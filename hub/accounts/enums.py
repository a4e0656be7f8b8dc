"""What a person may be to a structure, and where a request stands."""

from django.db import models


class MembershipRole(models.TextChoices):
    """What a member may do beside writing the structure's sheets."""

    OWNER = "owner", "Responsable"
    EDITOR = "editor", "Contributeur"


class RequestState(models.TextChoices):
    """Where a request to join stands."""

    PENDING = "pending", "En attente"
    ACCEPTED = "accepted", "Acceptée"
    REFUSED = "refused", "Refusée"
