"""Choosing one structure out of hundreds, by typing."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from hub.vocabulary.models import Organisation
from hub.vocabulary.suggestions import organisation_named
from hub.widgets import ProjectTemplates

_SHOWN_LENGTH = 80


class OrganisationSelect(ProjectTemplates, forms.TextInput):
    """One structure. Its value is a key or, when it was not understood, the text as it was typed.

    Without JavaScript the name, or another name, is typed in full.
    """

    template_name = "vocabulary/widgets/organisation_select.html"

    class Media:
        css = {"all": ["hub/css/combobox.css"]}
        js = ["hub/js/combobox.js"]

    def value_from_datadict(
        self,
        data: Mapping[str, Any],
        files: MultiValueDict[str, Any],  # noqa: ARG002 — Django's signature
        name: str,
    ) -> str:
        return str(data.get(name) or "").strip()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        text = str(value or "")
        organisation = Organisation.objects.filter(pk=int(text)).first() if _is_key(text) else None
        context = super().get_context(name, None, attrs)
        context["widget"]["code"] = str(organisation.pk) if organisation else ""
        context["widget"]["text"] = organisation.name if organisation else text
        context["widget"]["suggestions_url"] = reverse("organisation-suggestions")
        context["widget"]["attrs"].setdefault("id", f"id_{name}")
        return context


class OrganisationChoiceField(forms.ModelChoiceField):
    """A structure of the list, given by its key or its name."""

    widget = OrganisationSelect
    default_error_messages = {
        "required": "Choisissez une structure.",
        "unknown": "« %(text)s » n’est pas le nom d’une structure de la liste, ou en désigne plusieurs.",
    }

    def __init__(self, **options: Any) -> None:
        options.setdefault("queryset", Organisation.objects.all())
        super().__init__(**options)

    def to_python(self, value: Any) -> Organisation | None:
        text = str(value or "").strip()
        if not text:
            return None
        key = int(text) if _is_key(text) else organisation_named(text=text)
        known = self.queryset if self.queryset is not None else Organisation.objects.all()
        found: Organisation | None = known.filter(pk=key).first() if key is not None else None
        if found is None:
            raise ValidationError(self.error_messages["unknown"], code="unknown", params={"text": text[:_SHOWN_LENGTH]})
        return found

    def validate(self, value: Any) -> None:
        """Only whether it is required: ``to_python`` has checked the rest."""
        forms.Field.validate(self, value)


def _is_key(text: str) -> bool:
    """Whether a text can be the key of a row: digits, no more than a database keeps."""
    return text.isascii() and text.isdecimal() and len(text) <= 18  # noqa: PLR2004 — 2**63 has 19 digits
