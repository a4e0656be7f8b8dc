"""Widgets of the step forms."""

from typing import Any

from django import forms
from django.urls import reverse

from hub.territories.names import normalise_name
from hub.vocabulary.models import Organisation
from hub.vocabulary.suggestions import organisation_coded
from hub.vocabulary.widgets import AudienceCheckboxes, VocabularyCheckboxes
from hub.widgets import ProjectTemplates


class StepCheckboxes(VocabularyCheckboxes):
    """A short vocabulary, with the State's check boxes."""

    template_name = "initiatives/space/widgets/checkboxes.html"

    def rows(self, options: list[dict[str, Any]]) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
        """Each option by the order of a French dictionary, which databases do not all follow: « É » among the E."""
        return super().rows(sorted(options, key=lambda option: normalise_name(str(option["label"]))))


class StepAudienceCheckboxes(AudienceCheckboxes):
    """The publics in two levels, with the State's check boxes."""

    template_name = "initiatives/space/widgets/checkboxes.html"


class OrganisationInput(ProjectTemplates, forms.TextInput):
    """One structure: a name that is typed, chosen among those that are known when a script runs."""

    template_name = "initiatives/space/widgets/organisation.html"

    class Media:
        css = {"all": ["hub/css/combobox.css"]}
        js = ["hub/js/combobox.js"]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        text = str(value or "")
        known = validated_structure(code=text)
        context = super().get_context(name, known.name if known else text, attrs)
        context["widget"]["code"] = text if known else ""
        context["widget"]["label"] = known.name if known else text
        context["widget"]["suggestions_url"] = reverse("space-organisation-suggestions")
        context["widget"]["attrs"].setdefault("autocomplete", "off")
        return context


def validated_structure(*, code: str) -> Organisation | None:
    """Return the structure of a code that may be shown to anybody: a validated one; ``None`` for another text."""
    key = organisation_coded(text=code)
    return None if key is None else Organisation.objects.validated().filter(pk=key).first()
