"""Windows on the steps of a sheet, as browsers show and send them."""

from bs4 import BeautifulSoup
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from hub.accounts.models import User
from initiatives.models import InitiativePage

BY_ITSELF = {"Accept": "application/json"}


class Window:
    """One page of one person: what it was loaded with stays in it, whatever is saved elsewhere."""

    def __init__(self, *, user: User, sheet: InitiativePage, step: str = "essentiel") -> None:
        self.client = Client()
        self.client.force_login(user)
        self.address = reverse("sheet-step", args=[sheet.pk, step])
        self.read(self.client.get(self.address))

    @classmethod
    def reading(cls, *, user: User, sheet: InitiativePage, step: str) -> BeautifulSoup:
        """Return a page that may have no form."""
        client = Client()
        client.force_login(user)
        return BeautifulSoup(client.get(reverse("sheet-step", args=[sheet.pk, step])).content, "lxml")

    def read(self, response: HttpResponse) -> HttpResponse:
        """Show what the server answered."""
        self.page = BeautifulSoup(response.content, "lxml")
        found = self.page.find("input", {"name": "seen"})
        assert found is not None, response.status_code
        self.fields = _fields(found.find_parent("form"))
        return response

    def type(self, **values: str) -> "Window":
        """Fill fields in; nothing is sent."""
        self.fields |= {name: [value] for name, value in values.items()}
        return self

    def save(self, *, do: str = "save", **values: str) -> HttpResponse:
        """Press a button of the form, and show the page it leads to."""
        self.type(**values)
        response = self.client.post(self.address, {**self.fields, "do": do})
        self.read(self.client.get(response["Location"]) if response.status_code == 302 else response)
        return response

    def save_by_itself(self, **values: str) -> HttpResponse:
        """Save as the script does: the page stays as it is, but for its marks."""
        self.type(**values)
        response = self.client.post(self.address, self.fields, headers=BY_ITSELF)
        if response.status_code == 200:
            self.fields["seen"] = [response.json()["seen"]]
        return response

    def words(self) -> str:
        """All that the page says."""
        return " ".join(self.page.get_text(" ").split())


def _fields(form) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for control in form.find_all(["input", "textarea", "select"]):
        name, kind = control.get("name"), control.get("type", "")
        if not name or kind in {"submit", "file"}:
            continue
        if kind in {"checkbox", "radio"} and not control.has_attr("checked"):
            continue
        if control.name == "textarea":
            value = control.text.removeprefix("\n")
        elif control.name == "select":
            chosen = control.find("option", selected=True) or control.find("option")
            value = chosen.get("value", "")
        else:
            value = control.get("value", "")
        fields.setdefault(name, []).append(value)
    return fields
