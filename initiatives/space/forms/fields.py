"""Fields and widgets of the steps."""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.urls import reverse

from hub.territories.names import normalise_name
from hub.vocabulary.fields import AudienceCheckboxes, VocabularyCheckboxes
from hub.vocabulary.models import Organisation
from hub.vocabulary.suggestions import organisation_coded
from hub.widgets import ProjectTemplates
from initiatives.fields import Kind, SheetField
from initiatives.models import InitiativePage

TEXT_MAX_LENGTH = 20_000
# What was sent is not said again: nobody types in a list.
NOT_IN_THE_LIST = "Choisissez dans la liste."
# A key of the database never has more digits: a longer number is made up, and the database would refuse to compare it.
KEY_MAX_LENGTH = 18
MINUS = "\N{MINUS SIGN}"
_CONTROLS = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FEWEST_DIGITS = 3
_PHONE = re.compile(r"[\w\s+().,:;/’'\u2010-\u2015-]+")
_GROUP_SPACES = re.compile(r"[\s\u00a0\u202f]")


def key_in(text: Any) -> int | None:
    """Return the key a hidden field or a box sent; ``None`` for whatever cannot be one."""
    key = str(text or "")
    return int(key) if key.isascii() and key.isdecimal() and len(key) <= KEY_MAX_LENGTH else None


class StepBoundField(BoundField):
    """A field with DSFR's classes, described by its hint and by its error, both, in that order."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        built = super().build_widget_attrs(attrs, widget)
        described_by = [
            f"{self.auto_id}_{part}"
            for part, is_there in (("hint", self.help_text), ("error", self.errors))
            if is_there
        ]
        if described_by:
            built["aria-describedby"] = " ".join(described_by)
        # A text that is too long is corrected as it was typed.
        if isinstance(self.field, PlainTextField) and len(str(self.value() or "")) <= TEXT_MAX_LENGTH:
            built["data-html"] = self.form.html_of(self.name)  # type: ignore[attr-defined]
        style = "fr-select" if isinstance(self.field.widget, forms.Select) else "fr-input"
        if not isinstance(self.field.widget, forms.CheckboxSelectMultiple | forms.CheckboxInput):
            built["class"] = f"{style} {style}--error" if self.errors else style
        return built


def keep_what_is_too_long(*, fields: Iterable[forms.Field]) -> None:
    """Tell the limit of texts without ``maxlength``: a browser would cut what is pasted, and say nothing."""
    for field in fields:
        limit = field.widget.attrs.pop("maxlength", None)
        if limit is not None:
            field.widget.attrs["data-limit"] = limit


class LinesField(forms.CharField):
    """A short text of several lines. A browser counts a line break as one character, and sends two."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value) or "").replace("\r\n", "\n")


class PlainTextField(forms.CharField):
    """Rich text, typed with the light markup of ``hub.pages.markup``."""

    def __init__(self, *, help_text: str = "", rows: int = 8, heading: str = "###", **options: Any) -> None:
        super().__init__(
            required=False,
            strip=False,
            max_length=TEXT_MAX_LENGTH,
            help_text=help_text,
            widget=forms.Textarea(attrs={"rows": rows, "data-space-markup": heading}),
            **options,
        )

    def to_python(self, value: Any) -> str:
        """Line ends as Python has them, so that a text sent back unchanged is the same."""
        text = str(super().to_python(value) or "")
        return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip(" \t\n")


class YearField(forms.IntegerField):
    """A year, typed as text: no arrows that change it by accident."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            required=False,
            min_value=1980,
            max_value=2100,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            error_messages={
                "invalid": "Écrivez l’année en quatre chiffres, par exemple 2021.",
                "min_value": "Écrivez une année à partir de 1980.",
                "max_value": "Écrivez une année avant 2101.",
            },
            **options,
        )


def input_of(*, field: SheetField) -> forms.Field:
    """Return what a field is typed in, as its kind and the model make it; ``KeyError`` when its step makes it."""
    model_field: Any = InitiativePage._meta.get_field(field.name)
    return _INPUTS[field.kind](field, model_field)


_INPUTS: dict[Kind, Callable[[SheetField, Any], forms.Field]] = {
    Kind.PLAIN: lambda _field, model_field: forms.CharField(
        required=False, max_length=model_field.max_length, help_text=model_field.help_text
    ),
    Kind.CHOICE: lambda _field, model_field: forms.ChoiceField(
        choices=model_field.choices, error_messages={"invalid_choice": NOT_IN_THE_LIST, "required": NOT_IN_THE_LIST}
    ),
    Kind.YEAR: lambda _field, model_field: YearField(help_text=model_field.help_text),
    Kind.RICH: lambda field, model_field: PlainTextField(help_text=str(model_field.help_text), rows=field.lines),
}


class PhoneField(forms.CharField):
    """A telephone number as people write it, « poste 12 » included: three digits or more, as short numbers have."""

    message = "Écrivez un numéro de téléphone, par exemple 04 74 00 00 00."

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if text and (len(re.findall(r"[0-9]", text)) < _FEWEST_DIGITS or not _PHONE.fullmatch(text)):
            raise ValidationError(self.message, code="invalid")
        return text


class FrenchDecimalField(forms.CharField):
    """A number as it is written in French: « 21 000 », « 3,5 ». At most twelve digits before the comma, two after."""

    message = "Écrivez un nombre, par exemple 21 000 ou 3,5 ; l’unité a sa propre case."

    def clean(self, value: Any) -> Decimal | None:
        text = _GROUP_SPACES.sub("", super().clean(value)).replace(",", ".").replace(MINUS, "-")
        if not text:
            return None
        if not re.fullmatch(r"-?\d{1,12}(\.\d{0,2})?", text, flags=re.ASCII):
            raise ValidationError(self.message, code="invalid")
        try:
            return Decimal(text)
        except InvalidOperation as error:
            raise ValidationError(self.message, code="invalid") from error


class StepCheckboxes(VocabularyCheckboxes):
    template_name = "initiatives/space/widgets/checkboxes.html"

    def rows(self, options: list[dict[str, Any]]) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
        """Each option by the order of a French dictionary, which databases do not all follow: « É » among the E."""
        return super().rows(sorted(options, key=lambda option: normalise_name(str(option["label"]))))


class StepAudienceCheckboxes(AudienceCheckboxes):
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
