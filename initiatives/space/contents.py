"""What a step of a text holds: to know whether it changed, and to show two texts side by side."""

from typing import Any

from initiatives.drafts import UNTITLED
from initiatives.models import InitiativePage
from initiatives.readable import document_titles, figure_text, part_words, stream_text
from initiatives.space.plain_text import to_plain
from initiatives.space.steps import Step

_ROWS: dict[str, tuple[str, ...]] = {
    "partnerships": ("organisation_id", "role", "contribution"),
    "key_figures": ("qualifier", "value", "unit", "label", "year", "source"),
    "documents": ("document_id", "title"),
}
_CHOICES = frozenset({"territories", "audiences", "axes", "schemes"})
RICH_TEXTS = frozenset(name for name, _heading in InitiativePage.SECTIONS)


def content_of(*, text: InitiativePage, step: Step) -> dict[str, Any]:
    """Return what a step holds, field by field, in a form that two equal texts share."""
    return {field: _value(text, field) for field in step.fields}


def _value(text: InitiativePage, field: str) -> Any:
    if field in _ROWS:
        return [[_plain(getattr(row, name)) for name in _ROWS[field]] for row in getattr(text, field).all()]
    if field in _CHOICES:
        return sorted(choice.pk for choice in getattr(text, field).all())
    if field == "tags":
        return sorted(tag.name for tag in text.tags.all())
    if field == "image":
        return text.image_id
    if field == "body":
        return [[child.block_type, child.block.get_prep_value(child.value)] for child in text.body]
    return getattr(text, field)


def _plain(value: Any) -> Any:
    # 21000 and 21000.00 are the same number, before and after the database.
    return f"{value.normalize():f}" if hasattr(value, "normalize") else value


def words_of(*, text: InitiativePage, field: str) -> str:  # noqa: PLR0911 — one for each kind of field
    """Return what a person reads of a field, lines parted by line breaks."""
    value = getattr(text, field)
    match field:
        case "partnerships":
            return "\n".join(part_words(partnership=row) for row in value.all())
        case "key_figures":
            return "\n".join(figure_text(figure=row) for row in value.all())
        case "documents":
            return "\n".join(document_titles(sheet=text))
        case "tags":
            return ", ".join(sorted(tag.name for tag in value.all()))
        case "body":
            return stream_text(stream=value)
        case "status":
            return str(text.get_status_display())
        case "title":
            return "" if value == UNTITLED else text.title
    if field in _CHOICES:
        return "\n".join(sorted(str(choice) for choice in value.all()))
    if field in RICH_TEXTS:
        return to_plain(html=value)
    return "" if value is None else str(value)
