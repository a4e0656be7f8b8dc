"""The form by which a visitor says what they were looking for."""

from django import forms
from django.core.exceptions import ValidationError

from search.analysis import clean
from search.unanswered.models import MAX_LENGTH
from search.unanswered.personal_data import has_personal_data


class TellUsForm(forms.Form):
    """What somebody was looking for. ``website`` is a trap: people do not see it, robots fill it."""

    text = forms.CharField(
        label="Ce que vous cherchiez",
        max_length=MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5, "class": "fr-input"}),
        help_text=f"Quel public, quelle situation, quel territoire ? {MAX_LENGTH} signes au plus. N’écrivez ni nom, ni "
        "adresse, ni numéro de téléphone : personne ne pourra vous répondre.",
        error_messages={
            "required": "Dites ce que vous cherchiez.",
            "max_length": f"Votre texte dépasse {MAX_LENGTH} signes : il en a %(show_value)d.",
        },
    )
    website = forms.CharField(label="Laissez ce champ vide", required=False)

    def clean_text(self) -> str:
        """Refuse what tells who somebody is: it would be kept for nothing.

        Raises:
            ValidationError: with a message for the visitor.
        """
        text = clean(self.cleaned_data["text"]).strip()
        if not any(map(str.isalnum, text)):
            raise ValidationError("Dites ce que vous cherchiez.", code="required")
        if has_personal_data(text):
            raise ValidationError(
                "Votre texte contient une adresse électronique ou un numéro de téléphone : retirez-le. Ce texte est "
                "gardé sans rien qui dise qui vous êtes.",
                code="personal",
            )
        return text

    @property
    def is_from_a_robot(self) -> bool:
        """Whether the trap was filled."""
        return bool(self.data.get("website"))
