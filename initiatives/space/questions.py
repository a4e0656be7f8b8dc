"""The questions of a sheet, to be read, printed or kept before anything is written: taken from the forms themselves."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django import forms

from hub.vocabulary.models import Audience
from initiatives.fields import FIELDS, STEPS, Step
from initiatives.models import InitiativePage
from initiatives.space.forms import FORMS, StepForm

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that is asked, what helps to answer it, and what it is made of."""

    label: str
    hint: str = ""
    is_required: bool = False
    choices: tuple[str, ...] = ()
    parts: tuple["Question", ...] = ()


def questions() -> list[tuple[Step, list[Question]]]:
    text = InitiativePage()
    found = []
    for step in STEPS:
        if (form_class := FORMS.get(step.slug)) is None:
            continue
        form = form_class(text=text, user=None)
        asked = [_question(name, form) for name in step.fields]
        found.append((step, asked))
    return found


def as_text(*, asked: Iterable[tuple[Step, list[Question]]]) -> str:
    """Return the questions as a text to fill in, lines ended as Word and Notepad expect."""
    lines = ["Proposer une initiative : les questions de la fiche", "(*) indispensable pour envoyer la fiche", ""]
    for number, (step, of_step) in enumerate(asked, start=1):
        lines += [f"{number}. {step.title}".upper(), ""]
        for question in of_step:
            lines += _lines(question)
    return "\r\n".join(lines) + "\r\n"


def _question(name: str, form: StepForm) -> Question:
    field = form.fields.get(name)
    rows = form.rows.get(name)
    is_plain = field is not None and not isinstance(field.widget, forms.HiddenInput)
    return Question(
        label=FIELDS[name].label,
        hint=str(field.help_text) if field is not None and is_plain else FIELDS[name].hint,
        is_required=FIELDS[name].is_required,
        choices=_choices(field) if field is not None else (),
        parts=tuple(_part(part.field) for part in rows.blank().visible()) if rows is not None else (),
    )


def _part(field: forms.Field) -> Question:
    return Question(label=str(field.label), hint=str(field.help_text), choices=_choices(field))


def _choices(field: forms.Field) -> tuple[str, ...]:
    is_several = isinstance(field, forms.ModelMultipleChoiceField)
    if is_several and not isinstance(field.widget, forms.CheckboxSelectMultiple):
        return ()  # territories are all of France: they are looked for, not listed
    if isinstance(field, forms.ModelChoiceField):
        rows = cast("QuerySet[Any]", field.queryset).all()  # the field of a class lives as long as the process
        return tuple(row.label if isinstance(row, Audience) else str(row) for row in rows)
    if isinstance(field, forms.ChoiceField):
        return tuple(str(label) for value, label in cast("list[tuple[str, str]]", field.choices) if value)
    return ()


def _lines(question: Question, *, indent: str = "") -> list[str]:
    mark = " (*)" if question.is_required else ""
    lines = [f"{indent}{question.label}{mark}"]
    lines += [f"{indent}  {question.hint}"] if question.hint else []
    lines += [f"{indent}  Au choix : {', '.join(question.choices)}."] if question.choices else []
    for part in question.parts:
        lines += _lines(part, indent=f"{indent}  ")
    return lines if indent else [*lines, "", "", ""]
