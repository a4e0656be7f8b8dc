"""Saving one step of a sheet: nothing is overwritten unseen, nothing valid is refused for what is wrong."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from hub.accounts.models import User
from initiatives.drafts import locked, save_text, text_of
from initiatives.fields import FIELDS, Step
from initiatives.models import InitiativePage
from initiatives.space.access import actions_on
from initiatives.space.forms import StepForm
from initiatives.space.forms.rows import row_keys
from initiatives.space.merging import (
    Author,
    Merge,
    author_of,
    content_of,
    mark,
    marks_of,
    marks_to_ask,
    merge,
    read_marks,
    words_of,
    written_marks,
)


@dataclass(frozen=True, slots=True)
class Difference:
    field: str
    label: str
    mine: str
    theirs: str
    mark: str  # of ``theirs``
    choice: str = ""  # which of both was chosen already, while another field is still to be chosen for


@dataclass(frozen=True, slots=True)
class Saved:
    """A step was saved: its form (with messages on what was not), and the marks of what is now stored.

    ``merged`` tells, in a sentence, what somebody else had changed meanwhile and was kept; empty otherwise.
    """

    form: StepForm
    seen: str
    at: datetime
    merged: str = ""


class NotSavedError(Exception):
    """A step was not saved; the typed form is kept with what it differs by from the text that is stored."""

    def __init__(self, *, form: StepForm, differences: list[Difference], seen: str) -> None:
        super().__init__()
        self.form = form
        self.differences = differences
        self.seen = seen


class SheetLockedError(NotSavedError):
    """The sheet is being reviewed, or Dihal locked it."""


class EditConflictError(NotSavedError):
    """Somebody saved another text of the same fields since the form was loaded."""

    def __init__(self, *, author: Author, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self.author = author


def may_be_written(*, sheet: InitiativePage) -> bool:
    """Whether the text of a sheet, given as its row is in the database, may change now."""
    return actions_on(sheet=sheet).may_write and not sheet.locked


def seen_of(*, text: InitiativePage, step: Step) -> str:
    """Return what a form tells in its field ``seen``: the marks of the text it is loaded with."""
    return written_marks(marks=marks_of(text=text, fields=step.fields))


def save_step(
    *, pk: int, form_class: type[StepForm], data: QueryDict, user: User, is_background: bool = False
) -> Saved:
    """Save what is valid in a form as the latest text of the sheet, in one transaction.

    ``data["seen"]`` holds the marks of the step as the form was loaded. What was saved meanwhile is not overwritten: a
    field left untouched in the form takes the stored text, and one that changed on both sides is asked about, unless
    ``keep-<field>`` says which of both texts to keep (``mine`` or ``theirs``, whose mark is ``theirs-<field>``). The
    other one then stays in the history.

    Raises:
        InitiativePage.DoesNotExist: when the sheet was deleted meanwhile.
        SheetLockedError: when it may not be written now.
        EditConflictError: when a field was changed by somebody else, or in another window, since, and here too.
    """
    with transaction.atomic():
        attempt = _Attempt(
            sheet=locked(pk=pk), form_class=form_class, data=data, user=user, is_background=is_background
        )
        attempt.compare()
        if not may_be_written(sheet=attempt.sheet):
            raise SheetLockedError(
                form=attempt.form, differences=attempt.differences(), seen=written_marks(marks=attempt.stored_marks)
            )
        if attempt.merge.conflicts:
            raise EditConflictError(
                form=attempt.form,
                differences=attempt.differences(only=attempt.merge.conflicts),
                seen=written_marks(
                    marks=marks_to_ask(
                        base=attempt.loaded, stored=attempt.stored_marks, conflicts=attempt.merge.conflicts
                    )
                ),
                author=attempt.author(attempt.merge.conflicts),
            )
        return attempt.save()


_CHOICES = ("mine", "theirs")


class _Attempt:
    """One form against what is stored."""

    def __init__(
        self, *, sheet: InitiativePage, form_class: type[StepForm], data: QueryDict, user: User, is_background: bool
    ) -> None:
        self.sheet = sheet
        self.form_class = form_class
        self.user = user
        self.is_background = is_background
        self.stored = self._text()
        self.form = self._filled(data)
        self.data = data
        self.step = self.form.step
        self.before = content_of(text=self.stored, fields=self.step.fields)
        self.stored_marks = marks_of(text=self.stored, fields=self.step.fields)
        self.loaded = read_marks(written=data.get("seen", ""), fields=self.step.fields)
        self.base = dict(self.loaded)
        chosen = {field: data.get(f"keep-{field}", "") for field in self.step.fields}
        self.choices = {field: choice if choice in _CHOICES else "" for field, choice in chosen.items()}
        for field in self.step.fields:
            if self.choices[field] and (seen := data.get(f"theirs-{field}")):
                self.base[field] = seen
        self.merge = Merge(taken=(), conflicts=())

    def _text(self) -> InitiativePage:
        # The text of a sheet that is online is its row itself: each call reads another one.
        return text_of(sheet=InitiativePage.objects.get(pk=self.sheet.pk))

    def _filled(self, data: QueryDict) -> StepForm:
        """Write what was sent into a text of its own."""
        form = self.form_class(text=self._text(), user=self.user, data=data, is_background=self.is_background)
        form.is_valid()
        form.apply()
        return form

    def compare(self) -> None:
        """Find what changed on both sides; the form then shows what is stored of the fields it did not change."""
        wrong = self.form.messages()
        marks = marks_of(text=self.form.text, fields=self.step.fields)
        typed = {
            field: {mark(_as_sent(data=self.data, field=field))} | (set() if field in wrong else {marks[field]})
            for field in self.step.fields
        }
        self.merge = merge(base=self.base, stored=self.stored_marks, typed=typed)
        self._take(self.merge.taken)
        if all(self.choices[field] == "theirs" for field in self.merge.conflicts):
            self.merge = Merge(taken=self.merge.taken, conflicts=())
            return
        # All are asked again together: a choice made for one of them waits for the others.
        both = {field for field, choice in self.choices.items() if choice and not self._is_as_stored(field, typed)}
        asked = tuple(field for field in self.step.fields if field in both or field in self.merge.conflicts)
        self.merge = Merge(taken=self.merge.taken, conflicts=asked)

    def _is_as_stored(self, field: str, typed: Mapping[str, Collection[str]]) -> bool:
        return self.stored_marks[field] in typed[field]

    def _take(self, fields: Collection[str]) -> None:
        if fields:
            self.data = self.data.copy()
            take_theirs(data=self.data, form_class=self.form_class, text=self.stored, fields=fields)
            self.form = self._filled(self.data)

    def save(self) -> Saved:
        """Store the text. Where a choice was made, what it leaves aside is a version of its own."""
        given_up = [field for field, choice in self.choices.items() if choice == "theirs"]
        if given_up:
            mine = self.form.text
            self._take(given_up)
            content = content_of(text=mine, fields=self.step.fields)
            if any(content[field] != self.before[field] for field in given_up):
                save_text(text=mine, user=self.user, is_new_version=True)
                save_text(text=self.form.text, user=self.user, is_new_version=True)
                return self._saved()
        if content_of(text=self.form.text, fields=self.step.fields) != self.before:
            save_text(text=self.form.text, user=self.user, is_new_version=any(self.choices.values()))
        return self._saved()

    def _saved(self) -> Saved:
        marks = marks_of(text=self.form.text, fields=self.step.fields)
        taken = self.merge.taken
        if self.is_background:
            # The page still shows what it was loaded with in these fields.
            marks |= {field: self.base[field] for field in taken}
        merged = self.author(taken).merged(fields=taken) if taken else ""
        return Saved(form=self.form, seen=written_marks(marks=marks), at=timezone.now(), merged=merged)

    def author(self, fields: Collection[str]) -> Author:
        return author_of(sheet=self.sheet, fields=fields, user=self.user)

    def differences(self, *, only: Collection[str] | None = None) -> list[Difference]:
        """What the typed form says and the stored text does not; what is wrong is given back as it was typed."""
        found = []
        wrong = self.form.messages()
        for field in self.step.fields if only is None else only:
            theirs = words_of(text=self.stored, name=field)
            is_wrong = field in wrong
            mine = _as_typed(form=self.form, field=field) if is_wrong else words_of(text=self.form.text, name=field)
            if mine != theirs or only is not None:
                found.append(
                    Difference(
                        field=field,
                        label=FIELDS[field].label,
                        mine=mine,
                        theirs=theirs,
                        mark=self.stored_marks[field],
                        choice=self.choices[field] if self.base.get(field) == self.stored_marks[field] else "",
                    )
                )
        return found


def _as_sent(*, data: QueryDict, field: str) -> str:
    return data.get(field, "").replace("\r\n", "\n").strip()


def take_theirs(*, data: QueryDict, form_class: type[StepForm], text: InitiativePage, fields: Collection[str]) -> None:
    """Replace, in what was sent, some fields by what is stored: the person chose the other text."""
    stored = form_class(text=text, user=None)
    for name in fields:
        if name in stored.rows:
            for key in row_keys(data=data, name=name):
                for sent in [sent for sent in data if sent.startswith(f"{name}-{key}-")]:
                    del data[sent]
            for row in stored.rows[name].forms:
                for field in row.fields:
                    data[row.add_prefix(field)] = _sent(row[field].value())
        elif name in stored.fields:
            value = stored[name].field.prepare_value(stored[name].value())
            data.setlist(name, [_sent(item) for item in value] if isinstance(value, list) else [_sent(value)])
            data[f"{name}-sent"] = "1"


def _sent(value: object) -> str:
    return "" if value is None else str(value)


def _as_typed(*, form: StepForm, field: str) -> str:
    if field not in form.rows:
        return "\n".join(cast("QueryDict", form.data).getlist(field))
    return "\n".join(
        ", ".join(filter(None, (str(row[name].value() or "") for name in row.fields)))
        for row in form.rows[field].filled()
    )
