"""Closed lists of the sheets."""

from django.db import models


class InitiativeStatus(models.TextChoices):
    """Where an initiative stands."""

    PLANNED = "projet", "En projet"
    RUNNING = "en-cours", "En cours"
    PERMANENT = "perennisee", "Pérennisée"
    ENDED = "terminee", "Terminée"


class PartnershipRole(models.TextChoices):
    """How an organisation takes part."""

    LEAD = "porteur", "Porteur"
    CO_LEAD = "co-porteur", "Co-porteur"
    FUNDER = "financeur", "Financeur"
    PARTNER = "partenaire", "Partenaire"
