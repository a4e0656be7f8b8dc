"""Lists of rows in a step of the form, without JavaScript."""

import pytest
from django.test import Client
from django.urls import reverse

from initiatives.drafts import create_draft, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(awa, adil) -> str:
    sheet = create_draft(user=awa, organisation=adil, title="Colocation")
    return reverse("sheet-step", args=[sheet.pk, "resultats"])


def send(client: Client, address: str, **fields: str) -> tuple[int, str]:
    page = client.get(address)
    seen = page.context["seen"]
    answer = client.post(address, {"seen": seen, "key_figures-sent": "1", **fields})
    return answer.status_code, answer.content.decode()


def test_a_row_just_added_is_not_wrong_and_has_the_focus(client, awa, address):
    client.force_login(awa)
    status, html = send(client, address, do="key_figures:add")
    assert status == 200
    assert "Chiffre 1" in html
    assert "fr-message--error" not in html
    assert html.count("autofocus") == 1


def test_a_row_with_half_of_what_it_needs_is_told_as_wrong(client, awa, address):
    client.force_login(awa)
    status, html = send(client, address, **{"key_figures-0-value": "", "key_figures-0-label": "jeunes logés"})
    assert status == 422
    assert "fr-message--error" in html


def test_an_empty_row_is_left_out(client, awa, address):
    client.force_login(awa)
    status, _html = send(client, address, **{"key_figures-0-value": " ", "key_figures-0-label": ""})
    assert status == 302
    sheet = awa.memberships.get().organisation.dossiers.get().page.specific
    assert list(text_of(sheet=sheet).key_figures.all()) == []
