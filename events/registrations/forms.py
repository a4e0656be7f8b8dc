"""What a person without an account writes to come to a workshop."""

import re
from typing import Any

from django import forms
from django.conf import settings

from events.registrations.models import NAME_LENGTH, QUESTION_LENGTH, STRUCTURE_LENGTH, Registration
from hub.mail.addresses import AddressFormField
from hub.territories.forms import TerritoryChoiceField, TerritorySelect
from hub.vocabulary.models import OrganisationKind

# What nobody types, and a table or a calendar would stumble on; line breaks of a long text are kept.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029]")


class LineField(forms.CharField):
    """A text of one line, whatever was sent."""

    def to_python(self, value: Any) -> str:
        return " ".join(_CONTROLS.sub(" ", str(super().to_python(value) or "")).split())


class ParagraphField(forms.CharField):
    """A browser counts a line break as one character, and sends two."""

    def to_python(self, value: Any) -> str:
        return _CONTROLS.sub(" ", str(super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n"))


def _address_field(*, why: str) -> AddressFormField:
    return AddressFormField(
        label="Adresse électronique",
        widget=forms.EmailInput(attrs={"class": "fr-input", "autocomplete": "email"}),
        help_text=why,
        error_messages={
            "required": "Écrivez votre adresse électronique.",
            "invalid": "Écrivez une adresse complète, comme nom@exemple.fr.",
        },
    )


class TrappedForm(forms.Form):
    """``website`` is a trap: people do not see it, robots fill it."""

    website = forms.CharField(label="Laissez ce champ vide", required=False)

    @property
    def is_from_a_robot(self) -> bool:
        return bool(self.data.get("website"))


class AnswersForm(forms.Form):
    """What a person says of herself; ``answers`` are the fields of a registration."""

    name = LineField(
        label="Prénom et nom",
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"class": "fr-input", "autocomplete": "name"}),
        error_messages={
            "required": "Écrivez votre prénom et votre nom.",
            "max_length": f"Votre nom dépasse {NAME_LENGTH} signes : il en a %(show_value)d.",
        },
    )
    structure = LineField(
        label="Structure",
        required=False,
        max_length=STRUCTURE_LENGTH,
        widget=forms.TextInput(attrs={"class": "fr-input", "autocomplete": "organization"}),
        help_text="Facultatif. Celle pour laquelle vous travaillez.",
        error_messages={
            "max_length": f"Le nom de la structure dépasse {STRUCTURE_LENGTH} signes : il en a %(show_value)d."
        },
    )
    kind = forms.ModelChoiceField(
        label="Type de structure",
        queryset=OrganisationKind.objects.all(),
        required=False,
        empty_label="Choisir un type",
        widget=forms.Select(attrs={"class": "fr-select"}),
        help_text="Facultatif. Il dit qui vient, dans le compte rendu.",
        error_messages={"invalid_choice": "Choisissez un type de la liste."},
    )
    territory = TerritoryChoiceField(
        label="Territoire",
        required=False,
        help_text="Facultatif : là où vous travaillez. Nom, code postal ou numéro de département.",
        widget=TerritorySelect(attrs={"class": "fr-input"}),
    )
    question = ParagraphField(
        label="Une question aux intervenants",
        required=False,
        max_length=QUESTION_LENGTH,
        widget=forms.Textarea(attrs={"class": "fr-input", "rows": 4}),
        help_text="Facultatif. La Dihal la leur transmet sans votre nom. 1 000 signes au plus.",
        error_messages={"max_length": "Votre question dépasse 1 000 signes : elle en a %(show_value)d."},
    )
    wants_replay = forms.BooleanField(label="Prévenez-moi quand le replay est en ligne", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # A browser would cut what is pasted, and say nothing.
            field.widget.attrs.pop("maxlength", None)

    @property
    def answers(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in AnswersForm.base_fields}

    @classmethod
    def of(cls, registration: Registration) -> "AnswersForm":
        return cls(initial={name: getattr(registration, name) for name in AnswersForm.base_fields})


class RegistrationForm(AnswersForm, TrappedForm):
    email = _address_field(why="Votre confirmation, le lien de connexion et les changements y sont envoyés.")

    field_order = ("name", "email")

    @property
    def kept_days(self) -> int:
        return int(settings.REGISTRATIONS_KEPT_DAYS)


class OpeningNoticeForm(TrappedForm):
    email = _address_field(why="Elle ne sert qu’à vous prévenir, une fois, puis elle est effacée.")
