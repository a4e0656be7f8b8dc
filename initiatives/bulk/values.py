import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any, NamedTuple, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.http import QueryDict
from django.utils import timezone

from hub.french_fields import FrenchDateField
from hub.pages.enums import FigureQualifier
from hub.territories.forms import TerritoryMultipleChoiceField
from hub.territories.names import normalise_name
from hub.vocabulary.models import Audience, Axis, Organisation, OrganisationKind, OtherNames, Scheme
from hub.vocabulary.suggestions import code_of
from initiatives.bulk.columns import columns
from initiatives.bulk.reading import LONGEST_CELL, SourceLine
from initiatives.enums import InitiativeStatus, PartnershipRole
from initiatives.fields import FIELDS, Kind, SheetField
from initiatives.models import Dossier, InitiativePage
from initiatives.space.forms import FORMS, StepForm

Choice = TypeVar("Choice", bound=TextChoices)
Value = TypeVar("Value")

# Files name the same places again and again; beyond, the least recently met is asked anew.
_TERRITORIES_REMEMBERED = 2_000


@dataclass(slots=True)
class Reference:
    """Ids by normalised words. ``organisations`` are the validated ones; ``proposed`` those waiting for Dihal."""

    audiences: dict[str, int] = field(default_factory=dict)
    axes: dict[str, int] = field(default_factory=dict)
    schemes: dict[str, int] = field(default_factory=dict)
    organisations: dict[str, int] = field(default_factory=dict)
    proposed: dict[str, int] = field(default_factory=dict)
    _territories: OrderedDict[str, str] = field(default_factory=OrderedDict)
    _territory_field: TerritoryMultipleChoiceField = field(default_factory=TerritoryMultipleChoiceField)

    def is_structure(self, name: str) -> bool:
        words = normalise_name(name)
        return words in self.organisations or words in self.proposed

    def territory(self, *, text: str) -> str:
        """Return a code. Raises ``ValidationError`` when ``text`` names no territory, or several; it says which."""
        if text in self._territories:
            self._territories.move_to_end(text)
            return self._territories[text]
        found = self._territory_field.resolve(text).code
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
    return kinds.filter(slug="association").first() or kinds.order_by("position", "pk").first()


def _by_words(rows: Iterable[Any], *names: str) -> dict[str, int]:
    """The words of the rows; when two rows share some, a name wins over an alias, then the older row."""
    rows = list(rows)
    found: dict[str, int] = {}
    for row in rows:
        aliases = row.every_alias if isinstance(row, OtherNames) else getattr(row, "aliases", "").splitlines()
        found |= {normalise_name(alias): row.pk for alias in aliases}
    for name in reversed(names):
        found |= {normalise_name(getattr(row, name)): row.pk for row in rows}
    found.pop("", None)
    return found


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


class Figure(NamedTuple):
    qualifier: str
    value: str
    unit: str
    label: str
    year: str
    source: str


def read_figure(*, text: str) -> Figure:
    """Raises ``ValueError``, with a French reason, for a text that is not in the expected form."""
    number, *others = (part.strip() for part in text.split("|"))
    if not _FEWEST_PARTS <= len(others) + 1 <= _MOST_PARTS:
        raise ValueError("forme attendue : « valeur | unité | ce qui est compté | année | source »")
    found = _NUMBER.match(number)
    qualifier = _qualifier(found["before"]) if found else None
    if found is None or qualifier is None:
        raise ValueError(
            f"« {number} » n’est pas un nombre, précédé ou non de « plus de » (ou >), « moins de » (ou <), "
            "« environ » (ou ~) ou « près de »"
        )
    unit, label, year, source = [*others, "", ""][: _MOST_PARTS - 1]
    return Figure(qualifier, found["number"], unit, label, year, source)


def _qualifier(before: str) -> FigureQualifier | None:
    sign = "".join(before.split())
    if sign in _SIGNS:
        return _SIGNS[sign]
    return _QUALIFIERS.get(normalise_name(before)) if _WORDS.fullmatch(before.strip()) else None


_ROLE_IN_BRACKETS = re.compile(r"^(?P<name>.*?)\s*\((?P<role>[^()]*)\)$")
_ROLES = choices_by_words(PartnershipRole)


class Partner(NamedTuple):
    """A partner, as the row of the form receives it: a structure that is known, or the name of a new one."""

    organisation: str
    role: str
    contribution: str
    kind: str


