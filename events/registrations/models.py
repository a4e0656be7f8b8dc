"""Who comes to a workshop, who waits for a seat, who wants to hear of the opening."""

from typing import Self

from django.db import models
from django.utils import timezone

from hub.mail.addresses import AddressField

NAME_LENGTH = 120
STRUCTURE_LENGTH = 200
QUESTION_LENGTH = 1000


class RegistrationState(models.TextChoices):
    CONFIRMED = "inscrit", "Inscrit"
    WAITING = "attente", "Liste d’attente"
    CANCELLED = "annule", "Annulé"


class RegistrationQuerySet(models.QuerySet):
    def confirmed(self) -> Self:
        return self.filter(state=RegistrationState.CONFIRMED)

    def waiting(self) -> Self:
        """In the order in which seats are given."""
        return self.filter(state=RegistrationState.WAITING).order_by("state_since", "pk")

    def kept(self) -> Self:
        return self.exclude(state=RegistrationState.CANCELLED)


class Registration(models.Model):
    """One address at one workshop, whatever became of it: registered again, it is the same row.

    ``letters`` counts the mails written to the person, and is the SEQUENCE of the event they carry: it only grows.
    ``told`` is what the last of them said of the workshop (``events/registrations/mails.py``).
    """

    workshop = models.ForeignKey("events.WorkshopPage", on_delete=models.CASCADE, related_name="registrations")
    email = AddressField("adresse électronique")
    name = models.CharField("nom", max_length=NAME_LENGTH)
    structure = models.CharField("structure", max_length=STRUCTURE_LENGTH, blank=True)
    kind = models.ForeignKey(
        "vocabulary.OrganisationKind",
        verbose_name="type de structure",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    territory = models.ForeignKey(
        "territories.Territory",
        verbose_name="territoire",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    question = models.TextField("question aux intervenants", max_length=QUESTION_LENGTH, blank=True)
    wants_replay = models.BooleanField("prévenir quand le replay est en ligne", default=False)
    state = models.CharField("état", max_length=10, choices=RegistrationState.choices)
    state_since = models.DateTimeField("depuis le")
    created_at = models.DateTimeField("inscrit le", default=timezone.now)
    letters = models.PositiveIntegerField("courriels écrits", default=0)
    told = models.CharField("annoncé", max_length=64, blank=True)
    told_at = models.DateTimeField("dernier courriel", null=True, blank=True)
    reminded_at = models.DateTimeField("rappelé le", null=True, blank=True)
    replay_told_at = models.DateTimeField("prévenu du replay le", null=True, blank=True)
    is_present = models.BooleanField("présent", null=True, blank=True)
    minutes_present = models.PositiveIntegerField("minutes de présence", null=True, blank=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = "inscription"
        verbose_name_plural = "inscriptions"
        ordering = ["workshop", "state_since", "pk"]
        constraints = [models.UniqueConstraint(fields=["workshop", "email"], name="one_registration_an_address")]
        indexes = [models.Index(fields=["workshop", "state", "state_since"], name="registrations_by_state")]

    def __str__(self) -> str:
        # Shown where a vocabulary says what uses it: never a name.
        return f"Inscription n° {self.pk}"


class OpeningNotice(models.Model):
    """An address to be told, once, that registrations are open; then the row is deleted."""

    workshop = models.ForeignKey("events.WorkshopPage", on_delete=models.CASCADE, related_name="opening_notices")
    email = AddressField("adresse électronique")
    created_at = models.DateTimeField("demandé le", default=timezone.now)

    class Meta:
        verbose_name = "demande d’être prévenu"
        verbose_name_plural = "demandes d’être prévenu"
        ordering = ["created_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["workshop", "email"], name="one_opening_notice_an_address")]

    def __str__(self) -> str:
        return f"Demande n° {self.pk}"
