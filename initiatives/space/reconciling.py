"""Two texts of a step compared and merged, field by field."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.text import capfirst

from hub.accounts.models import User
from hub.pages.markup import to_plain
from hub.pages.markup.content import is_editable, plain_of
from initiatives.drafts import UNTITLED
from initiatives.enums import PartnershipRole
from initiatives.fields import FIELDS, Kind, SheetField
from initiatives.models import InitiativePage
from initiatives.people import is_member
from initiatives.readable import choice_label, row_words, stream_text


def content_of(*, text: InitiativePage, fields: Iterable[str]) -> dict[str, Any]:
    """Return what some fields hold, in a form that two equal texts share."""
    return {name: _value(text, FIELDS[name]) for name in fields}


def _value(text: InitiativePage, field: SheetField) -> Any:
    if field.kind is Kind.IMAGE:
        return getattr(text, f"{field.name}_id")
    value = getattr(text, field.name)
    match field.kind:
        case Kind.ROWS:
            return [[_plain(getattr(row, part)) for part in field.parts] for row in value.all()]
        case Kind.FACET:
            return sorted(choice.pk for choice in value.all())
        case Kind.TAGS:
            return sorted(tag.name for tag in value.all())
        case Kind.BLOCKS:
            return [[child.block_type, child.block.get_prep_value(child.value)] for child in value]
    return value


def _plain(value: Any) -> Any:
    # 21000 and 21000.00 are the same number, before and after the database.
    return f"{value.normalize():f}" if hasattr(value, "normalize") else value


def words_of(*, text: InitiativePage, name: str) -> str:  # noqa: PLR0911 — one for each kind of field
    """Return what a person reads of a field, lines parted by line breaks."""
    field, value = FIELDS[name], getattr(text, name)
    match field.kind:
        case Kind.ROWS:
            return "\n".join(row_words(sheet=text, name=name))
        case Kind.FACET:
            return "\n".join(sorted(str(choice) for choice in value.all()))
        case Kind.TAGS:
            return ", ".join(sorted(tag.name for tag in value.all()))
        case Kind.BLOCKS:
            return stream_text(stream=value)
        case Kind.CHOICE:
            return choice_label(sheet=text, name=name)
        case Kind.TITLE if value == UNTITLED:
            return ""
        case Kind.RICH:
            return to_plain(html=value)
    return "" if value is None else str(value)


# Versions read to find who wrote what is stored now.
MOST_VERSIONS_READ = 12
_MARK_LENGTH = 8
_UNKNOWN = "-" * _MARK_LENGTH


def marks_of(*, text: InitiativePage, fields: Iterable[str]) -> dict[str, str]:
    """Return a mark for each of some fields: two texts a form shows alike have the same."""
    return {
        name: mark(_shown(text, FIELDS[name], value)) for name, value in content_of(text=text, fields=fields).items()
    }


def mark(value: Any) -> str:
    return sha256(json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True).encode()).hexdigest()[:_MARK_LENGTH]


def _shown(text: InitiativePage, field: SheetField, value: Any) -> Any:
    if field.kind is Kind.RICH:
        return to_plain(html=value or "")
    if field.kind is Kind.BLOCKS and is_editable(body=getattr(text, field.name)):
        return plain_of(body=getattr(text, field.name))
    dossier = getattr(text, "dossier", None) if field.name == "partnerships" and not value else None
    if dossier is not None and dossier.steward_id is not None:
        # A form without partners shows this row: sent back untouched, it is no change.
        return [[dossier.steward_id, PartnershipRole.LEAD, ""]]
    return value


def written_marks(*, marks: Mapping[str, str]) -> str:
    return "".join(marks.values())


def read_marks(*, written: str, fields: Collection[str]) -> dict[str, str]:
    """Return the marks a form carried for the fields of its step; none when they are not as many."""
    if len(written) != _MARK_LENGTH * len(fields):
        return {}
    marks = (written[place : place + _MARK_LENGTH] for place in range(0, len(written), _MARK_LENGTH))
    return dict(zip(fields, marks, strict=True))


@dataclass(frozen=True, slots=True)
class Merge:
    """What becomes of each field: ``taken`` from the stored text, asked about (``conflicts``), or written as typed."""

    taken: tuple[str, ...]
    conflicts: tuple[str, ...]


def merge(*, base: Mapping[str, str], stored: Mapping[str, str], typed: Mapping[str, Collection[str]]) -> Merge:
    """Compare three texts, field by field.

    Args:
        base: the marks the form was loaded with; a field it does not know is never overwritten unseen.
        stored: those of the latest text.
        typed: what was sent, under every mark it may go by; none for what cannot be kept as it is.
    """
    elsewhere = [field for field in stored if base.get(field) != stored[field] and stored[field] not in typed[field]]
    taken = tuple(field for field in elsewhere if base.get(field) in typed[field])
    return Merge(taken=taken, conflicts=tuple(field for field in elsewhere if field not in taken))


def marks_to_ask(*, base: Mapping[str, str], stored: Mapping[str, str], conflicts: Collection[str]) -> dict[str, str]:
    """Return the marks of a form that shows two texts: until one is chosen, it was loaded with neither."""
    return {field: base.get(field, _UNKNOWN) if field in conflicts else stored[field] for field in stored}


@dataclass(frozen=True, slots=True)
class Author:
    """Who saved what is stored, as this person may know them, and when."""

    name: str
    is_self: bool
    at: datetime

    @property
    def asking(self) -> str:
        at = time_format(timezone.localtime(self.at), "H:i")
        if self.is_self:
            return f"Vous avez enregistré un autre texte à {at}, dans une autre fenêtre."
        return f"{capfirst(self.name)} a enregistré un autre texte à {at}, pendant que vous écriviez."

    def merged(self, *, fields: Collection[str]) -> str:
        names = ", ".join(FIELDS[name].label for name in fields)
        if self.is_self:
            return f"Ce que vous avez enregistré dans une autre fenêtre a été gardé aussi ({names})."
        return f"Les changements faits par {self.name} ont été gardés aussi ({names})."


def author_of(*, sheet: InitiativePage, fields: Collection[str], user: User) -> Author:
    """Return who gave one of these fields the content it has now, the latest of them."""
    found = list(sheet.revisions.select_related("user").order_by("-created_at", "-pk")[:MOST_VERSIONS_READ])
    if not found:  # it was never written but in the administration
        return Author(name="la Dihal", is_self=False, at=timezone.now())
    latest, *former = found
    marks = marks_of(text=latest.as_object(), fields=fields)
    for revision in former:
        if marks_of(text=revision.as_object(), fields=fields) != marks:
            break
        latest = revision
    author = latest.user
    is_known = author is not None and is_member(sheet=sheet, user=author)
    name = str(author) if is_known else (author.get_full_name() if author else "") or "la Dihal"
    return Author(name=name, is_self=author is not None and author.pk == user.pk, at=latest.created_at)
