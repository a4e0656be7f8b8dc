"""Widgets of the step forms."""

from typing import Any

from django import forms
from django.forms.renderers import BaseRenderer
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from hub.vocabulary.models import Organisation
from hub.vocabulary.widgets import AudienceCheckboxes, VocabularyCheckboxes

# What the list of suggestions sends for a structure: a name may be made of digits (« 115 »).
STRUCTURE_CODE = "structure-"


class StepCheckboxes(VocabularyCheckboxes):
    """A short vocabulary, with the State's check boxes."""

    template_name = "initiatives/space/widgets/checkboxes.html"


class StepAudienceCheckboxes(AudienceCheckboxes):
    """The publics in two levels, with the State's check boxes."""

    template_name = "initiatives/space/widgets/checkboxes.html"


class OrganisationInput(forms.TextInput):
    """One structure: a name that is typed, chosen among those that are known when a script runs."""

    template_name = "initiatives/space/widgets/organisation.html"

    class Media:
        css = {"all": ["hub/css/combobox.css"]}
        js = ["hub/js/combobox.js"]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        text = str(value or "")
        known = organisation_coded(text)
        context = super().get_context(name, known.name if known else text, attrs)
        context["widget"]["code"] = text if known else ""
        context["widget"]["label"] = known.name if known else text
        context["widget"]["suggestions_url"] = reverse("sheet-organisation-suggestions")
        context["widget"]["attrs"].setdefault("autocomplete", "off")
        return context

    def _render(
        self,
        template_name: str,
        context: dict[str, Any],
        renderer: BaseRenderer | type[BaseRenderer] | None = None,  # noqa: ARG002 — Django's signature
    ) -> SafeString:
        return render_to_string(template_name, context)


def code_of(organisation_id: int) -> str:
    """Return how a structure is named in the form."""
    return f"{STRUCTURE_CODE}{organisation_id}"


def organisation_coded(text: str) -> Organisation | None:
    """Return the structure of a code that may be shown to anybody: a validated one; ``None`` for another text."""
    key = text.removeprefix(STRUCTURE_CODE)
    if key == text or not key.isascii() or not key.isdecimal() or len(key) > 12:  # noqa: PLR2004 — keys are shorter
        return None
    return Organisation.objects.validated().filter(pk=int(key)).first()
