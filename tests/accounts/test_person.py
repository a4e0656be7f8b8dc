"""Whoever is signed in sees it on every page of theirs, with the ways to what is theirs, and out."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from hub.accounts.models import User
from initiatives.drafts import create_draft
from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

WAYS = ("/espace/", "/espace/structures/", "/compte/", "/compte/deconnexion/")


@pytest.fixture
def awa(home, client) -> User:
    user = UserFactory(email="awa@adil.example", first_name="Awa", last_name="Diop")
    client.force_login(user)
    return user


@pytest.mark.parametrize("name", ["account", "account_email", "mfa_index", "account-delete", "organisation-join"])
def test_the_pages_of_an_account_say_whose_it_is(client: Client, awa: User, name: str) -> None:
    _says_who(client, reverse(name))


@pytest.mark.parametrize(
    "name",
    [
        "space",
        "sheet-new",
        "organisations",
        "sheet",
        "sheet-exchanges",
        "sheet-history",
        "sheet-delete",
        "sheet-archive",
        "sheet-parts",
    ],
)
def test_the_pages_of_the_space_say_whose_it_is(client: Client, awa: User, name: str) -> None:
    sheet = create_draft(user=awa, organisation=MembershipFactory(user=awa).organisation)
    _says_who(client, reverse(name, args=[sheet.pk] if name.startswith("sheet") and name != "sheet-new" else []))


@pytest.mark.parametrize("step", ["essentiel", "envoi"])
def test_a_step_is_left_before_one_signs_out_so_that_its_text_is_saved(client: Client, awa: User, step: str) -> None:
    sheet = create_draft(user=awa, organisation=MembershipFactory(user=awa).organisation)
    page = _says_who(client, reverse("sheet-step", args=[sheet.pk, step]))
    assert '<form action="/compte/deconnexion/"' not in page
    assert '<a href="/compte/deconnexion/">' in page


def test_signing_out_is_one_button(client: Client, awa: User) -> None:
    assertContains(client.get("/compte/"), '<form action="/compte/deconnexion/" method="post">')
    client.post("/compte/deconnexion/")
    assert client.get("/compte/").status_code == 302


def test_public_pages_are_the_same_for_whoever_is_signed_in(client: Client, awa: User) -> None:
    page = client.get("/")
    assertNotContains(page, "Awa")
    assert page.content == Client().get("/").content
    assertNotContains(Client().get("/compte/connexion/"), "hub-person")


def _says_who(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Awa Diop</p>" in page
    for way in WAYS:
        assert f'"{way}"' in page
    return page
