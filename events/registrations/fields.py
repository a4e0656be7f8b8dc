"""What an editor says of the registrations to a workshop, on its page."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db import models
from django.utils import timezone
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel

from hub.french_fields import FrenchDateTimeField

PARIS = ZoneInfo("Europe/Paris")


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
