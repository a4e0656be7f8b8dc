import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from wagtail.admin.forms.models import register_form_field_override

from hub.territories.enums import TerritoryKind
from hub.territories.models import Territory, TerritoryQuerySet
from hub.territories.suggestions import read_territory, resolve_territory
from hub.widgets import ProjectTemplates

# A comma may be part of a name ("CC de Granville, Terre et Mer").
SEPARATOR = re.compile(r"[;\n\r]+")


class _ComboboxWidget(ProjectTemplates, forms.Widget):
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

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:  # noqa: ARG002 — Django's signature
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

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:  # noqa: ARG002 — Django's signature
        return str(data.get(name) or "").strip()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        text = str(value or "")
        territory = Territory.objects.by_codes([text]).first()
        context = super().get_context(name, None, attrs)
        context["widget"]["code"] = territory.code if territory else ""
        context["widget"]["text"] = str(territory) if territory else text
        return context


MAX_VALUES = 100
_SHOWN_LENGTH = 80
_SHOWN_CANDIDATES = 5

MESSAGES = {
    "unknown": "« %(text)s » n’est pas un territoire connu. Vérifiez l’orthographe, ou donnez son code postal.",
    "unsure": (
        "« %(text)s » n’est pas un territoire connu. Vouliez-vous dire : %(candidates)s ? "
        "Écrivez le nom entier, ou le code."
    ),
    "ambiguous": "« %(text)s » désigne plusieurs territoires : %(candidates)s. Précisez lequel.",
    "kind": "« %(text)s » n’est pas d’une échelle possible ici (%(kinds)s).",
    "too_many": "Pas plus de %(max)s territoires. Choisissez plutôt une échelle plus grande.",
}


class _ResolvesTerritories:
    """Turns what was typed or chosen into territories, or into a message that says what is wrong with which text."""

    def __init__(
        self,
        queryset: TerritoryQuerySet | None = None,
        *,
        kinds: Collection[TerritoryKind] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(Territory.objects.all() if queryset is None else queryset, **options)  # type: ignore[call-arg]
        self.kinds = kinds

    def resolve(self, text: str) -> Territory:
        """Return the one territory ``text`` means for certain; the error says which may have been meant."""
        reading = read_territory(text=text, kinds=self.kinds, limit=_SHOWN_CANDIDATES + 1)
        if len(reading.answers) == 1:
            return reading.answers[0]
        shown = text if len(text) <= _SHOWN_LENGTH else f"{text[:_SHOWN_LENGTH]}…"
        for code, candidates in (("ambiguous", reading.answers), ("unsure", reading.suggestions)):
            if candidates:
                params = {"text": shown, "candidates": _listed(candidates)}
                raise ValidationError(MESSAGES[code], code=code, params=params)
        if self.kinds is not None and resolve_territory(code=text):
            kinds = ", ".join(str(TerritoryKind(kind).label) for kind in self.kinds)
            raise ValidationError(MESSAGES["kind"], code="kind", params={"text": shown, "kinds": kinds})
        raise ValidationError(MESSAGES["unknown"], code="unknown", params={"text": shown})


class TerritoryMultipleChoiceField(_ResolvesTerritories, forms.ModelMultipleChoiceField):
    """Any number of territories, given by typed codes, names, postcodes or official codes.

    Cleaned into a queryset, as Django's own field. A merged commune is replaced by its successor. ``kinds`` keeps only
    some scales; ``queryset`` is there for model forms, and restricts nothing. Wagtail's page and snippet forms use this
    field by themselves for every many-to-many relation to ``Territory`` (see ``hub.territories.forms``).
    """

    widget = TerritoryPicker
    default_error_messages = {"required": "Indiquez au moins un territoire."}

    def prepare_value(self, value: Any) -> Any:
        """Codes, for the widget; texts that were not understood stay as they were typed."""
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, Iterable):
            items = list(value)
            keys = [item for item in items if isinstance(item, int)]
            codes = dict(Territory.objects.filter(pk__in=keys).values_list("pk", "code")) if keys else {}
            return [codes.get(item, item) if isinstance(item, int) else _code(item) for item in items]
        return _code(value)

    def clean(self, value: Any) -> Any:
        texts = list(dict.fromkeys(value or []))
        if self.required and not texts:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(texts) > MAX_VALUES:
            raise ValidationError(MESSAGES["too_many"], code="too_many", params={"max": MAX_VALUES})
        chosen, errors = self._resolve_all(texts)
        if errors:
            raise ValidationError(errors)
        cleaned = Territory.objects.filter(pk__in=chosen)
        self.run_validators(cleaned)
        return cleaned

    def _resolve_all(self, texts: list[str]) -> tuple[list[int], list[ValidationError]]:
        """Codes, which is what the picker sends, take one query together."""
        by_code = {
            territory.code: territory.successor or territory
            for territory in Territory.objects.by_codes(texts).select_related("successor")
            if self.kinds is None or territory.kind in self.kinds
        }
        chosen, errors = [], []
        for text in texts:
            try:
                chosen.append((by_code.get(text) or self.resolve(text)).pk)
            except ValidationError as error:
                errors.append(error)
        return chosen, errors


class TerritoryChoiceField(_ResolvesTerritories, forms.ModelChoiceField):
    """One territory, given by its typed code, a name, a postcode or an official code."""

    widget = TerritorySelect
    default_error_messages = {"required": "Indiquez un territoire."}

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            return Territory.objects.filter(pk=value).values_list("code", flat=True).first()
        return _code(value)

    def to_python(self, value: Any) -> Territory | None:
        return self.resolve(str(value)) if value else None

    def validate(self, value: Territory | None) -> None:
        """Only whether it is required: ``to_python`` has checked the rest."""
        forms.Field.validate(self, value)


def _code(value: Any) -> Any:
    return value.code if isinstance(value, Territory) else value


def _listed(candidates: Sequence[Territory]) -> str:
    """Labels, with the code of those that would read the same ("CC des Quatre Rivières", twice)."""
    shown = [(str(territory), territory.official_code) for territory in candidates[:_SHOWN_CANDIDATES]]
    alike = Counter(label for label, _code in shown)
    names = ", ".join(label if alike[label] == 1 else f"{label} – {code}" for label, code in shown)
    return f"{names}…" if len(candidates) > _SHOWN_CANDIDATES else names


def _many_to_many_override(db_field: models.ManyToManyField) -> dict[str, Any]:
    return {"form_class": TerritoryMultipleChoiceField} if db_field.related_model is Territory else {}


def register() -> None:
    """Register the override; a panel with a widget of its own still has the last word."""
    register_form_field_override(models.ManyToManyField, override=_many_to_many_override)