def read_partner(*, text: str, reference: Reference) -> Partner:
    """Raises ``ValueError``, with a French reason, for an unknown role or no name."""
    named, _colon, contribution = text.partition(" : ")
    name, role = named.strip(), PartnershipRole.PARTNER
    brackets = _ROLE_IN_BRACKETS.match(name)
    # « USH (Union sociale pour l’habitat) » may be the whole name of a structure.
    if brackets and not reference.is_structure(name):
        found = _ROLES.get(normalise_name(brackets["role"]))
        if found is None:
            roles = ", ".join(map(str, PartnershipRole.labels))
            raise ValueError(f"« {brackets['role']} » n’est pas un rôle ; possibles : {roles}")
        name, role = brackets["name"], found
    words = normalise_name(name)
    if not words:
        raise ValueError("le nom de la structure manque")
    if words in reference.organisations:
        return Partner(code_of(reference.organisations[words]), role, contribution, "")
    kind = kind_of_the_unknown()
    return Partner(name, role, contribution, "" if kind is None else str(kind.pk))


_STATUSES = choices_by_words(InitiativeStatus)
EXTERNAL_ID_LENGTH = Dossier._meta.get_field("external_id").max_length or 0
TITLE_LENGTH = InitiativePage._meta.get_field("title").max_length or 0

_SHOWN = 80
_FIRST_DAY = date(1899, 12, 30)
_DAY_NUMBER = re.compile(r"([2-7]\d{4})(?:[.,]\d+)?", re.ASCII)
_PHONE_WITHOUT_ZERO = re.compile(r"[1-9]\d{8}", re.ASCII)
_LINK_TO_THE_SITE = re.compile(r"\]\((/[^\s()<>\"\\]{0,2000})\)")
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f]")
_DAY = FrenchDateField(required=False)


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
    """What a line says of a sheet. ``forms`` are the steps it fills in, with the columns the file has and no other."""

    external_id: str = ""
    steward_id: int | None = None
    title: str = ""
    days: dict[str, date | None] = field(default_factory=dict)
    forms: list[StepForm] = field(default_factory=list)

    def write(self, text: InitiativePage) -> None:
        for name, day in self.days.items():
            setattr(text, name, day)
        for form in self.forms:
            form.text = text
            form.apply()


class _OneValueError(ValueError):
    def __init__(self, reason: str, *, text: str) -> None:
        super().__init__(reason)
        self.text = text


def read_values(
    *, line: SourceLine, reference: Reference, default_steward: int | None
) -> tuple[SheetValues, list[Problem]]:
    """Return what a line says, and what is wrong with it; with a problem, the values are not to be used."""
    values = SheetValues(steward_id=default_steward)
    wrong: dict[str, list[tuple[str, str]]] = {key: [] for key in line.cells}  # texts and reasons
    typed: dict[str, QueryDict] = {}
    rows: dict[str, list[str]] = {}
    for key, text in line.cells.items():
        try:
            if key == "external_id":
                values.external_id = _identifier(text)
            elif key == "steward":
                values.steward_id = _steward(text, reference) or default_steward
            elif key not in FIELDS:
                values.days[key] = _day(text)
            else:
                data = typed.setdefault(FIELDS[key].step, QueryDict(mutable=True))
                rows[key] = _type(data, FIELDS[key], text, reference)
        except _OneValueError as error:
            wrong[key].append((error.text, str(error)))
        except ValidationError as error:
            wrong[key].append((text, " ".join(error.messages)))
        except ValueError as error:
            wrong[key].append((text, str(error)))
    values.title = " ".join(line.cells.get("title", "").split())
    links = frozenset(link for text in line.cells.values() for link in _LINK_TO_THE_SITE.findall(text))
    blank = InitiativePage()
    for slug, data in typed.items():
        form = FORMS[slug](text=blank, user=None, data=data)
        # Who imports may link to any public page.
        form.may_link_to = links
        values.forms.append(form)
        for key in (name for name in form.step.fields if name in rows):
            wrong[key] += _refusals(form, key, text=line.cells[key], rows=rows[key])
    known = columns()
    return values, [
        Problem(known[key].heading, visible(shown[:_SHOWN]), reason)
        for key, found in wrong.items()
        for shown, reason in found
    ]


def _refusals(form: StepForm, key: str, *, text: str, rows: list[str]) -> Iterator[tuple[str, str]]:
    if key not in form.rows:
        yield from ((text, str(message)) for message in form.errors.get(key, []))
    elif form.rows[key].has_too_many:
        yield text, form.messages()[key][0]
    else:
        for words, row in zip(rows, form.rows[key].forms, strict=True):
            yield from ((words, str(message)) for messages in row.errors.values() for message in messages)


