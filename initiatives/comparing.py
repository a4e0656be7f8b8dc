"""What changed between two texts of a sheet, field by field, ready to be shown to a partner or a reviewer."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from rapidfuzz.distance import Indel

from initiatives.fields import Kind, SheetField, fields_in_order
from initiatives.models import InitiativePage
from initiatives.readable import choice_label, plain_text, row_words, stream_text

# Comparing takes a moment, and a bit of memory, for each pair of words, whatever they are: above this, whole lines are
# compared. Above this again, between the first line that differs and the last, nothing is.
MOST_PAIRS = 36_000_000
_TOO_DIFFERENT = "Les deux textes sont trop longs et trop différents pour être comparés : ils sont montrés en entier."
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


# What was shown in an order of its own keeps it.
_MOVED = {"governance": "partnerships", "tags": "schemes", "body": "image_alternative_text"}


def _items(field: SheetField, sheet: InitiativePage) -> list[str] | None:
    """What a list holds, whose order does not matter; ``None`` for a field that is one text."""
    if field.kind is Kind.ROWS:
        return row_words(sheet=sheet, name=field.name)
    if field.kind in {Kind.FACET, Kind.TAGS}:
        return [str(getattr(entry, field.shown_by)) for entry in getattr(sheet, field.name).all()]
    return None


def _text(field: SheetField, sheet: InitiativePage) -> str:
    value = getattr(sheet, field.name)
    match field.kind:
        case Kind.RICH:
            return plain_text(html=value)
        case Kind.BLOCKS:
            return stream_text(stream=value)
        case Kind.CHOICE:
            return choice_label(sheet=sheet, name=field.name)
    return str(value) if value is not None else ""


def _source(field: SheetField, sheet: InitiativePage) -> Any:
    """What two texts with the same words may still differ by."""
    value = getattr(sheet, field.name)
    match field.kind:
        case Kind.RICH:
            return _without_marks(value)
        case Kind.BLOCKS:
            return _stream_values(value.get_prep_value())
        case Kind.IMAGE:
            return getattr(sheet, f"{field.name}_id")
    return None


def differences(*, before: InitiativePage, after: InitiativePage) -> list[FieldDifference]:
    """Return the fields that are not the same, in the order of the form.

    Texts are compared by words; partners, figures, documents and facets as sets, whatever their order.
    """
    fields = fields_in_order(moved=_MOVED)
    return [found for field in fields if (found := _difference(field, before, after)) is not None]


def filled_fields(*, text: InitiativePage) -> list[FieldDifference]:
    """Return the filled fields of a text, in the order of the form, to be read plainly: nothing in them is marked."""
    read = []
    for field in fields_in_order(moved=_MOVED):
        items = _items(field, text)
        words = _lines(_text(field, text)) if items is None else _list(items, items, _inserted)
        if words:
            read.append(_said(field, SafeString(""), words))
    return read


def _difference(field: SheetField, before: InitiativePage, after: InitiativePage) -> FieldDifference | None:
    former_items, latter_items = _items(field, before), _items(field, after)
    if former_items is not None and latter_items is not None:
        if sorted(former_items) == sorted(latter_items):
            return None
        return _said(field, _list(former_items, latter_items, _deleted), _list(latter_items, former_items, _inserted))
    former, latter = _text(field, before), _text(field, after)
    if former != latter:
        compared = _compared(former, latter)
        is_marked = "<del>" in compared.before or "<ins>" in compared.after
        note = _TOO_DIFFERENT if compared.is_whole else "" if is_marked else _SAME_WORDS
        return _said(field, compared.before, compared.after, note=note)
    if _source(field, before) == _source(field, after):
        return None
    return _said(field, _lines(former), _lines(latter), note=_SAME_WORDS)


def _said(field: SheetField, before: SafeString, after: SafeString, note: str = "") -> FieldDifference:
    return FieldDifference(name=field.name, label=field.label, before=before, after=after, note=note)


def marked_words(*, before: str, after: str) -> tuple[SafeString, SafeString]:
    """Return both texts, escaped, with the words that left and those that came marked.

    Long texts are compared by lines, and those that are too different even so are marked whole: the time is bounded.
    """
    compared = _compared(before, after)
    return compared.before, compared.after


@dataclass(frozen=True, slots=True)
class _Compared:
    before: SafeString
    after: SafeString
    is_whole: bool = False


def _compared(before: str, after: str) -> _Compared:
    former, latter = _words(before), _words(after)
    if len(former) * len(latter) > MOST_PAIRS:
        former, latter = before.splitlines(keepends=True), after.splitlines(keepends=True)
    kept = _kept(former, latter)
    if kept is not None:
        return _Compared(*_marked_between(former, latter, kept))
    return _Compared(_deleted(before), _inserted(after), is_whole=True)


def _kept(former: list[str], latter: list[str]) -> list[tuple[int, int, int]] | None:
    """Return the runs that are in both texts, ``(start, other start, length)``, or None when it would take too long."""
    # Numbers stand for words: compared at once, and never mistaken one for another. A word is known without the space
    # that follows it.
    numbers: dict[str, int] = {}
    left, right = ([numbers.setdefault(word.rstrip(), len(numbers)) for word in words] for words in (former, latter))
    head = _alike(left, right)
    tail = _alike(left[head:][::-1], right[head:][::-1])
    left, right = left[head : len(left) - tail], right[head : len(right) - tail]
    if len(left) * len(right) > MOST_PAIRS:
        return None
    middle = [(block.a + head, block.b + head, block.size) for block in Indel.editops(left, right).as_matching_blocks()]
    return [(0, 0, head), *middle, (len(former) - tail, len(latter) - tail, tail)]


def _alike(left: list[int], right: list[int]) -> int:
    return sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], zip(left, right, strict=False)))


def _marked_between(
    former: list[str], latter: list[str], kept: list[tuple[int, int, int]]
) -> tuple[SafeString, SafeString]:
    left: list[SafeString] = []
    right: list[SafeString] = []
    place = other_place = 0
    for start, other_start, length in kept:
        if not length:
            continue
        left += [_deleted("".join(former[place:start])), _lines("".join(former[start : start + length]))]
        right += [
            _inserted("".join(latter[other_place:other_start])),
            _lines("".join(latter[other_start : other_start + length])),
        ]
        place, other_place = start + length, other_start + length
    left.append(_deleted("".join(former[place:])))
    right.append(_inserted("".join(latter[other_place:])))
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
    return format_html_join(SafeString("<br>"), "{}", ((line,) for line in text.split("\n")))


def _joined(pieces: list[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def _list(items: list[str], others: list[str], mark: Callable[[str], SafeString]) -> SafeString:
    if not items:
        return SafeString("")
    known = frozenset(others)
    lines = ((_lines(item) if item in known else mark(item),) for item in items)
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
