"""What changed between two texts of a sheet, field by field, ready to be shown to a partner or a reviewer."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from initiatives.models import InitiativePage
from initiatives.readable import document_titles, figure_text, names, part_words, plain_text, stream_text

# Comparing takes a time that grows with the product of the lengths: above this, whole lines are compared.
MOST_PAIRS_OF_WORDS = 4_000_000
_SAME_WORDS = "Les mots sont les mêmes ; leur mise en forme, ou ce qui les accompagne, a changé."

# Hidden words tell a screen reader what colours tell: one class for the site, one for the administration.
_HIDDEN = '<span class="fr-sr-only w-sr-only">{}</span>'


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDifference:
    """A field that is not the same in both texts.

    ``before`` and ``after`` are escaped HTML: the former text with ``<del>`` around what left, the latter with
    ``<ins>`` around what came; empty when the field was, or is, empty. ``note`` says what the words do not show.
    """

    name: str
    label: str
    before: SafeString
    after: SafeString
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Field:
    """How a field is read: as one text, or as a list whose order does not matter."""

    name: str
    text: Callable[[InitiativePage], str] | None = None
    items: Callable[[InitiativePage], list[str]] | None = None
    label: str = ""
    # What two texts with the same words may still differ by.
    source: Callable[[InitiativePage], Any] | None = None


def _plain(name: str) -> _Field:
    return _Field(name, text=lambda sheet: str(value) if (value := getattr(sheet, name)) is not None else "")


def _rich(name: str) -> _Field:
    return _Field(
        name,
        text=lambda sheet: plain_text(html=getattr(sheet, name)),
        source=lambda sheet: _without_marks(getattr(sheet, name)),
    )


def _facet(name: str, by: str) -> _Field:
    return _Field(name, items=lambda sheet: names(things=getattr(sheet, name).all(), by=by))


# In the order of the form.
_FIELDS: tuple[_Field, ...] = (
    _plain("title"),
    _plain("summary"),
    _Field("status", text=lambda sheet: str(sheet.get_status_display())),
    _plain("start_year"),
    _plain("end_year"),
    *(_rich(name) for name in ("context", "objectives", "operation")),
    _Field(
        "partnerships",
        label="Partenaires et rôles",
        items=lambda sheet: [
            part_words(partnership=part) for part in sheet.partnerships.all().select_related("organisation")
        ],
    ),
    _rich("governance"),
    _facet("territories", "name"),
    _facet("audiences", "full_label"),
    _facet("axes", "label"),
    _facet("schemes", "short_label"),
    _facet("tags", "name"),
    _rich("means"),
    _Field(
        "key_figures",
        label="Chiffres clés",
        items=lambda sheet: [figure_text(figure=figure) for figure in sheet.key_figures.all()],
    ),
    *(_rich(name) for name in ("results", "levers", "obstacles", "reproduction")),
    _Field("image", text=lambda sheet: str(sheet.image) if sheet.image else "", source=lambda sheet: sheet.image_id),
    _plain("image_alternative_text"),
    _Field(
        "body",
        text=lambda sheet: stream_text(stream=sheet.body),
        source=lambda sheet: _stream_values(sheet.body.get_prep_value()),
    ),
    _Field("documents", label="Documents", items=lambda sheet: document_titles(sheet=sheet)),
    *(_plain(f"contact_{part}") for part in ("name", "role", "email", "phone")),
)


def differences(*, before: InitiativePage, after: InitiativePage) -> list[FieldDifference]:
    """Return the fields that are not the same, in the order of the form.

    Texts are compared by words; partners, figures, documents and facets as sets, whatever their order.
    """
    return [found for field in _FIELDS if (found := _difference(field, before, after)) is not None]


def filled_fields(*, text: InitiativePage) -> list[FieldDifference]:
    """Return the filled fields of a text, in the order of the form, to be read plainly: nothing in them is marked."""
    read = []
    for field in _FIELDS:
        if field.items is not None:
            items = field.items(text)
            words = _list(items, items, _inserted)
        else:
            assert field.text is not None  # noqa: S101 — a field is a list or a text
            words = _lines(field.text(text))
        if words:
            read.append(_said(field, SafeString(""), words))
    return read


def _difference(field: _Field, before: InitiativePage, after: InitiativePage) -> FieldDifference | None:
    if field.items is not None:
        former_items, latter_items = field.items(before), field.items(after)
        if sorted(former_items) == sorted(latter_items):
            return None
        return _said(field, _list(former_items, latter_items, _deleted), _list(latter_items, former_items, _inserted))
    assert field.text is not None  # noqa: S101 — a field is a list or a text
    former, latter = field.text(before), field.text(after)
    if former != latter:
        left, right = marked_words(before=former, after=latter)
        return _said(field, left, right, note="" if "<del>" in left or "<ins>" in right else _SAME_WORDS)
    if field.source is None or field.source(before) == field.source(after):
        return None
    return _said(field, _lines(former), _lines(latter), note=_SAME_WORDS)


def _said(field: _Field, before: SafeString, after: SafeString, note: str = "") -> FieldDifference:
    label = field.label or capfirst(str(InitiativePage._meta.get_field(field.name).verbose_name))
    return FieldDifference(name=field.name, label=label, before=before, after=after, note=note)


def marked_words(*, before: str, after: str) -> tuple[SafeString, SafeString]:
    """Return both texts, escaped, with the words that left and those that came marked."""
    former, latter = _words(before), _words(after)
    if len(former) * len(latter) > MOST_PAIRS_OF_WORDS:
        former, latter = before.splitlines(keepends=True), after.splitlines(keepends=True)
    # A word with the space that follows it: spaces alone would match everywhere, and take an age.
    matcher = SequenceMatcher(
        None, [word.rstrip() for word in former], [word.rstrip() for word in latter], autojunk=False
    )
    left: list[SafeString] = []
    right: list[SafeString] = []
    for operation, start, end, other_start, other_end in matcher.get_opcodes():
        old, new = "".join(former[start:end]), "".join(latter[other_start:other_end])
        left.append(_lines(old) if operation == "equal" else _deleted(old))
        right.append(_lines(new) if operation == "equal" else _inserted(new))
    return _joined(left), _joined(right)


def _words(text: str) -> list[str]:
    return re.findall(r"\S+\s*", text)


def _deleted(text: str) -> SafeString:
    return _marked("del", "[supprimé : ", text)


def _inserted(text: str) -> SafeString:
    return _marked("ins", "[ajouté : ", text)


def _marked(element: str, announced: str, text: str) -> SafeString:
    words = text.rstrip()
    if not words:
        return SafeString("")
    begins, ends = format_html(_HIDDEN, announced), format_html(_HIDDEN, "]")
    marked = format_html("<{}>{}{}{}</{}>", SafeString(element), begins, _lines(words), ends, SafeString(element))
    return marked + _lines(text[len(words) :])


def _lines(text: str) -> SafeString:
    """The text, escaped, with its line breaks."""
    return format_html_join(SafeString("<br>"), "{}", ((line,) for line in text.split("\n")))


def _joined(pieces: list[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def _list(items: list[str], others: list[str], mark: Callable[[str], SafeString]) -> SafeString:
    if not items:
        return SafeString("")
    lines = ((_lines(item) if item in others else mark(item),) for item in items)
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", lines))


def _without_marks(html: str) -> str:
    """Rich text without what an editor adds by itself."""
    return re.sub(r'\s*data-block-key="[^"]*"', "", html).strip()


def _stream_values(value: Any) -> Any:
    """Free content without the identifiers of its blocks, which each import makes anew."""
    if isinstance(value, dict):
        return {key: _stream_values(child) for key, child in value.items() if key != "id"}
    if isinstance(value, list | tuple):
        return [_stream_values(child) for child in value]
    return value
