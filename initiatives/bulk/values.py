"""From the texts of a line to the values of a sheet; everything that is wrong is said at once, cell by cell."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils import timezone

from hub.french_fields import read_date
from hub.pages.light_markup import content_blocks
from hub.territories.forms import MAX_VALUES
from hub.territories.names import normalise_name
from initiatives.bulk.columns import BY_KEY
from initiatives.bulk.figures import FigureValue, read_figure
from initiatives.bulk.partners import PartnerValue, read_partner
from initiatives.bulk.reading import LONGEST_CELL, SourceLine
from initiatives.bulk.reference import Reference, choices_by_words
from initiatives.enums import InitiativeStatus
from initiatives.keywords import TAG_MAX_LENGTH, distinct_names
from initiatives.models import Dossier, InitiativePage
from initiatives.space.plain_text import to_html
from initiatives.space.plain_text.pasted import typed_lists

Value = TypeVar("Value")

_SECTIONS = {name for name, _heading in InitiativePage.SECTIONS}
_STATUSES = choices_by_words(InitiativeStatus)
EXTERNAL_ID_LENGTH = Dossier._meta.get_field("external_id").max_length or 0
TITLE_LENGTH = InitiativePage._meta.get_field("title").max_length or 0

_SHOWN = 80
_FIRST_DAY = date(1899, 12, 30)
_DAY_NUMBER = re.compile(r"([2-7]\d{4})(?:[.,]\d+)?", re.ASCII)
_PHONE_WITHOUT_ZERO = re.compile(r"[1-9]\d{8}", re.ASCII)
_LINKS_OF_THE_SITE = re.compile(r"\]\((/[^\s()<>\"\\]{0,2000})\)")
_UNKNOWN = "inconnu de la liste « {list} » ; voyez la feuille des valeurs du modèle"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a cell: the heading of its column, the text (its beginning), why. Empty for the line itself."""

    heading: str
    text: str
    reason: str

    def __str__(self) -> str:
        shown = f" « {self.text} »" if self.text else ""
        return f"{self.heading}{shown} : {self.reason}" if self.heading else self.reason


@dataclass(slots=True)
class SheetValues:
    """What a line says of a sheet. ``fields`` holds the columns the file has, and no other."""

    external_id: str = ""
    steward_id: int | None = None
    fields: dict[str, Any] = field(default_factory=dict)


class _CellError(Exception):
    """A cell, or one of its values (``text``), cannot be understood."""

    def __init__(self, reason: str, *, text: str | None = None) -> None:
        super().__init__(reason)
        self.text = text


def read_values(
    *, line: SourceLine, reference: Reference, default_steward: int | None
) -> tuple[SheetValues, list[Problem]]:
    """Return what a line says, and what is wrong with it; with a problem, the values are not to be used."""
    values, problems = SheetValues(steward_id=default_steward), []
    for key, text in line.cells.items():
        try:
            _require_plain(text)
            value = _READERS.get(key, _field)(key, text, reference)
        except _CellError as error:
            shown = text if error.text is None else error.text
            problems.append(Problem(BY_KEY[key].heading, visible(shown[:_SHOWN]), str(error)))
            continue
        if key == "external_id":
            values.external_id = value
        elif key == "steward":
            values.steward_id = value or default_steward
        else:
            values.fields[key] = value
    start, end = values.fields.get("start_year"), values.fields.get("end_year")
    if start and end and end < start:
        problems.append(Problem(BY_KEY["end_year"].heading, str(end), "la fin précède le début"))
    return values, problems


def _require_plain(text: str) -> None:
    if len(text) > LONGEST_CELL:
        raise _CellError(f"texte trop long : {LONGEST_CELL} caractères au plus")
    if any(ord(character) < ord(" ") and character not in "\n\t" for character in text):
        raise _CellError("caractère interdit (invisible)")


def _required(key: str, text: str, _reference: Reference) -> str:
    if not text:
        raise _CellError("cette colonne est obligatoire")
    words = " ".join(text.split())
    longest = EXTERNAL_ID_LENGTH if key == "external_id" else TITLE_LENGTH
    if len(words) > longest:
        raise _CellError(f"trop long : {longest} caractères au plus")
    return words


def _field(key: str, text: str, _reference: Reference) -> Any:
    """A field of the model, checked by the model. Sections are written in the light markup."""
    if key in _SECTIONS:
        return _rich_text(text=text)
    model_field = InitiativePage._meta.get_field(key)
    # Django leaves it to forms for long texts.
    if model_field.max_length is not None and len(text) > model_field.max_length:
        raise _CellError(f"trop long ({len(text)} caractères) : {model_field.max_length} au plus")
    try:
        return model_field.clean(text, None) if text else ""
    except ValidationError as error:
        raise _CellError(" ".join(error.messages)) from error


def _phone(key: str, text: str, reference: Reference) -> Any:
    # A spreadsheet takes 0612345678 for a number, and drops its zero.
    return _field(key, f"0{text}" if _PHONE_WITHOUT_ZERO.fullmatch(text) else text, reference)


