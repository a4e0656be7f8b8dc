from typing import Any

from django import forms

from initiatives.fields import FIELDS

MESSAGE_LENGTH = 5_000
REMARK_LENGTH = 2_000
_TOO_LONG = {"max_length": "Ce texte est trop long : %(limit_value)d caractères au plus (il en a %(show_value)d)."}


def _words(
    label: str,
    *,
    is_required: bool,
    length: int = MESSAGE_LENGTH,
    rows: int = 5,
    help_text: str = "",
    missing: str = "",
) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=is_required,
        max_length=length,
        help_text=help_text,
        widget=forms.Textarea(attrs={"class": "fr-input", "rows": rows}),
        error_messages={**_TOO_LONG, "required": missing},
    )


class SubmissionForm(forms.Form):
    message = _words("Message aux relecteurs", is_required=False, help_text="Ce qui change, ce que vous vous demandez.")


class ReasonForm(forms.Form):
    message = _words(
        "Pourquoi faut-il retirer la fiche ?",
        is_required=True,
        help_text="Par exemple : l’initiative est terminée, une autre fiche la remplace.",
        missing="Dites pourquoi la fiche doit être retirée.",
    )


class MessageForm(forms.Form):
    message = _words("Votre message", is_required=True, missing="Écrivez votre message.")


class ApprovalForm(forms.Form):
    comment = _words("Mot au partenaire", is_required=False, rows=3, help_text="Joint au courriel.")


class ReturnForm(forms.Form):
    text = _words("Commentaire général", is_required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in FIELDS.items():
            self.fields[f"remark-{name}"] = _words(field.label, is_required=False, length=REMARK_LENGTH, rows=2)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not any(cleaned.values()):
            self.add_error("text", "Dites au partenaire ce qu’il doit corriger, en général ou sur un champ.")
        return cleaned

    def remarks(self) -> dict[str, str]:
        return {name: self.cleaned_data[f"remark-{name}"] for name in FIELDS if self.cleaned_data[f"remark-{name}"]}


class UnpublicationForm(forms.Form):
    reason = _words("Mot au partenaire sur le retrait", is_required=False, rows=3, help_text="Joint au courriel.")


class QueueFilterForm(forms.Form):
    """What the queue of reviews is narrowed to; what it does not know is left out."""

    nature = forms.ChoiceField(
        label="Nature",
        required=False,
        choices=[("", "Toutes"), ("nouvelle", "Nouvelles"), ("mise-a-jour", "Mises à jour")],
    )
    q = forms.CharField(label="Titre ou structure", required=False, max_length=200)
