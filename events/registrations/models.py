"""Who comes to a workshop, who waits for a seat, who wants to hear of the opening."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from django import forms
from django.db import models
from django.utils import timezone
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel

from hub.french_fields import FrenchDateTimeField
from hub.mail.addresses import AddressField

PARIS = ZoneInfo("Europe/Paris")
NAME_LENGTH = 120
STRUCTURE_LENGTH = 200
QUESTION_LENGTH = 1000


class ParisMomentFormField(FrenchDateTimeField):
    """The hour of Paris, wherever the editor is: that of the workshop, and of those who register."""

    def to_python(self, value: Any) -> datetime | None:
        with timezone.override(PARIS):
            return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        with timezone.override(PARIS):
            return super().prepare_value(value)


class ParisMomentField(models.DateTimeField):
    def formfield(self, **kwargs: Any) -> forms.Field | None:
        return super().formfield(**{**kwargs, "form_class": ParisMomentFormField})


class TakesRegistrations(models.Model):
    """What an editor says of the registrations to a workshop, on its page."""

    takes_registrations = models.BooleanField(
        "inscriptions sur ce site",
        default=False,
        help_text="Un formulaire s’ouvre sur la page de l’atelier. Sans cela, donnez le lien d’un autre formulaire.",
    )
    registration_capacity = models.PositiveIntegerField(
        "nombre de places",
        null=True,
        blank=True,
        help_text="Vide : sans limite. Au-delà, une liste d’attente. Réduire ce nombre n’enlève sa place à personne.",
    )
    registration_opens_at = ParisMomentField(
        "ouverture des inscriptions", null=True, blank=True, help_text="Heure de Paris. Vide : dès la publication."
    )
    registration_closes_at = ParisMomentField(
        "clôture des inscriptions", null=True, blank=True, help_text="Heure de Paris. Vide : au début de l’atelier."
    )

    class Meta:
        abstract = True


def registration_panel() -> MultiFieldPanel:
    return MultiFieldPanel(
        [
            FieldPanel("registration_url"),
            FieldRowPanel([FieldPanel("takes_registrations"), FieldPanel("registration_capacity")]),
            FieldRowPanel([FieldPanel("registration_opens_at"), FieldPanel("registration_closes_at")]),
            HelpPanel(
                content="<p>Les personnes inscrites sont prévenues par courriel de tout changement de date, d’heure, "
                "de lieu ou de lien que vous publiez, et de l’annulation.</p>"
            ),
        ],
        heading="Inscriptions",
    )


def registration_problems(values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (field, sentence) for what an editor said of registrations that cannot hold together."""
    takes, url = values.get("takes_registrations"), values.get("registration_url")
    opens, closes = values.get("registration_opens_at"), values.get("registration_closes_at")
    starts_on: date | None = values.get("starts_on")
    last_day: date | None = values.get("ends_on") or starts_on
    if takes and url:
        yield "registration_url", "Choisissez : les inscriptions sur ce site, ou le lien d’un autre formulaire."
    if values.get("registration_capacity") == 0:
        yield "registration_capacity", "Zéro place n’accueille personne. Laissez vide pour ne pas limiter."
    if takes and not starts_on:
        yield "takes_registrations", "Donnez d’abord la date de l’atelier : elle est dans les courriels."
    if opens and closes and closes <= opens:
        yield "registration_closes_at", "La clôture doit suivre l’ouverture."
    if opens and last_day and opens.astimezone(PARIS).date() > last_day:
        yield "registration_opens_at", "Les inscriptions s’ouvriraient après l’atelier."
    if closes and last_day and closes.astimezone(PARIS).date() > last_day:
        yield "registration_closes_at", "Les inscriptions se cloraient après l’atelier."


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
