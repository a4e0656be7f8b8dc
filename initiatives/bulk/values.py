"""What the cells of a line mean."""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils import timezone

from hub.french_fields import read_date
from hub.pages.enums import FigureQualifier
from hub.pages.markup import to_html
from hub.pages.markup.content import content_blocks
from hub.territories.forms import MAX_VALUES, TerritoryMultipleChoiceField
from hub.territories.names import normalise_name
from hub.vocabulary.models import Audience, Axis, Organisation, OrganisationKind, OtherNames, Scheme
from initiatives.bulk.columns import columns
from initiatives.bulk.reading import LONGEST_CELL, SourceLine
from initiatives.enums import InitiativeStatus, PartnershipRole
from initiatives.fields import FIELDS, Kind
from initiatives.keywords import TAG_MAX_LENGTH, distinct_names
from initiatives.models import Dossier, InitiativeKeyFigure, InitiativePage, Partnership

Choice = TypeVar("Choice", bound=TextChoices)

# Files name the same places again and again; beyond, the least recently met is asked anew.
_TERRITORIES_REMEMBERED = 2_000
_UNKNOWN_KIND = "association"


@dataclass(slots=True)
class Reference:
    """Ids by normalised words. ``organisations`` are the validated ones; ``proposed`` those waiting for Dihal."""

    audiences: dict[str, int] = field(default_factory=dict)
    axes: dict[str, int] = field(default_factory=dict)
    schemes: dict[str, int] = field(default_factory=dict)
    organisations: dict[str, int] = field(default_factory=dict)
    proposed: dict[str, int] = field(default_factory=dict)
    _territories: OrderedDict[str, int] = field(default_factory=OrderedDict)
    _territory_field: TerritoryMultipleChoiceField = field(default_factory=TerritoryMultipleChoiceField)

    def territory(self, *, text: str) -> int:
        """Return the id of the territory that ``text`` designates.

        Raises:
            ValidationError: when there is none, or several; the message says which.
        """
        if text in self._territories:
            self._territories.move_to_end(text)
            return self._territories[text]
        found: int = self._territory_field.resolve(text).pk
        self._territories[text] = found
        if len(self._territories) > _TERRITORIES_REMEMBERED:
            self._territories.popitem(last=False)
        return found


def load_reference() -> Reference:
    """Read the vocabularies. Five queries."""
    organisations = list(Organisation.objects.order_by("-pk").only("name", "slug", "aliases", "is_proposed"))
    return Reference(
        audiences=_by_words(Audience.objects.order_by("-pk"), "label", "slug"),
        axes=_by_words(Axis.objects.order_by("-pk"), "label", "slug"),
        schemes=_by_words(Scheme.objects.order_by("-pk"), "expansion", "slug", "acronym"),
        organisations=_by_words([row for row in organisations if not row.is_proposed], "name", "slug"),
        proposed=_by_words([row for row in organisations if row.is_proposed], "name"),
    )


def choices_by_words(choices: type[Choice]) -> dict[str, Choice]:
    """Return the choices of a closed list by what people may write for each: its identifier or its label."""
    return {normalise_name(word): choice for choice in choices for word in (choice.value, str(choice.label))}


def kind_of_the_unknown() -> OrganisationKind | None:
    """Return the kind a structure gets when all that is known of it is its name; Dihal corrects it."""
    kinds = OrganisationKind.objects
    return kinds.filter(slug=_UNKNOWN_KIND).first() or kinds.order_by("position", "pk").first()


def _by_words(rows: Iterable[Any], *names: str) -> dict[str, int]:
    """The words of the rows; when two rows share some, a name wins over an alias, then the older row."""
    rows = list(rows)
    found = {words: row.pk for row in rows for words in _normalised(_other_names(row))}
    for name in reversed(names):
        found |= {words: row.pk for row in rows for words in _normalised([getattr(row, name)])}
    return found


def _other_names(row: Any) -> Iterable[str]:
    names: Iterable[str] = row.every_alias if isinstance(row, OtherNames) else getattr(row, "aliases", "").splitlines()
    return names


def _normalised(texts: Iterable[str]) -> Iterator[str]:
    yield from filter(None, map(normalise_name, texts))


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


_ROLE_IN_BRACKETS = re.compile(r"^(?P<name>.*?)\s*\((?P<role>[^()]*)\)$")
_ROLES = choices_by_words(PartnershipRole)
_LONGEST_NAME = Organisation._meta.get_field("name").max_length or 0
_LONGEST_CONTRIBUTION = Partnership._meta.get_field("contribution").max_length or 0


@dataclass(frozen=True, slots=True)
class PartnerValue:
    """A partner: a structure the hub knows, or, without an id, a name to propose to Dihal."""

    name: str
    organisation_id: int | None
    role: PartnershipRole
    contribution: str


