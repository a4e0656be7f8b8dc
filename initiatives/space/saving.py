"""Saving one step of a sheet: nothing is overwritten unseen, nothing valid is refused for what is wrong."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from hub.accounts.models import User
from initiatives.drafts import locked, save_text, text_of
from initiatives.models import InitiativePage
from initiatives.review.people import is_member
from initiatives.space.actions import actions_on
from initiatives.space.contents import content_of, token_of, words_of
from initiatives.space.forms import StepForm
from initiatives.space.forms.rows import row_keys
from initiatives.space.steps import LABELS


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of which two texts say different things."""

    field: str
    label: str
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Saved:
    """A step was saved: its form (with messages on what was not), and the mark of what is now stored."""

    form: StepForm
    token: str
    at: datetime


class NotSavedError(Exception):
    """A step was not saved; the typed form is kept with what it differs by from the text that is stored."""

    def __init__(self, *, form: StepForm, differences: list[Difference], token: str) -> None:
        super().__init__()
        self.form = form
        self.differences = differences
        self.token = token


class SheetLockedError(NotSavedError):
    """The sheet is being reviewed, or Dihal locked it."""


class EditConflictError(NotSavedError):
    """Somebody saved another text of this step since the form was loaded."""

    def __init__(self, *, by: str, at: datetime, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self.by = by
        self.at = at


def may_be_written(*, sheet: InitiativePage) -> bool:
    """Whether the text of a sheet, given as its row is in the database, may change now."""
    return actions_on(sheet=sheet).may_write and not sheet.locked


def save_step(
    *, pk: int, form_class: type[StepForm], data: QueryDict, user: User, is_background: bool = False
) -> Saved:
    """Save what is valid in a form as the latest text of the sheet, in one transaction.

    ``data["seen"]`` is the mark of the step as the form was loaded. A text saved meanwhile is not overwritten, unless
    both say the same; another step of the same sheet may have changed.

    Raises:
        InitiativePage.DoesNotExist: when the sheet was deleted meanwhile.
        SheetLockedError: when it may not be written now.
        EditConflictError: when this step was saved by somebody else, or in another window, since.
    """
    with transaction.atomic():
        sheet = locked(pk=pk)
        text = text_of(sheet=sheet)
        form = form_class(text=text, user=user, data=data, is_background=is_background)
        step = form.step
        before = content_of(text=text, step=step)
        token = token_of(content=before)
        is_stale = data.get("seen", "") != token
        is_locked = not may_be_written(sheet=sheet)
        theirs = {field: words_of(text=text, field=field) for field in step.fields} if is_stale or is_locked else {}
        form.is_valid()
        form.apply()
        after = content_of(text=text, step=step)
        wrong = form.messages()
        if is_locked:
            differences = _differences(form=form, theirs=theirs, wrong=wrong)
            raise SheetLockedError(form=form, differences=differences, token=token)
        if after != before and is_stale:
            differences = _differences(form=form, theirs=theirs, wrong=wrong)
            by, at = _last_author(sheet=sheet, user=user)
            raise EditConflictError(form=form, differences=differences, token=token, by=by, at=at)
        if after != before:
            save_text(text=text, user=user)
    return Saved(form=form, token=token_of(content=after), at=timezone.now())


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


def _differences(*, form: StepForm, theirs: dict[str, str], wrong: Collection[str]) -> list[Difference]:
    """What the typed form says and the stored text does not; what is wrong is given back as it was typed."""
    found = []
    for field in form.step.fields:
        mine = _as_typed(form=form, field=field) if field in wrong else words_of(text=form.text, field=field)
        if mine != theirs[field]:
            found.append(Difference(field=field, label=LABELS[field], mine=mine, theirs=theirs[field]))
    return found


def _as_typed(*, form: StepForm, field: str) -> str:
    if field not in form.rows:
        return "\n".join(cast("QueryDict", form.data).getlist(field))
    return "\n".join(
        ", ".join(filter(None, (str(row[name].value() or "") for name in row.fields)))
        for row in form.rows[field].filled()
    )


def _last_author(*, sheet: InitiativePage, user: User) -> tuple[str, datetime]:
    """Who saved the latest text, as this person may know them, and when."""
    revision = sheet.latest_revision
    if revision is None:
        return "la Dihal", timezone.now()
    author = revision.user
    if author is not None and author.pk == user.pk:
        return "vous, dans une autre fenêtre", revision.created_at
    if author is None or not is_member(sheet=sheet, user=author):
        return (author.get_full_name() if author else "") or "la Dihal", revision.created_at
    return str(author), revision.created_at
