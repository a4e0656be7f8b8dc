from django.db import models


class InitiativeStatus(models.TextChoices):
    PLANNED = "projet", "En projet"
    RUNNING = "en-cours", "En cours"
    PERMANENT = "perennisee", "Pérennisée"
    ENDED = "terminee", "Terminée"


class PartnershipRole(models.TextChoices):
    LEAD = "porteur", "Porteur"
    CO_LEAD = "co-porteur", "Co-porteur"
    FUNDER = "financeur", "Financeur"
    PARTNER = "partenaire", "Partenaire"


class SheetState(models.TextChoices):
    """Where a sheet stands, as its partner reads it."""

    DRAFT = "draft", "Brouillon"
    IN_REVIEW = "in_review", "En relecture"
    TO_CORRECT = "to_correct", "À corriger"
    ONLINE = "online", "En ligne"
    ONLINE_CHANGING = "online_changing", "En ligne, mise à jour en préparation"
    ONLINE_IN_REVIEW = "online_in_review", "En ligne, mise à jour en relecture"
    ONLINE_TO_CORRECT = "online_to_correct", "En ligne, mise à jour à corriger"
    RETIRED = "retired", "Retirée du site"
    ARCHIVED = "archived", "Archivée"

    @property
    def unsent(self) -> str:
        """What is said of a text that Dihal has not received, wherever it is left; empty when there is none."""
        return _UNSENT.get(self, "")


_UNSENT = {
    SheetState.DRAFT: "Pas encore envoyée.",
    SheetState.TO_CORRECT: "Correction pas encore envoyée.",
    SheetState.ONLINE_CHANGING: "Mise à jour pas encore envoyée.",
    SheetState.ONLINE_TO_CORRECT: "Correction pas encore envoyée.",
}


class ExchangeKind(models.TextChoices):
    SUBMITTED = "submitted", "Envoyée en relecture"
    WITHDRAWN = "withdrawn", "Relecture annulée"
    RETURNED = "returned", "Renvoyée pour correction"
    REMARK = "remark", "Remarque sur un champ"
    APPROVED = "approved", "Approuvée et publiée"
    MESSAGE = "message", "Message"
    UNPUBLICATION_ASKED = "unpublication_asked", "Retrait demandé"
    UNPUBLISHED = "unpublished", "Retirée du site"
    CONFIRMATION_ASKED = "confirmation_asked", "Confirmation demandée"
    CONFIRMED = "confirmed", "Confirmée toujours d’actualité"
    ARCHIVED = "archived", "Archivée"
    PART_CONFIRMED = "part_confirmed", "Participation confirmée par un partenaire"
    PART_DISPUTED = "part_disputed", "Participation contestée par un partenaire"
    ERROR_REPORTED = "error_reported", "Erreur signalée par un lecteur"

    @property
    def act(self) -> str:
        """What happened, to be followed by who did it: « Erreur signalée », « Participation confirmée »."""
        return str(self.label).partition(" par un ")[0]


class ReportState(models.TextChoices):
    NEW = "new", "À traiter"
    CLOSED = "closed", "Traité"


class ConfirmationAnswer(models.TextChoices):
    """What a member answers to « Est-ce toujours vrai ? »."""

    TRUE = "vrai", "Oui, la fiche est toujours d’actualité"
    UPDATE = "a-mettre-a-jour", "Non, elle est à mettre à jour"
    ARCHIVE = "a-archiver", "Non, l’initiative n’existe plus : archiver la fiche"


class ImportOutcome(models.TextChoices):
    """What became of a line of a file of sheets."""

    CREATED = "created", "créée"
    UPDATED = "updated", "mise à jour"
    SUBMITTED = "submitted", "envoyée en relecture"
    UNCHANGED = "unchanged", "inchangée"
    REFUSED = "refused", "refusée"


class ImportPhase(models.TextChoices):
    """Where an import made from the administration stands."""

    CHECKING = "checking", "Vérification en cours"
    CHECKED = "checked", "Vérifié, rien n’est encore écrit"
    IMPORTING = "importing", "Import en cours"
    DONE = "done", "Terminé"
