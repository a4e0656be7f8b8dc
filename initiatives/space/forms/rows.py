"""Lists of rows in a step: partners, key figures, documents. Rows are added, removed and moved without JavaScript.

A field of a row is named ``<list>-<row>-<field>``; the order of the rows is the order they are sent in, whatever they
are called. ``<list>-sent`` tells an empty list from a list that was not sent.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorDict
from django.http import QueryDict

from initiatives.space.forms.fields import StepBoundField, keep_what_is_too_long

MOST_ROWS = 40
# Rows that are too many are shown, to be removed; more than a person can have made are not.
MOST_SHOWN = 100
_KEY = re.compile(r"[0-9a-z]{1,8}")


class RowForm(forms.Form):
    """One row. An empty row is not there."""

    # What every row says even when nothing was typed: the first choice of a list.
    DEFAULTS: ClassVar[frozenset[str]] = frozenset()
    bound_field_class = StepBoundField
    use_required_attribute = False

    def __init__(self, *, key: str, is_read_only: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.key = key
        # The child of the text that a wrong row leaves as it is; none for a row that was never saved.
        self.stands_for: Any = None
        # Where the page opens: the row was just moved, or is next to one that was taken away.
        self.is_focused = False
        keep_what_is_too_long(fields=self.fields.values())
        if is_read_only:
            for field in self.fields.values():
                field.disabled = not isinstance(field.widget, forms.TextInput)
                field.widget.attrs["readonly"] = True

    def full_clean(self) -> None:
        """Check the row, unless it is empty: a row just added is not wrong before anything is typed."""
        super().full_clean()
        if self.is_bound and self.is_blank:
            self._errors = ErrorDict()

    @property
    def is_blank(self) -> bool:
        return not any(
            str(self.data.get(self.add_prefix(name), "")).strip() for name in self.fields if name not in self.DEFAULTS
        )

    def visible(self) -> list[BoundField]:
        return self.visible_fields()


class RowList:
    """The rows of one list: as sent when there is a request, as in the text otherwise.

    Args:
        name: the relation of the page.
        stored: one mapping of initial values for each row of the text.
        make_row: makes the form of one row.
        write_rows: puts rows into the text: valid ones, and those that are wrong, which leave in their place what the
            text had there (``RowForm.stands_for``).
    """

    def __init__(
        self,
        *,
        name: str,
        data: Mapping[str, Any] | None,
        stored: list[dict[str, Any]],
        make_row: Callable[..., RowForm],
        write_rows: Callable[[list[RowForm]], None],
    ) -> None:
        self.name = name
        self.is_sent = data is not None and f"{name}-sent" in data
        self._make_row = make_row
        self._write_rows = write_rows
        self.is_focused = False
        if self.is_sent and data is not None:
            keys = row_keys(data=data, name=name)
            self.forms = [make_row(data=data, prefix=f"{name}-{key}", key=key) for key in keys[:MOST_SHOWN]]
            self.has_too_many = len(self.filled()) > MOST_ROWS
        else:
            self.forms = [
                make_row(initial=initial, prefix=f"{name}-{position}", key=str(position))
                for position, initial in enumerate(stored)
            ]
            self.has_too_many = False

    def blank(self) -> RowForm:
        return self._make_row(prefix=f"{self.name}-0", key="0")

    def filled(self) -> list[RowForm]:
        return [row for row in self.forms if not row.is_blank]

    def stand_at(self, key: str, *, is_new: bool) -> None:
        """Put the focus on a row when the page opens: on its first field to fill it in, on the list without a row."""
        row = next((row for row in self.forms if row.key == key), None)
        self.is_focused = row is None
        if row is not None and is_new:
            row.visible()[0].field.widget.attrs["autofocus"] = True
        elif row is not None:
            row.is_focused = True

    def is_valid(self) -> bool:
        # A list: every wrong row gets its message.
        return all([row.is_valid() for row in self.filled()]) and not self.has_too_many  # noqa: C419

    def wrong(self) -> list[tuple[int, RowForm]]:
        """The rows that cannot be kept, with their places in the list, from one."""
        return [(place, row) for place, row in enumerate(self.forms, start=1) if row.errors]

    def write(self) -> None:
        """Put the rows into the text; one that is wrong changes nothing of what the text has at its place."""
        self._write_rows(self.filled())


@dataclass(frozen=True, slots=True)
class Rows:
    """How the rows of a list become children of a text.

    ``key`` tells former children apart, ``key_of_row`` says the same of a valid row, ``write`` makes the child of a
    valid row, a former one when the pool has it.
    """

    key: Callable[[Any], Any]
    key_of_row: Callable[[RowForm], Any]
    write: Callable[[RowForm, "Pool"], Any]


def written_children(*, rows: list[RowForm], former: Iterable[Any], how: Rows) -> list[Any]:
    """Return the children that filled rows make, in their order; a wrong row leaves what the text had at its place."""
    children = list(former)
    pool = Pool(children=children, key=how.key)
    _keep_former(rows=rows, former=children, key=how.key_of_row, pool=pool)
    made = []
    for position, row in enumerate(rows):
        child = row.stands_for if row.errors else how.write(row, pool)
        if child is not None:
            child.sort_order = position
            made.append(child)
    return made


def _keep_former(*, rows: list[RowForm], former: list[Any], key: Callable[[RowForm], Any], pool: "Pool") -> None:
    """Give each wrong row the former child at the place its name tells, unless a valid row is that child."""
    taken = [pool.peek(key(row)) for row in rows if not row.errors]
    left = [child for child in former if not any(child is other for other in taken)]
    for row in rows:
        if not row.errors:
            continue
        place = int(row.key) if row.key.isdecimal() else len(former)
        at_place = former[place] if place < len(former) else None
        row.stands_for = next((child for child in left if child is at_place), None)
        if row.stands_for is not None:
            left.remove(row.stands_for)


def row_keys(*, data: Mapping[str, Any], name: str) -> list[str]:
    found: dict[str, None] = {}
    for sent in data:
        parts = sent.split("-")
        if len(parts) == 3 and parts[0] == name and _KEY.fullmatch(parts[1]):  # noqa: PLR2004 — list, row, field
            found[parts[1]] = None
    return list(found)


def rearrange(*, data: QueryDict, name: str, order: str, first_field: str) -> str:
    """Add, remove or move a row in what was sent, as the button that was pressed says; return the row one is at then.

    ``order`` is ``add``, ``remove:<row>``, ``up:<row>`` or ``down:<row>``; another, or an unknown row, changes nothing.
    """
    keys = row_keys(data=data, name=name)
    verb, _, key = order.partition(":")
    if verb == "add" and len(keys) < MOST_ROWS:
        taken = [int(key) for key in keys if key.isdecimal()]
        added = str(max(taken, default=-1) + 1)
        data[f"{name}-{added}-{first_field}"] = ""
        return added
    if key not in keys:
        return ""
    position = keys.index(key)
    keys.pop(position)
    if verb == "up":
        keys.insert(max(position - 1, 0), key)
    elif verb == "down":
        keys.insert(position + 1, key)
    elif verb == "remove":
        key = keys[min(position, len(keys) - 1)] if keys else ""
    else:
        return ""
    _reorder(data=data, name=name, keys=keys)
    return key


def _reorder(*, data: QueryDict, name: str, keys: Iterable[str]) -> None:
    sent = {field: data.pop(field) for field in list(data) if _belongs(field, name)}
    for key in keys:
        for field, values in sent.items():
            if field.split("-")[1] == key:
                data.setlist(field, values)


def _belongs(field: str, name: str) -> bool:
    parts = field.split("-")
    return len(parts) == 3 and parts[0] == name  # noqa: PLR2004 — list, row, field


class Pool:
    """The former children of a page, given back once each by what tells them apart: they keep their identity."""

    def __init__(self, *, children: Iterable[Any], key: Callable[[Any], Any]) -> None:
        self._children: dict[Any, list[Any]] = {}
        for child in children:
            self._children.setdefault(key(child), []).append(child)

    def peek(self, key: Any) -> Any | None:
        children = self._children.get(key)
        return children[0] if children else None

    def take(self, key: Any) -> Any | None:
        """Return a former child of this key, or ``None`` when there is none left."""
        children = self._children.get(key)
        return children.pop(0) if children else None
