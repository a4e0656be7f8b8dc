"""The steps of the form as a browser without JavaScript opens and sends them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup, Tag
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from hub.accounts.models import User
from initiatives.drafts import text_of
from initiatives.models import InitiativePage
from tests.support.html import words

Sent = dict[str, list[str]]

_NOT_SENT = {"submit", "button", "file", "reset", "image"}


@dataclass(frozen=True)
class Writer:
    """Somebody with a browser, and the sheet they write."""

    client: Client
    user: User
    sheet: InitiativePage

    def address(self, step: str) -> str:
        return reverse("sheet-step", args=[self.sheet.pk, step])

    def open(self, step: str) -> Sent:
        """What the form of a step holds when it is opened."""
        response = self.client.get(self.address(step))
        assert response.status_code == 200
        return sent_by(response)

    def send(self, step: str, form: Sent, *, do: str = "save", files: dict[str, Any] | None = None) -> HttpResponse:
        """Press a button of the form: ``do`` is its value."""
        return self.client.post(self.address(step), {**form, "do": [do], **(files or {})})

    def save(self, step: str, **changes: str | list[str]) -> HttpResponse:
        """Open a step, type in some of its fields, save."""
        return self.send(step, typed(self.open(step), **changes))

    def text(self) -> InitiativePage:
        """The latest text of the sheet."""
        return text_of(sheet=InitiativePage.objects.get(pk=self.sheet.pk))

    def versions(self) -> list[tuple[int, str]]:
        """Every version, with all it holds."""
        return [(row.pk, str(row.content)) for row in self.sheet.revisions.order_by("pk")]


def typed(form: Sent, **changes: str | list[str]) -> Sent:
    """The same form with other values in some fields."""
    return {**form, **{name: [value] if isinstance(value, str) else value for name, value in changes.items()}}


def row(name: str, key: str, **fields: str) -> Sent:
    """The fields of one row of a list."""
    return {f"{name}-{key}-{field}": [value] for field, value in fields.items()}


def rows_of(form: Sent, name: str) -> list[str]:
    """The keys of the rows of a list, in the order they are sent."""
    parts = [field.split("-") for field in form if field.startswith(f"{name}-") and field != f"{name}-sent"]
    return list(dict.fromkeys(part[1] for part in parts))


def sent_by(response: HttpResponse) -> Sent:
    """What a browser would send of the form that is shown, but for the button."""
    form = BeautifulSoup(response.content, "lxml").find("form", class_="hub-space-form")
    assert isinstance(form, Tag)
    found: Sent = {}
    for field in form.find_all(["input", "textarea", "select"]):
        name = field.get("name")
        if name and name != "csrfmiddlewaretoken" and not field.has_attr("disabled"):
            for value in _values(field):
                found.setdefault(str(name), []).append(value)
    return found


def _values(field: Tag) -> Iterable[str]:
    if field.name == "textarea":
        # Browsers leave out the first line break.
        return [field.get_text().removeprefix("\r").removeprefix("\n")]
    if field.name == "select":
        chosen = field.find_all("option", selected=True) or field.find_all("option")[:1]
        return [str(option.get("value", words(option))) for option in chosen]
    kind = str(field.get("type", "text"))
    if kind in _NOT_SENT or (kind in {"checkbox", "radio"} and not field.has_attr("checked")):
        return []
    return [str(field.get("value", "on" if kind in {"checkbox", "radio"} else ""))]


def complaints(response: HttpResponse) -> str:
    """What the summary at the head of a step says is to be corrected; "" when there is none."""
    return words(BeautifulSoup(response.content, "lxml").find(id="erreurs"))


def conflict(response: HttpResponse) -> str:
    """What is said when two texts were written at once; "" otherwise."""
    document = BeautifulSoup(response.content, "lxml")
    title = document.find(id="deux-textes")
    return words(title.parent) if title else ""
