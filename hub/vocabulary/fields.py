from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from hub.territories.names import normalise_name
from hub.vocabulary.models import Organisation
from hub.vocabulary.suggestions import organisation_named
from hub.widgets import ProjectTemplates


class VocabularyCheckboxes(ProjectTemplates, forms.CheckboxSelectMultiple):
    """A short vocabulary, all of it in view, one box an entry, in columns."""

    template_name = "vocabulary/widgets/checkboxes.html"

    class Media:
        css = {"all": ["hub/css/vocabulary-admin.css"]}

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        options = [option for _group, options, _index in context["widget"]["optgroups"] for option in options]
        context["widget"]["rows"] = self.rows(options)
        return context

    def rows(self, options: list[dict[str, Any]]) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
        """Each option of the first level with those under it: here, none."""
        return [(option, []) for option in options]


class AudienceCheckboxes(VocabularyCheckboxes):
    """The publics in two levels: each followed by the narrower ones, « Étudiants » among the E."""

    def rows(self, options: list[dict[str, Any]]) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
        options = sorted(options, key=_alphabetical)
        narrower: dict[int, list[dict[str, Any]]] = {}
        for option in options:
            if (parent := option["value"].instance.parent_id) is not None:
                narrower.setdefault(parent, []).append(option)
        return [
            (option, narrower.get(option["value"].value, []))
            for option in options
            if option["value"].instance.parent_id is None
        ]


class _StructureWidget(ProjectTemplates, forms.Widget):
    class Media:
        css = {"all": ["hub/css/combobox.css"]}
        js = ["hub/js/combobox.js"]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["suggestions_url"] = reverse("organisation-suggestions")
        context["widget"]["attrs"].setdefault("id", f"id_{name}")
        return context


class OrganisationPicker(_StructureWidget):
    """Several structures: those chosen, each with a box to untick, and a field to add others by typing.

    Its value is a list of keys. Without JavaScript a name, or another name, is typed in full; one that means no
    structure, or several, is given back as it was typed and refused by the field.
    """

    template_name = "vocabulary/widgets/organisation_picker.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:  # noqa: ARG002 — Django's signature
        sent = data.getlist(name) if isinstance(data, MultiValueDict) else data.get(name) or []
        texts = [sent] if isinstance(sent, str) else sent
        return list(dict.fromkeys(key for text in texts for key in _keys_of(str(text))))

    def value_omitted_from_data(self, *_arguments: Any) -> bool:
        """Every box unticked sends nothing, and means no structure."""
        return False

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        values = [str(item) for item in value or []]
        chosen = Organisation.objects.in_bulk([int(item) for item in values if item.isdecimal()])
        context = super().get_context(name, None, attrs)
        context["widget"]["chosen"] = list(chosen.values())
        context["widget"]["typed"] = "; ".join(item for item in values if not item.isdecimal())
        return context


def _alphabetical(option: dict[str, Any]) -> tuple[bool, str]:
    """The universal public first, then the order of a French dictionary, which databases do not all follow."""
    audience = option["value"].instance
    return (not audience.is_universal, normalise_name(audience.label))


def _keys_of(text: str) -> list[str]:
    """Keys of what was ticked or typed; a name may hold a comma, so only a semicolon separates."""
    parts = filter(None, map(str.strip, text.split(";")))
    return [part if part.isdecimal() else str(organisation_named(text=part) or part) for part in parts]


class OrganisationSelect(_StructureWidget):
    """One structure. Its value is a key or, when it was not understood, the text as it was typed.

    Without JavaScript the name, or another name, is typed in full.
    """

    template_name = "vocabulary/widgets/organisation_select.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:  # noqa: ARG002 — Django's signature
        return str(data.get(name) or "").strip()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        text = str(value or "")
        organisation = Organisation.objects.filter(pk=int(text)).first() if _is_key(text) else None
        context = super().get_context(name, None, attrs)
        context["widget"]["code"] = str(organisation.pk) if organisation else ""
        context["widget"]["text"] = organisation.name if organisation else text
        return context


class OrganisationChoiceField(forms.ModelChoiceField):
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
        known: Any = self.queryset
        found: Organisation | None = known.filter(pk=key).first() if key is not None else None
        if found is None:
            raise ValidationError(self.error_messages["unknown"], code="unknown", params={"text": text[:80]})
        return found

    def validate(self, value: Any) -> None:
        """Only whether it is required: ``to_python`` has checked the rest."""
        forms.Field.validate(self, value)


def _is_key(text: str) -> bool:
    """Whether a text can be the key of a row: digits, no more than a database keeps."""
    return text.isascii() and text.isdecimal() and len(text) <= 18  # noqa: PLR2004 — 2**63 has 19 digits