def _year(key: str, text: str, _reference: Reference) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise _CellError("une année est attendue, en quatre chiffres")
    try:
        year: int = InitiativePage._meta.get_field(key).clean(text[:9], None)
    except ValidationError as error:
        raise _CellError(" ".join(error.messages)) from error
    return year


def _day(_key: str, text: str, _reference: Reference) -> date | None:
    if not text:
        return None
    number = _DAY_NUMBER.fullmatch(text)
    try:
        # A day that a spreadsheet shows as it keeps it: so many days since the beginning of its calendar.
        day = _FIRST_DAY + timedelta(days=int(number[1])) if number else read_date(text)
    except ValueError as error:
        raise _CellError(f"une date est attendue. {error}") from error
    if day > timezone.localdate():
        raise _CellError(f"cette date est à venir ({day:%d/%m/%Y}) : vérifiez l’année")
    return day


def _status(_key: str, text: str, _reference: Reference) -> str:
    if not text:
        return InitiativeStatus.RUNNING
    found = _STATUSES.get(normalise_name(text))
    if found is None:
        raise _CellError(f"état inconnu ; possibles : {', '.join(str(label) for label in InitiativeStatus.labels)}")
    return found


def _steward(_key: str, text: str, reference: Reference) -> int | None:
    if not text:
        return None
    found = reference.organisations.get(normalise_name(text))
    if found is None:
        raise _CellError(
            "structure inconnue, ou pas encore validée : créez-la ou validez-la d’abord dans Vocabulaires › Structures"
        )
    return found


def _chosen(name: str) -> Callable[[str, str, Reference], list[int]]:
    def read(key: str, text: str, reference: Reference) -> list[int]:
        known: dict[str, int] = getattr(reference, name)
        found = []
        for words in several(text):
            pk = known.get(normalise_name(words))
            if pk is None:
                raise _CellError(_UNKNOWN.format(list=BY_KEY[key].heading), text=words)
            found.append(pk)
        return list(dict.fromkeys(found))

    return read


def _each(text: str, read: Callable[[str], Value]) -> list[Value]:
    """Read the values of a cell; the one that cannot be is named with the reason."""
    found = []
    for words in several(text):
        try:
            found.append(read(words))
        except ValidationError as error:
            raise _CellError(" ".join(error.messages), text=words) from error
        except ValueError as error:
            raise _CellError(str(error), text=words) from error
    return found


def _territories(_key: str, text: str, reference: Reference) -> list[int]:
    found = _each(text, lambda words: reference.territory(text=words))
    if len(found) > MAX_VALUES:
        raise _CellError(f"pas plus de {MAX_VALUES} territoires")
    return list(dict.fromkeys(found))


def _tags(_key: str, text: str, _reference: Reference) -> list[str]:
    found = distinct_names(several(text))
    if too_long := [words for words in found if len(words) > TAG_MAX_LENGTH]:
        raise _CellError(f"un mot-clé a {TAG_MAX_LENGTH} caractères au plus", text=too_long[-1])
    return found


def _partners(_key: str, text: str, reference: Reference) -> list[PartnerValue]:
    found: dict[str, PartnerValue] = {}
    for partner in _each(text, lambda words: read_partner(text=words, reference=reference)):
        found.setdefault(f"{partner.organisation_id or normalise_name(partner.name)} {partner.role}", partner)
    return list(found.values())


def _figures(_key: str, text: str, _reference: Reference) -> list[FigureValue]:
    return _each(text, lambda words: read_figure(text=words))


def _body(_key: str, text: str, _reference: Reference) -> list[dict[str, Any]]:
    return content_blocks(text=text, write=_rich_text)


def _rich_text(*, text: str) -> str:
    """Return what the form of partners makes of the same text: lines, lists, links, those to the site too."""
    return to_html(text=typed_lists(text), known=frozenset(_LINKS_OF_THE_SITE.findall(text)))


def visible(text: str) -> str:
    """Return a text with its control characters shown: some databases keep none of them."""
    return "".join(character if ord(character) >= ord(" ") or character == "\n" else "�" for character in text)


def several(text: str) -> Iterator[str]:
    """Yield the values of a cell that may hold several."""
    yield from (words for part in text.split(";") if (words := " ".join(part.split())))


_READERS: dict[str, Callable[[str, str, Reference], Any]] = {
    "external_id": _required,
    "title": _required,
    "steward": _steward,
    "status": _status,
    "contact_phone": _phone,
    "start_year": _year,
    "end_year": _year,
    "original_published_on": _day,
    "original_modified_on": _day,
    "audiences": _chosen("audiences"),
    "axes": _chosen("axes"),
    "schemes": _chosen("schemes"),
    "territories": _territories,
    "tags": _tags,
    "partnerships": _partners,
    "key_figures": _figures,
    "body": _body,
}