def _type(data: QueryDict, field: SheetField, text: str, reference: Reference) -> list[str]:
    """Put into the data of a step what a partner would have sent, and return the texts that made rows."""
    name = field.name
    if field.kind is not Kind.ROWS:
        data.setlist(name, _typed(field, text, reference))
        data[f"{name}-sent"] = "1"
        return []
    read = read_figure if name == "key_figures" else partial(read_partner, reference=reference)
    rows: dict[Any, tuple[str, Figure | Partner]] = {}
    for words, row in _each(text, lambda words: read(text=words)):
        # Said twice in a cell, a partner is there once.
        part = (normalise_name(row.organisation), row.role) if isinstance(row, Partner) else len(rows)
        rows.setdefault(part, (words, row))
    data[f"{name}-sent"] = "1"
    for place, (_words, row) in enumerate(rows.values()):
        data.update({f"{name}-{place}-{part}": typed for part, typed in row._asdict().items()})
    return [words for words, _row in rows.values()]


def _typed(field: SheetField, text: str, reference: Reference) -> list[str]:
    if field.kind is Kind.TITLE and not text:
        raise ValueError("cette colonne est obligatoire")
    if field.kind is Kind.CHOICE:
        found = _STATUSES.get(normalise_name(text)) if text else InitiativeStatus.RUNNING
        if found is None:
            raise ValueError(f"état inconnu ; possibles : {', '.join(map(str, InitiativeStatus.labels))}")
        return [found]
    if field.name == "territories":
        return [code for _words, code in _each(text, lambda words: reference.territory(text=words))]
    if field.kind is Kind.FACET:
        return [str(key) for _words, key in _each(text, partial(_chosen, field.name, reference))]
    if field.kind is Kind.TAGS:
        return [text.replace(";", ",")]
    if field.name == "contact_phone" and _PHONE_WITHOUT_ZERO.fullmatch(text):
        return [f"0{text}"]  # a spreadsheet takes 0612345678 for a number, and drops its zero
    return [text]


def _chosen(name: str, reference: Reference, words: str) -> int:
    known: dict[str, int] = getattr(reference, name)
    try:
        return known[normalise_name(words)]
    except KeyError as error:
        heading = columns()[name].heading
        raise ValueError(f"inconnu de la liste « {heading} » ; voyez la feuille des valeurs du modèle") from error


def _each(text: str, read: Callable[[str], Value]) -> Iterator[tuple[str, Value]]:
    """Read the values of a cell; the one that cannot be is named with the reason."""
    for words in several(text):
        try:
            yield words, read(words)
        except ValidationError as error:
            raise _OneValueError(" ".join(error.messages), text=words) from error
        except ValueError as error:
            raise _OneValueError(str(error), text=words) from error


def _identifier(text: str) -> str:
    words = " ".join(text.split())
    if not words:
        raise ValueError("cette colonne est obligatoire")
    if _INVISIBLE.search(words):
        raise ValueError("caractère interdit (invisible)")
    if len(words) > EXTERNAL_ID_LENGTH:
        raise ValueError(f"trop long : {EXTERNAL_ID_LENGTH} caractères au plus")
    return words


def _steward(text: str, reference: Reference) -> int | None:
    if text and normalise_name(text) not in reference.organisations:
        raise ValueError(
            "structure inconnue, ou pas encore validée : créez-la ou validez-la d’abord dans Vocabulaires › Structures"
        )
    return reference.organisations[normalise_name(text)] if text else None


def _day(text: str) -> date | None:
    # A day that a spreadsheet shows as it keeps it: so many days since the beginning of its calendar.
    number = _DAY_NUMBER.fullmatch(text)
    day: date | None = _FIRST_DAY + timedelta(days=int(number[1])) if number else _DAY.clean(text)
    if day and day > timezone.localdate():
        raise ValueError(f"cette date est à venir ({day:%d/%m/%Y}) : vérifiez l’année")
    return day


def visible(text: str) -> str:
    """Return a text with its control characters shown: some databases keep none of them."""
    return "".join(character if ord(character) >= ord(" ") or character == "\n" else "�" for character in text)


def several(text: str) -> Iterator[str]:
    if len(text) > LONGEST_CELL:
        raise ValueError(f"texte trop long : {LONGEST_CELL} caractères au plus")
    if _INVISIBLE.search(text):
        raise ValueError("caractère interdit (invisible)")
    yield from (words for part in text.split(";") if (words := " ".join(part.split())))
