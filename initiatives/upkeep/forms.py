"""What people without an account write to the hub about a sheet, and what members ask of a partner."""

from typing import Any

from django import forms

from hub.mail.addresses import AddressFormField
from initiatives.enums import ConfirmationAnswer


class ErrorReportForm(forms.Form):
    """A reader says what is wrong. ``website`` is a trap: people do not see it, robots fill it."""

    text = forms.CharField(
        label="Ce qui est inexact",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6, "class": "fr-input"}),
        help_text="Dites quel passage, et ce qu’il faudrait y lire. 2 000 signes au plus.",
        error_messages={
            "required": "Dites ce qui est inexact.",
            "max_length": "Votre texte dépasse 2 000 signes : il en a %(show_value)d.",
        },
    )
    email = AddressFormField(
        label="Votre adresse électronique",
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "class": "fr-input"}),
        help_text="Pour une réponse. Elle n’est transmise qu’à la structure qui tient la fiche et à la Dihal.",
        error_messages={"invalid": "Écrivez une adresse complète, comme nom@exemple.fr, ou laissez le champ vide."},
    )
    website = forms.CharField(label="Laissez ce champ vide", required=False)

    @property
    def is_from_a_robot(self) -> bool:
        return bool(self.cleaned_data.get("website"))


class PartRequestForm(forms.Form):
    email = AddressFormField(
        label="Adresse électronique de la structure",
        widget=forms.EmailInput(attrs={"class": "fr-input", "autocomplete": "off"}),
        error_messages={
            "required": "Indiquez à quelle adresse écrire.",
            "invalid": "Écrivez une adresse complète, comme nom@exemple.fr.",
        },
    )


class PartAnswerForm(forms.Form):
    """A structure's answer about its part: a remark is asked of who does not agree."""

    YES = "oui"
    NO = "non"

    answer = forms.ChoiceField(
        label="Est-ce exact ?",
        choices=[(YES, "Oui, c’est exact"), (NO, "Non, c’est à corriger")],
        error_messages={
            "required": "Choisissez une réponse.",
            "invalid_choice": "Choisissez l’une des deux réponses.",
        },
    )
    remark = forms.CharField(
        label="Votre remarque",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "fr-input"}),
        help_text="Ce qui est à corriger, si vous avez répondu non. 1 000 signes au plus.",
        error_messages={"max_length": "Votre remarque dépasse 1 000 signes : elle en a %(show_value)d."},
    )
    # What the person read: forged or lost, the answer is asked again.
    statement = forms.CharField(required=False)

    def clean(self) -> dict[str, Any]:
        """Ask what is to be corrected of who says that something is."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("answer") == self.NO and not cleaned.get("remark") and "remark" not in self.errors:
            self.add_error("remark", "Dites ce qui est à corriger.")
        return cleaned


class ConfirmationForm(forms.Form):
    answer = forms.ChoiceField(choices=ConfirmationAnswer.choices)
