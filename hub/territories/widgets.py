"""Typing territories in a form: one or several, out of 38,000, without a list of 38,000 options.

Both widgets are plain text fields that ``combobox.js`` turns into comboboxes. Without JavaScript, names, postcodes or
codes are typed and the form field resolves them on the server.
"""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from hub.territories.models import Territory
from hub.widgets import ProjectTemplates

# A comma may be part of a name ("CC de Granville, Terre et Mer").
SEPARATOR = re.compile(r"[;\n\r]+")


class _ComboboxWidget(ProjectTemplates, forms.Widget):
    """What both widgets share: the project's templates, and the script."""

    class Media:
        css = {"all": ["hub/css/combobox.css"]}
        js = ["hub/js/combobox.js"]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["suggestions_url"] = reverse("territory-suggestions")
        # The script needs one, even in a form without automatic identifiers.
        context["widget"]["attrs"].setdefault("id", f"id_{name}")
        context["widget"]["attrs"].setdefault("autocomplete", "off")
        return context


class TerritoryPicker(_ComboboxWidget):
    """Several territories: those chosen, each with a box to untick, and a field to add others.

    Its value is a list of typed codes and, when something was not understood, of texts as they were typed.
    """

    template_name = "territories/widgets/picker.html"

    def value_from_datadict(
        self,
        data: Mapping[str, Any],
        files: MultiValueDict[str, Any],  # noqa: ARG002 — Django's signature
        name: str,
    ) -> list[str]:
        sent = data.getlist(name) if isinstance(data, MultiValueDict) else data.get(name) or []
        texts = [sent] if isinstance(sent, str) else sent
        return [part.strip() for text in texts for part in SEPARATOR.split(str(text)) if part.strip()]

    def use_required_attribute(self, initial: Any) -> bool:  # noqa: ARG002 — Django's signature
        """The text field may be empty once something is chosen."""
        return False

    def value_omitted_from_data(self, *_arguments: Any) -> bool:
        """Every box unticked sends nothing, and means no territory."""
        return False

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        values = [str(item) for item in value or []]
        territories = {territory.code: territory for territory in Territory.objects.by_codes(values)}
        context = super().get_context(name, None, attrs)
        context["widget"]["chosen"] = [territories[item] for item in dict.fromkeys(values) if item in territories]
        context["widget"]["typed"] = "; ".join(item for item in dict.fromkeys(values) if item not in territories)
        return context


class TerritorySelect(_ComboboxWidget):
    """One territory. Its value is a typed code or, when it was not understood, the text as it was typed."""

    template_name = "territories/widgets/select.html"

    def value_from_datadict(
        self,
        data: Mapping[str, Any],
        files: MultiValueDict[str, Any],  # noqa: ARG002 — Django's signature
        name: str,
    ) -> str:
        return str(data.get(name) or "").strip()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        text = str(value or "")
        territory = Territory.objects.by_codes([text]).first()
        context = super().get_context(name, None, attrs)
        context["widget"]["code"] = territory.code if territory else ""
        context["widget"]["text"] = str(territory) if territory else text
        return context
