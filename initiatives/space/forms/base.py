"""What every step of the form shares: fields read from a text, typed values written back into it."""

from collections.abc import Callable, Collection
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict

from hub.accounts.models import User
from hub.pages.markup import to_html, to_plain
from hub.pages.markup.html import addresses_in
from initiatives.fields import FIELDS, Kind, SheetField, Step, step_named
from initiatives.models import InitiativePage
from initiatives.space.forms.fields import PlainTextField, StepBoundField, input_of, keep_what_is_too_long
from initiatives.space.forms.rows import MOST_ROWS, RowForm, RowList, Rows, written_children

# Said of a list with a row that cannot be kept: its other rows are, and the rest of the step.
TOO_MANY_ROWS = f"{MOST_ROWS} lignes au plus : retirez les autres. D’ici là, cette liste n’est pas enregistrée."
LIST_NOT_SAVED = "Cette liste est enregistrée, sauf la ligne signalée tant qu’elle n’est pas corrigée."
LIST_NOT_SAVED_FOR_SEVERAL = (
    "Cette liste est enregistrée, sauf les {} lignes signalées tant qu’elles ne sont pas corrigées."
)
# Nothing is asked while one writes: this tells what a sheet cannot be sent without.
NEEDED = "Indispensable pour envoyer la fiche."
_EITHER = {
    "context": "Indispensable pour envoyer la fiche, à moins que le fonctionnement soit rempli.",
    "operation": "Indispensable pour envoyer la fiche, à moins que le contexte soit rempli.",
}


class StepForm(forms.Form):
    """One step: an input for each of its fields (``initiatives.fields``); nothing else is ever written.

    Subclasses declare the inputs their kind does not make (``input_of``), and their lists of rows.

    ``is_background`` is a saving the person did not ask for: it creates neither keyword nor structure out of a word
    that is still being typed.
    """

    slug: ClassVar[str]
    bound_field_class = StepBoundField
    use_required_attribute = False
    # Addresses of the site a text may lead to, besides those it leads to already.
    may_link_to: frozenset[str] = frozenset()

    def __init__(
        self,
        *,
        text: InitiativePage,
        user: User | None,
        data: QueryDict | None = None,
        is_background: bool = False,
        is_read_only: bool = False,
    ) -> None:
        super().__init__(data=data)
        self.fields = {
            name: self._input(FIELDS[name]) for name in self.step.fields if FIELDS[name].kind is not Kind.ROWS
        }
        self.initial = self.read(text)
        self.text = text
        self.user = user
        self.is_background = is_background
        self.is_read_only = is_read_only
        self.rows: dict[str, RowList] = self.row_lists()
        keep_what_is_too_long(fields=self.fields.values())
        for name, field in self.fields.items():
            if words := _EITHER.get(name, NEEDED if FIELDS[name].is_required else ""):
                field.help_text = f"{field.help_text} {words}".strip()
        if is_read_only:
            for field in self.fields.values():
                field.disabled = not isinstance(field.widget, forms.TextInput | forms.Textarea)
                field.widget.attrs["readonly"] = True

    def _input(self, field: SheetField) -> forms.Field:
        found = self.fields.get(field.name) or input_of(field=field)
        found.label = field.label
        return found

    @property
    def step(self) -> Step:
        found = step_named(self.slug)
        assert found is not None, self.slug  # noqa: S101 — each form names its step
        return found

    # --- reading ---------------------------------------------------------------------------------------------------

    def read(self, text: InitiativePage) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        for name, field in self.fields.items():
            value = getattr(text, name, None)
            if isinstance(field, PlainTextField):
                shown[name] = to_plain(html=value or "")
            elif isinstance(field, forms.ModelMultipleChoiceField):
                shown[name] = list(value.all()) if value is not None else []
            else:
                shown[name] = value
        return shown

    def row_lists(self) -> dict[str, RowList]:
        return {}

    def row_list(
        self, name: str, row_class: Callable[..., RowForm], *, stored: list[dict[str, Any]], how: Rows, **options: Any
    ) -> dict[str, RowList]:
        """Return the list of rows of a relation, as ``row_lists`` does; ``options`` are those of its rows."""
        return {
            name: RowList(
                name=name,
                data=self.data if self.is_bound else None,
                stored=stored,
                make_row=partial(row_class, is_read_only=self.is_read_only, **options),
                write_rows=partial(self._write_rows, name, how),
            )
        }

    def _write_rows(self, name: str, how: Rows, rows: list[RowForm]) -> None:
        setattr(self.text, name, written_children(rows=rows, former=getattr(self.text, name).all(), how=how))

    def html_of(self, name: str) -> str:
        """Return what the visual editor shows of a rich text: the text of the form, typed or stored, as HTML."""
        return to_html(text=str(self[name].value() or ""), known=addresses_in(html=getattr(self.text, name) or ""))

    # --- checking --------------------------------------------------------------------------------------------------

    def full_clean(self) -> None:
        """Check the fields, then the rows: a list with a wrong row has an error of its own under its name."""
        super().full_clean()
        if not self.is_bound:
            return
        for name, rows in self.rows.items():
            if rows.is_sent and not rows.is_valid():
                wrong = len(rows.wrong())
                words = LIST_NOT_SAVED if wrong <= 1 else LIST_NOT_SAVED_FOR_SEVERAL.format(wrong)
                self.row_errors.setdefault(name, [TOO_MANY_ROWS if rows.has_too_many else words])

    @property
    def row_errors(self) -> dict[str, list[str]]:
        if not hasattr(self, "_row_errors"):
            self._row_errors: dict[str, list[str]] = {}
        return self._row_errors

    def messages(self) -> dict[str, list[str]]:
        found = {name: [str(message) for message in messages] for name, messages in self.errors.items()}
        for name, messages in self.row_errors.items():
            rows = [message for row in self.rows[name].forms for group in row.errors.values() for message in group]
            found[name] = [*messages, *(str(message) for message in rows)]
        return found

    # --- writing ---------------------------------------------------------------------------------------------------

    def is_sent(self, name: str) -> bool:
        """Whether the request says something of a field: one it does not name stays as it is."""
        return name in self.data or f"{name}-sent" in self.data

    def apply(self, *, except_for: Collection[str] = ()) -> None:
        """Write into the text every field that was sent and is valid, those of ``except_for`` aside."""
        wrong = self.messages()
        for name in self.fields:
            if name not in wrong and name not in except_for and name in self.cleaned_data and self.is_sent(name):
                self.write(name, self.cleaned_data[name])
        for name, rows in self.rows.items():
            if name not in except_for and rows.is_sent and not rows.has_too_many:
                rows.write()

    def write(self, name: str, value: Any) -> None:
        """Write one field into the text; a rich text that was not changed keeps its HTML as it was."""
        field = self.fields[name]
        if isinstance(field, PlainTextField):
            html = getattr(self.text, name) or ""
            if value != to_plain(html=html):
                setattr(self.text, name, to_html(text=value, known=addresses_in(html=html) | self.may_link_to))
        elif isinstance(field, forms.ModelMultipleChoiceField):
            setattr(self.text, name, list(value))
        else:
            setattr(self.text, name, value)
