"""« plus de 21 000 | ménages | ménages accompagnés | 2021 | source »: how a key figure is written in a cell.

The sign before a number is part of what it says: one that is not known is refused, never dropped.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError

from hub.pages.enums import FigureQualifier
from hub.territories.names import normalise_name
from initiatives.bulk.reference import choices_by_words
from initiatives.models import InitiativeKeyFigure

_NUMBER = re.compile(r"^(?P<before>\D*?)\s*(?P<number>-?\d[\d\s]*(?:[.,]\d+)?)$")
_WORDS = re.compile(r"[^\W\d_]+\.?(?:[\s\u00a0\u202f’'-]+[^\W\d_]+\.?)*[’']?")
_QUALIFIERS = choices_by_words(FigureQualifier) | {
    "au moins": FigureQualifier.MORE_THAN,
    "plus d": FigureQualifier.MORE_THAN,
    "moins d": FigureQualifier.LESS_THAN,
    "pres d": FigureQualifier.NEARLY,
    "presque": FigureQualifier.NEARLY,
    "env": FigureQualifier.ABOUT,
}
_SIGNS = {
    "": FigureQualifier.EXACT,
    "=": FigureQualifier.EXACT,
    ">": FigureQualifier.MORE_THAN,
    "<": FigureQualifier.LESS_THAN,
    **dict.fromkeys(["~", "\u223c", "≈", "≃", "±", "+/-"], FigureQualifier.ABOUT),
}
_FEWEST_PARTS = 3
_MOST_PARTS = 5


@dataclass(frozen=True, slots=True)
class FigureValue:
    """A key figure, as the model keeps it."""

    qualifier: str
    value: Decimal
    unit: str
    label: str
    year: int | None
    source: str


def read_figure(*, text: str) -> FigureValue:
    """Return the figure that a text gives.

    Raises:
        ValueError: with a French reason, when it is not in the expected form.
    """
    parts = [part.strip() for part in text.split("|")]
    if not _FEWEST_PARTS <= len(parts) <= _MOST_PARTS:
        raise ValueError("forme attendue : « valeur | unité | ce qui est compté | année | source »")
    number, unit, label, year, source = [*parts, "", ""][:_MOST_PARTS]
    found = _NUMBER.match(number)
    qualifier = _qualifier(found["before"]) if found else None
    if found is None or qualifier is None:
        raise ValueError(
            f"« {number} » n’est pas un nombre, précédé ou non de « plus de » (ou >), « moins de » (ou <), "
            "« environ » (ou ~) ou « près de »"
        )
    if year and not re.fullmatch(r"[12]\d{3}", year):
        raise ValueError(f"« {year} » n’est pas une année")
    value = FigureValue(
        qualifier=qualifier,
        value=Decimal("".join(found["number"].split()).replace(",", ".")),
        unit=unit,
        label=label,
        year=int(year) if year else None,
        source=source,
    )
    try:
        figure_of(value=value).clean_fields(exclude=["page"])
    except ValidationError as error:
        raise ValueError(" ".join(error.messages)) from error
    return value


def _qualifier(before: str) -> FigureQualifier | None:
    """Return what stands before a number says of it, or ``None`` when that is not known."""
    sign = "".join(before.split())
    if sign in _SIGNS:
        return _SIGNS[sign]
    return _QUALIFIERS.get(normalise_name(before)) if _WORDS.fullmatch(before.strip()) else None


def figure_of(*, value: FigureValue, position: int = 0) -> InitiativeKeyFigure:
    """Return the key figure of a sheet, not saved."""
    return InitiativeKeyFigure(
        sort_order=position,
        qualifier=value.qualifier,
        value=value.value,
        unit=value.unit,
        label=value.label,
        year=value.year,
        source=value.source,
    )
