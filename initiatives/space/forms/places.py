from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from hub.territories.enums import TerritoryKind
from hub.territories.forms import TerritoryMultipleChoiceField
from hub.territories.models import Territory
from hub.territories.names import normalise_name
from hub.vocabulary.models import Audience, Axis, Scheme
from initiatives.space.forms.base import StepForm
from initiatives.space.forms.fields import StepAudienceCheckboxes, StepCheckboxes, key_in

# What a large territory may be made precise with: nothing obliges to.
_NARROWER: dict[str, TerritoryKind] = {
    TerritoryKind.REGION: TerritoryKind.DEPARTEMENT,
    TerritoryKind.DEPARTEMENT: TerritoryKind.EPCI,
}


@dataclass(frozen=True, slots=True)
class Precision:
    """The territories inside one that was chosen, which the person may choose too."""

    territory: Territory
    kind_label: str
    inside: list[Territory]


class _Labelled(forms.ModelMultipleChoiceField):
    """Refuses an unknown value without repeating what was sent."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid_choice": "Un des choix n’existe plus. Vérifiez les cases cochées.",
        "invalid_pk_value": "Un des choix n’existe plus. Vérifiez les cases cochées.",
    }

    def clean(self, value: Any) -> Any:
        # Several huge numbers are more than a database compares: Django looks out for one at a time only.
        if any(key_in(key) is None for key in value or []):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().clean(value)


class PlacesForm(StepForm):
    slug = "territoires"

    territories = TerritoryMultipleChoiceField(
        required=False,
        help_text="De la commune à la région : un nom, un code postal. "
        "Sans suggestions, séparez-les par des points-virgules. "
        "« France entière » pour une portée nationale.",
    )
    audiences = _Labelled(
        queryset=Audience.objects.select_related("parent"),
        required=False,
        widget=StepAudienceCheckboxes,
        help_text="Ceux que l’initiative aide. Le plus précis possible.",
    )
    axes = _Labelled(queryset=Axis.objects.all(), required=False, widget=StepCheckboxes)
    schemes = _Labelled(
        queryset=Scheme.objects.all(),
        required=False,
        widget=StepCheckboxes,
        help_text="Les dispositifs publics que l’initiative mobilise.",
    )

    def precisions(self) -> list[Precision]:
        chosen = list(self.text.territories.all())
        keys = {territory.pk for territory in chosen}
        found = []
        for territory in chosen:
            kind = _NARROWER.get(territory.kind)
            if kind is None:
                continue
            inside = sorted(
                (area for area in territory.contents.current().filter(kind=kind) if area.pk not in keys),
                key=lambda area: normalise_name(area.name),
            )
            if inside:
                words = "Départements" if kind == TerritoryKind.DEPARTEMENT else "Intercommunalités"
                found.append(Precision(territory, words, inside))
        return found
