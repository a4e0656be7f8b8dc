"""What a sheet still lacks: what it must have to be submitted, and what makes it more useful to its readers."""

from collections.abc import Callable
from dataclasses import dataclass

from initiatives.drafts import UNTITLED
from initiatives.fields import FIELDS, field_address
from initiatives.models import InitiativePage


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a sheet may hold, whether it does, and why it matters."""

    field: str
    label: str
    why: str
    is_required: bool
    is_filled: bool

    @property
    def step(self) -> str:
        return FIELDS[self.field].step

    def url(self, *, sheet: InitiativePage) -> str:
        return field_address(page_id=sheet.pk, name=self.field)


@dataclass(frozen=True, slots=True)
class Completeness:
    items: tuple[Item, ...]

    @property
    def missing_required(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.is_required and not item.is_filled)

    @property
    def missing_advised(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if not item.is_required and not item.is_filled)

    @property
    def can_be_submitted(self) -> bool:
        return not self.missing_required

    @property
    def ratio(self) -> float:
        """Share of the items that are filled, from 0 to 1."""
        return sum(item.is_filled for item in self.items) / len(self.items)

    @property
    def percent(self) -> int:
        """The same in whole percents; 100 only when nothing is missing."""
        return int(self.ratio * 100)

    def of_step(self, slug: str) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.step == slug)


def completeness_of(*, text: InitiativePage) -> Completeness:
    """Return what is filled and what is missing in a text of a sheet (see ``initiatives.drafts.text_of``)."""
    return Completeness(
        items=tuple(
            Item(
                field=field.name,
                label=field.asked,
                why=field.why,
                is_required=field.is_required,
                is_filled=_OWN_TESTS.get(field.name, _has_something(field.name))(text),
            )
            for field in FIELDS.values()
            if field.asked
        )
    )


def _has_something(field: str) -> Callable[[InitiativePage], bool]:
    def test(text: InitiativePage) -> bool:
        value = getattr(text, field)
        return bool(value.all() if hasattr(value, "all") else value)

    return test


def _has_title(text: InitiativePage) -> bool:
    return bool(text.title.strip()) and text.title != UNTITLED


def _tells_what_it_does(text: InitiativePage) -> bool:
    return bool(text.context or text.operation)


def _names_its_steward(text: InitiativePage) -> bool:
    """A sheet of Dihal's own has no steward: any partner will do. One that is awaited names itself when it comes."""
    partners = {partnership.organisation_id for partnership in text.partnerships.all()}
    dossier = getattr(text, "dossier", None)
    if dossier is not None and dossier.has_no_structure_yet:
        return True
    if dossier is None or dossier.steward_id is None:
        return bool(partners)
    return dossier.steward_id in partners


# What a field must hold when « is there anything in it » does not tell.
_OWN_TESTS: dict[str, Callable[[InitiativePage], bool]] = {
    "title": _has_title,
    "context": _tells_what_it_does,
    "partnerships": _names_its_steward,
}
