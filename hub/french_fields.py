"""Dates, hours and numbers in the forms of the administration, shown and read as one writes them in French.

What is not understood is refused with a sentence, and stays as it was typed: nothing is ever put in its place.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.utils import from_current_timezone
from wagtail.admin.forms.models import register_form_field_override
from wagtail.admin.widgets import AdminDateInput, AdminDateTimeInput

from hub.accents import without_accents

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")

DATE_EXAMPLES = "15/01/2027 ou 15 janvier 2027"
TIME_EXAMPLES = "9h30 ou 14h"
DURATION_EXAMPLES = "2h15, 45 min ou 1:02:05"
NUMBER_EXAMPLES = "52, 3,5 ou 21 000"

_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_NUMERIC = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})", re.ASCII)
_NUMERIC_WITHOUT_YEAR = re.compile(r"(\d{1,2})[/.-](\d{1,2})", re.ASCII)
_IN_WORDS = re.compile(r"(?:le )?(?:([a-z]+)\.? )?(\d{1,2})(?:er)? ([a-z]+)\.?(?: (\d{4}|\d{2}))?", re.ASCII)
_HOUR = re.compile(r"(\d{1,2})(?: ?: ?(\d{2})(?::\d{2})?| ?h(?:eures?)?(?: ?(\d{2})(?: ?min(?:utes?)?)?)?)", re.ASCII)
_LASTING = re.compile(
    r"(?:(?P<hours>\d{1,3}) ?h(?:eures?)?)? ?(?:(?P<minutes>\d{1,4})(?: ?min(?:utes?)?|$))?"
    r" ?(?:(?P<seconds>\d{1,2}) ?s(?:ec(?:ondes?)?)?)?",
    re.ASCII,
)
_CLOCK = re.compile(r"(?:(?P<hours>\d{1,3}):)?(?P<minutes>\d{1,3}):(?P<seconds>[0-5]\d)", re.ASCII)
_MOMENT = re.compile(r"(.+?)(?:,| a|,? de)? +(\d{1,2} ?(?::|h).*|midi|minuit)")
_GROUPED = re.compile(r"(?<=\d) (?=\d{3}(?!\d))", re.ASCII)
_NUMBER = re.compile(r"[-\u2212]?\d+(?:[.,]\d*)?", re.ASCII)
_CENTURY = 2000
# A dot before three digits is a separator of thousands for some, a decimal sign for others.
_AMBIGUOUS = re.compile(r"[-\u2212]?\d{1,3}(?:\.\d{3})+", re.ASCII)


def read_date(text: str) -> date:
    """Read « 15/01/2027 », « 1er mars 2027 », « vendredi 15 janv. 2027 »; raises ``ValueError`` with what to show."""
    plain = _plain(text)
    if found := _ISO.fullmatch(plain):
        year, month, day = (int(part) for part in found.groups())
    elif found := _NUMERIC.fullmatch(plain):
        day, month, year = (int(part) for part in found.groups())
    elif found := _IN_WORDS.fullmatch(plain):
        day, month = int(found[2]), _month(found[3])
        if not month or (found[1] and not _weekday(found[1])):
            raise ValueError(f"Cette date n’est pas comprise. Écrivez par exemple {DATE_EXAMPLES}.")
        if not found[4]:
            raise ValueError(f"Précisez l’année : {day} {MONTHS[month - 1]} de quelle année ?")
        year = int(found[4])
    elif _NUMERIC_WITHOUT_YEAR.fullmatch(plain):
        raise ValueError(f"Précisez l’année, par exemple {DATE_EXAMPLES}.")
    else:
        raise ValueError(f"Cette date n’est pas comprise. Écrivez par exemple {DATE_EXAMPLES}.")
    if year < 100:  # noqa: PLR2004 — two digits
        year += _CENTURY
    try:
        read = date(year, month, day)
    except ValueError as error:
        raise ValueError(f"Ce jour n’existe pas dans le calendrier. Écrivez par exemple {DATE_EXAMPLES}.") from error
    words = _IN_WORDS.fullmatch(plain)
    if words and words[1] and _weekday(words[1]) != read.isoweekday():
        raise ValueError(
            f"Le {read.day} {MONTHS[month - 1]} {year} est un {WEEKDAYS[read.weekday()]} : vérifiez le jour ou la date."
        )
    return read


def read_time(text: str) -> time:
    """Read « 9h30 », « 14 h », « 09:30 », « midi »; raises ``ValueError`` with what to show."""
    plain = _plain(text)
    if plain in {"midi", "minuit"}:
        return time(12 if plain == "midi" else 0)
    found = _HOUR.fullmatch(plain)
    if not found:
        raise ValueError(f"Cette heure n’est pas comprise. Écrivez par exemple {TIME_EXAMPLES}.")
    try:
        return time(int(found[1]), int(found[2] or found[3] or 0))
    except ValueError as error:
        raise ValueError(f"Cette heure n’existe pas. Écrivez par exemple {TIME_EXAMPLES}.") from error


def read_number(text: str) -> Decimal:
    """Read « 52 », « 3,5 », « 21 000 »; raises ``ValueError`` with what to show, also for what could be two."""
    plain = _GROUPED.sub("", _SPACES.sub(" ", text).strip())
    if _AMBIGUOUS.fullmatch(plain):
        whole = plain.replace(".", " ")
        raise ValueError(
            f"« {plain} » peut se lire de deux façons : écrivez {whole}, ou une virgule pour les décimales."
        )
    if not _NUMBER.fullmatch(plain):
        raise ValueError(f"Ce nombre n’est pas compris. Écrivez par exemple {NUMBER_EXAMPLES}.")
    return Decimal(plain.replace(",", ".").replace("\u2212", "-"))


def read_duration(text: str) -> timedelta:
    """Read « 2h15 », « 1 h 05 min 30 s », « 45 min », « 1:02:05 »; raises ``ValueError`` with what to show."""
    plain = _plain(text)
    if plain.isdecimal():
        raise ValueError(f"Précisez l’unité, par exemple {plain[:4]} min.")
    found = _CLOCK.fullmatch(plain) or _LASTING.fullmatch(plain)
    parts = {name: int(part) for name, part in found.groupdict().items() if part} if found else {}
    if not parts or ("hours" in parts and parts.get("minutes", 0) >= 60):  # noqa: PLR2004 — an hour's
        raise ValueError(f"Cette durée n’est pas comprise. Écrivez par exemple {DURATION_EXAMPLES}.")
    return timedelta(**parts)


def written_time(value: time) -> str:
    return f"{value.hour}h{value.minute:02d}" if value.minute else f"{value.hour}h"


def written_number(value: Decimal) -> str:
    """Return « 52 », « 3,5 », « 21 000 »: no idle zero, a comma, thousands apart."""
    whole, _, rest = f"{value:,f}".partition(".")
    rest = rest.rstrip("0")
    return whole.replace(",", "\u202f") + (f",{rest}" if rest else "")


class FrenchTimeInput(forms.TextInput):
    """An hour as one writes it. No picker: it would have to guess what was typed."""

    def format_value(self, value: Any) -> str | None:
        return written_time(value) if isinstance(value, time) else value


class _WrittenField(forms.Field):
    """Reads a text with ``reader``, which tells what it does not understand; leaves the rest to Django's field."""

    reader: Callable[[str], Any]

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value.strip():
            return _read(self.reader, value)
        return super().to_python(value)


