from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from hub.pages.enums import FigureQualifier
from initiatives.models import InitiativeKeyFigure
from initiatives.space.forms.base import StepForm
from initiatives.space.forms.fields import NOT_IN_THE_LIST, FrenchDecimalField, YearField
from initiatives.space.forms.rows import Pool, RowForm, RowList, Rows

NO_VALUE = "Indiquez la valeur."


class StoryForm(StepForm):
    slug = "recit"


class KeyFigureRow(RowForm):
    DEFAULTS = frozenset({"qualifier"})

    qualifier = forms.ChoiceField(
        label="Précision",
        choices=FigureQualifier.choices,
        required=False,
        error_messages={"invalid_choice": NOT_IN_THE_LIST},
    )
    value = FrenchDecimalField(
        label="Valeur",
        required=True,
        help_text="Un nombre seul, par exemple 21 000.",
        error_messages={"required": NO_VALUE},
    )
    unit = forms.CharField(label="Unité", required=False, max_length=40, help_text="Par exemple M€, %, ménages.")
    label = forms.CharField(
        label="Ce que le chiffre compte", max_length=200, error_messages={"required": "Dites ce que le chiffre compte."}
    )
    year = YearField(label="Année")
    source = forms.CharField(label="Source", required=False, max_length=200)

    def clean_value(self) -> Decimal:
        value: Decimal | None = self.cleaned_data["value"]
        if value is None:
            raise ValidationError(NO_VALUE, code="required")
        return value


class ResultsForm(StepForm):
    slug = "resultats"

    def row_lists(self) -> dict[str, RowList]:
        stored = [
            {**{name: getattr(figure, name) for name in KeyFigureRow.base_fields}, "value": _typed(figure.value)}
            for figure in self.text.key_figures.all()
        ]
        how = Rows(lambda figure: figure.label, lambda row: row.cleaned_data["label"], _figure_of)
        return self.row_list("key_figures", KeyFigureRow, stored=stored, how=how)


def _figure_of(row: RowForm, former: Pool) -> InitiativeKeyFigure:
    figure: InitiativeKeyFigure = former.take(row.cleaned_data["label"]) or InitiativeKeyFigure()
    for name, value in row.cleaned_data.items():
        setattr(figure, name, value)
    return figure


def _typed(value: Any) -> str:
    return f"{Decimal(value).normalize():f}".replace(".", ",")
