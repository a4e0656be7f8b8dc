"""What the top of a step says of what could not be saved: one line for each field, with the way to it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import NON_FIELD_ERRORS

from initiatives.fields import FIELDS, anchor_of
from initiatives.space.forms import StepForm


@dataclass(frozen=True, slots=True)
class Summary:
    """Lines to show (label, fragment of the page, messages), and what is counted in the title above them."""

    lines: list[tuple[str, str, list[str]]]
    title: str
    is_rest_saved: bool

    def __bool__(self) -> bool:
        return bool(self.lines)


NOTHING_WRONG = Summary(lines=[], title="", is_rest_saved=True)


def summary_of(*, form: StepForm, wrong: Mapping[str, list[str]]) -> Summary:
    """Sum up what is wrong in a step; ``wrong`` holds the messages by field, those on refused files included."""
    lines: list[tuple[str, str, list[str]]] = []
    rows = fields = 0
    for field, words in wrong.items():
        if field not in FIELDS:
            continue
        found = form.rows[field].wrong() if field in form.rows and field in form.row_errors else []
        rows += len(found)
        fields += not found
        for place, row in found:
            for name, messages in row.errors.items():
                label, anchor = f"{FIELDS[field].row} {place}", anchor_of(field)
                if name != NON_FIELD_ERRORS:
                    label, anchor = f"{label}, {row.fields[name].label}", anchor_of(f"{row.prefix}-{name}")
                lines.append((label, anchor, [str(messages[0])]))
        if not found:
            lines.append((FIELDS[field].label, anchor_of(field), words))
    counted = [_counted(fields, "champ"), _counted(rows, "ligne")]
    others = [field for field in form.step.fields if field not in wrong]
    return Summary(lines=lines, title=f"{' et '.join(filter(None, counted))} à corriger", is_rest_saved=bool(others))


def _counted(number: int, name: str) -> str:
    return f"{number} {name}{'s' if number > 1 else ''}" if number else ""
