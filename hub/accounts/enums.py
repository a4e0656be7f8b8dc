"""What a person may be to a structure, and where a request stands."""

from django.db import models


class MembershipRole(models.TextChoices):
    """What a member may do beside writing the structure's sheets."""

    OWNER = "owner", "Responsable"
    EDITOR = "editor", "Contributeur"


class AddressReason(models.TextChoices):
    """Why an address was rewritten or set aside when all were brought to one spelling."""

    TAKEN = "taken", "un autre compte a cette adresse"
    LOOK_ALIKE = "look-alike", "ressemble à une autre adresse du compte, et n’est pas elle"
    TWICE = "twice", "la même adresse, deux fois"
    UNUSABLE = "unusable", "n’est pas une adresse que le courrier transporte"
    REWRITTEN = "rewritten", "réécrite sans changer de destinataire"


class RequestState(models.TextChoices):
    """Where a request to join stands."""

    PENDING = "pending", "En attente"
    ACCEPTED = "accepted", "Acceptée"
    REFUSED = "refused", "Refusée"