def read_partner(*, text: str, reference: Reference) -> PartnerValue:
    """Return the partner that a text names.

    Raises:
        ValueError: with a French reason, for an unknown role or a text too long.
    """
    named, _colon, contribution = text.partition(" : ")
    name, role = named.strip(), PartnershipRole.PARTNER
    organisation_id = _known(name, reference)
    brackets = _ROLE_IN_BRACKETS.match(name)
    # « USH (Union sociale pour l’habitat) » may be the whole name of a structure.
    if organisation_id is None and brackets:
        found = _ROLES.get(normalise_name(brackets["role"]))
        if found is None:
            roles = ", ".join(str(label) for label in PartnershipRole.labels)
            raise ValueError(f"« {brackets['role']} » n’est pas un rôle ; possibles : {roles}")
        name, role = brackets["name"], found
        organisation_id = _known(name, reference)
    if not normalise_name(name):
        raise ValueError("le nom de la structure manque")
    if len(name) > _LONGEST_NAME:
        raise ValueError(f"le nom d’une structure a {_LONGEST_NAME} caractères au plus")
    if len(contribution) > _LONGEST_CONTRIBUTION:
        raise ValueError(f"ce que fait un partenaire se dit en {_LONGEST_CONTRIBUTION} caractères au plus")
    return PartnerValue(name, organisation_id, role, contribution.strip())


def _known(name: str, reference: Reference) -> int | None:
    words = normalise_name(name)
    return reference.organisations.get(words) or reference.proposed.get(words)


Value = TypeVar("Value")

_STATUSES = choices_by_words(InitiativeStatus)
EXTERNAL_ID_LENGTH = Dossier._meta.get_field("external_id").max_length or 0
TITLE_LENGTH = InitiativePage._meta.get_field("title").max_length or 0

_SHOWN = 80
_FIRST_DAY = date(1899, 12, 30)
_DAY_NUMBER = re.compile(r"([2-7]\d{4})(?:[.,]\d+)?", re.ASCII)
_PHONE_WITHOUT_ZERO = re.compile(r"[1-9]\d{8}", re.ASCII)
_LINK_TO_THE_SITE = re.compile(r"\]\((/[^\s()<>\"\\]{0,2000})\)")
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
            value = _reader_of(key)(key, text, reference)
        except _CellError as error:
            shown = text if error.text is None else error.text
            problems.append(Problem(columns()[key].heading, visible(shown[:_SHOWN]), str(error)))
            continue
        if key == "external_id":
            values.external_id = value
        elif key == "steward":
            values.steward_id = value or default_steward
        else:
            values.fields[key] = value
    start, end = values.fields.get("start_year"), values.fields.get("end_year")
    if start and end and end < start:
        problems.append(Problem(columns()["end_year"].heading, str(end), "la fin précède le début"))
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
    """A field of the model, checked by the model."""
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


def _chosen(key: str, text: str, reference: Reference) -> list[int]:
    known: dict[str, int] = getattr(reference, key)
    found = []
    for words in several(text):
        pk = known.get(normalise_name(words))
        if pk is None:
            raise _CellError(_UNKNOWN.format(list=columns()[key].heading), text=words)
        found.append(pk)
    return list(dict.fromkeys(found))


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
    return content_blocks(text=text, known=_addresses_of_the_site(text))


def _addresses_of_the_site(text: str) -> frozenset[str]:
    """Who imports may link to any public page; the form keeps only the links that are there."""
    return frozenset(_LINK_TO_THE_SITE.findall(text))


def visible(text: str) -> str:
    """Return a text with its control characters shown: some databases keep none of them."""
    return "".join(character if ord(character) >= ord(" ") or character == "\n" else "�" for character in text)


def several(text: str) -> Iterator[str]:
    """Yield the values of a cell that may hold several."""
    yield from (words for part in text.split(";") if (words := " ".join(part.split())))


_Reader = Callable[[str, str, Reference], Any]
_BY_KIND: dict[Kind, _Reader] = {
    Kind.PLAIN: _field,
    Kind.TITLE: _required,
    Kind.CHOICE: _status,
    Kind.YEAR: _year,
    Kind.RICH: lambda _key, text, _reference: to_html(text=text, known=_addresses_of_the_site(text)),
    Kind.FACET: _chosen,
    Kind.TAGS: _tags,
    Kind.BLOCKS: _body,
}
# What no kind tells.
_OWN_READERS: dict[str, _Reader] = {
    "external_id": _required,
    "steward": _steward,
    "contact_phone": _phone,
    "original_published_on": _day,
    "original_modified_on": _day,
    "territories": _territories,
    "partnerships": _partners,
    "key_figures": _figures,
}


def _reader_of(key: str) -> _Reader:
    return _OWN_READERS.get(key) or _BY_KIND[FIELDS[key].kind]