class FrenchDateField(_WrittenField, forms.DateField):
    widget = AdminDateInput
    reader = staticmethod(read_date)


class FrenchTimeField(_WrittenField, forms.TimeField):
    widget = FrenchTimeInput
    reader = staticmethod(read_time)


class FrenchDateTimeField(forms.DateTimeField):
    """A day and an hour: « 15/01/2027 9h30 », « 15 janvier 2027 à 9h30 ». The hour must be said."""

    widget = AdminDateTimeInput

    def to_python(self, value: Any) -> datetime | None:
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        found = _MOMENT.fullmatch(_plain(value))
        if not found:
            _read(read_date, value)  # says what is wrong with the day, if something is
            raise ValidationError(f"Précisez l’heure, par exemple {value.strip()} 9h30.", code="invalid")
        moment = datetime.combine(_read(read_date, found[1]), _read(read_time, found[2]))
        return from_current_timezone(moment)


class FrenchNumberField(_WrittenField, forms.DecimalField):
    """A number as one writes it, without the idle zeros of the database."""

    widget = forms.TextInput
    reader = staticmethod(read_number)

    def prepare_value(self, value: Any) -> Any:
        return written_number(value) if isinstance(value, Decimal) and value.is_finite() else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "decimal", "autocomplete": "off"}


# « 95e », « n° 95 »: how a number that is a rank is written.
_ORDINAL = re.compile(r"(?:n[°o]\.?\s*)?(\d{1,9})\s*(?:er|re|ère|ème|eme|e|è)?", re.IGNORECASE)


class FrenchWholeNumberField(forms.IntegerField):
    """A number without decimals. A browser's own field for numbers forgets « 21 000 » as soon as it is left."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> int | None:
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        ordinal = _ORDINAL.fullmatch(value.strip())
        number = _read(read_number, ordinal[1] if ordinal else value)
        if number != int(number):
            raise ValidationError("Écrivez un nombre entier, sans virgule.", code="invalid")
        return super().to_python(str(int(number)))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "numeric", "autocomplete": "off"}


class FrenchDurationField(_WrittenField, forms.DurationField):
    reader = staticmethod(read_duration)


def register() -> None:
    """Use these in every form that Wagtail makes from a model; a panel with a widget of its own keeps it."""
    register_form_field_override(models.DateField, override={"form_class": FrenchDateField, "widget": AdminDateInput})
    hour = FrenchTimeInput(attrs={"autocomplete": "off"})
    register_form_field_override(models.TimeField, override={"form_class": FrenchTimeField, "widget": hour})
    register_form_field_override(
        models.DateTimeField, override={"form_class": FrenchDateTimeField, "widget": AdminDateTimeInput}
    )
    register_form_field_override(models.DecimalField, override={"form_class": FrenchNumberField})
    register_form_field_override(models.IntegerField, override={"form_class": FrenchWholeNumberField})
    register_form_field_override(models.DurationField, override={"form_class": FrenchDurationField})


def _read(reader: Any, text: str) -> Any:
    try:
        return reader(text)
    except ValueError as error:
        raise ValidationError(str(error), code="invalid") from error


def _plain(text: str) -> str:
    """Small letters without accents, single spaces."""
    return _SPACES.sub(" ", without_accents(text.casefold())).strip(" .")


def _month(name: str) -> int:
    """Return the number of a month written whole or cut (« janv », « juil »), 0 when it is none or could be two."""
    found = [number for number, month in enumerate(MONTHS, start=1) if len(name) > 2 and _plain(month).startswith(name)]  # noqa: PLR2004
    return found[0] if len(found) == 1 else 0


def _weekday(name: str) -> int:
    """Return 1 for Monday, 0 for no day."""
    return next((number for number, day in enumerate(WEEKDAYS, start=1) if day == name), 0)
