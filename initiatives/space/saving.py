"""Saving one step of a sheet: nothing is overwritten unseen, nothing valid is refused for what is wrong."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, cast

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
from initiatives.space.reconciling import (
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

    status: HTTPStatus

    def __init__(
        self, *, form: StepForm, differences: list[Difference], seen: str, author: Author | None = None
    ) -> None:
        super().__init__()
        self.form = form
        self.differences = differences
        self.seen = seen
        self.author = author


class SheetLockedError(NotSavedError):
    """The sheet is being reviewed, or Dihal locked it."""

    status = HTTPStatus.LOCKED


class EditConflictError(NotSavedError):
    """Somebody, ``author``, saved another text of the same fields since the form was loaded."""

    status = HTTPStatus.CONFLICT
    author: Author


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
        attempt = _begun(sheet=locked(pk=pk), form_class=form_class, data=data, user=user, is_background=is_background)
        attempt.compare()
        if not may_be_written(sheet=attempt.sheet):
            raise SheetLockedError(
                form=attempt.form, differences=attempt.differences(), seen=written_marks(marks=attempt.stored_marks)
            )
        if conflicts := attempt.merge.conflicts:
            asked = marks_to_ask(base=attempt.loaded, stored=attempt.stored_marks, conflicts=conflicts)
            raise EditConflictError(
                form=attempt.form,
                differences=attempt.differences(only=conflicts),
                seen=written_marks(marks=asked),
                author=author_of(sheet=attempt.sheet, fields=conflicts, user=user),
            )
        return attempt.save()


_UNCOMPARED = Merge(taken=(), conflicts=())


@dataclass(slots=True, kw_only=True)
class _Attempt:
    """One form against what is stored (see ``_begun``)."""

    sheet: InitiativePage
    user: User
    is_background: bool
    data: QueryDict
    form: StepForm
    stored: InitiativePage
    before: dict[str, Any]  # what ``stored`` holds
    stored_marks: dict[str, str]
    loaded: dict[str, str]  # the marks the form was loaded with
    base: dict[str, str]  # the same, with those of the texts a choice was made against
    choices: dict[str, str]
    merge: Merge = _UNCOMPARED

    def compare(self) -> None:
        """Find what changed on both sides; the form then shows what is stored of the fields it did not change."""
        wrong = self.form.messages()
        fields = self.form.step.fields
        marks = marks_of(text=self.form.text, fields=fields)
        typed = {
            field: {mark(_as_sent(data=self.data, field=field))} | (set() if field in wrong else {marks[field]})
            for field in fields
        }
        self.merge = merge(base=self.base, stored=self.stored_marks, typed=typed)
        self._take(self.merge.taken)
        if all(self.choices[field] == "theirs" for field in self.merge.conflicts):
            self.merge = Merge(taken=self.merge.taken, conflicts=())
            return
        # All are asked again together: a choice made for one of them waits for the others.
        both = {
            field for field, choice in self.choices.items() if choice and self.stored_marks[field] not in typed[field]
        }
        asked = tuple(field for field in fields if field in both or field in self.merge.conflicts)
        self.merge = Merge(taken=self.merge.taken, conflicts=asked)

    def _take(self, fields: Collection[str]) -> None:
        if fields:
            self.data = self.data.copy()
            form_class = type(self.form)
            take_theirs(data=self.data, form_class=form_class, text=self.stored, fields=fields)
            text = _text(self.sheet)
            self.form = _filled(form_class(text=text, user=self.user, data=self.data, is_background=self.is_background))

    def save(self) -> Saved:
        """Store the text. Where a choice was made, what it leaves aside is a version of its own."""
        given_up = [field for field, choice in self.choices.items() if choice == "theirs"]
        if given_up:
            mine = self.form.text
            self._take(given_up)
            content = content_of(text=mine, fields=self.form.step.fields)
            if any(content[field] != self.before[field] for field in given_up):
                save_text(text=mine, user=self.user, is_new_version=True)
                save_text(text=self.form.text, user=self.user, is_new_version=True)
                return self._saved()
        if content_of(text=self.form.text, fields=self.form.step.fields) != self.before:
            save_text(text=self.form.text, user=self.user, is_new_version=any(self.choices.values()))
        return self._saved()

    def _saved(self) -> Saved:
        marks = marks_of(text=self.form.text, fields=self.form.step.fields)
        taken = self.merge.taken
        if self.is_background:
            # The page still shows what it was loaded with in these fields.
            marks |= {field: self.base[field] for field in taken}
        merged = author_of(sheet=self.sheet, fields=taken, user=self.user).merged(fields=taken) if taken else ""
        return Saved(form=self.form, seen=written_marks(marks=marks), at=timezone.now(), merged=merged)

    def differences(self, *, only: Collection[str] | None = None) -> list[Difference]:
        """What the typed form says and the stored text does not; what is wrong is given back as it was typed."""
        found = []
        wrong = self.form.messages()
        for field in self.form.step.fields if only is None else only:
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


def _begun(
    *, sheet: InitiativePage, form_class: type[StepForm], data: QueryDict, user: User, is_background: bool
) -> _Attempt:
    """Read what is stored, and write what was sent into a text of its own."""
    stored = _text(sheet)
    form = _filled(form_class(text=_text(sheet), user=user, data=data, is_background=is_background))
    fields = form.step.fields
    chosen = {field: data.get(f"keep-{field}", "") for field in fields}
    choices = {field: choice if choice in {"mine", "theirs"} else "" for field, choice in chosen.items()}
    loaded = read_marks(written=data.get("seen", ""), fields=fields)
    shown = {field: seen for field in fields if choices[field] and (seen := data.get(f"theirs-{field}"))}
    return _Attempt(
        sheet=sheet,
        user=user,
        is_background=is_background,
        data=data,
        form=form,
        stored=stored,
        before=content_of(text=stored, fields=fields),
        stored_marks=marks_of(text=stored, fields=fields),
        loaded=loaded,
        base=loaded | shown,
        choices=choices,
    )


def _text(sheet: InitiativePage) -> InitiativePage:
    # The text of a sheet that is online is its row itself: each call reads another one.
    return text_of(sheet=InitiativePage.objects.get(pk=sheet.pk))


def _filled(form: StepForm) -> StepForm:
    form.is_valid()
    form.apply()
    return form


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
