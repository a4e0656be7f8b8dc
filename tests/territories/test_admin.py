"""Territories in the administration: looked at and chosen, never typed."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from hub.accounts.models import User
from hub.territories.models import Territory

pytestmark = pytest.mark.usefixtures("sample_territories")


@pytest.fixture
def editor(client):
    user = User.objects.create_user("editor", password="a")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(user)
    return client


@pytest.fixture
def superuser(client):
    client.force_login(User.objects.create_superuser("root", password="a"))
    return client


def admin_url(name, *arguments):
    return reverse(f"wagtailsnippets_territories_territory:{name}", args=arguments)


def test_an_editor_finds_a_territory_without_its_accents(editor):
    page = editor.get(admin_url("list"), {"q": "amberieu"}).content.decode()
    assert "Ambérieu-en-Bugey" in page
    assert "Belley" not in page


def test_an_editor_keeps_only_one_scale(editor):
    page = editor.get(admin_url("list"), {"kind": "collectivite"}).content.decode()
    assert "Polynésie française" in page
    assert "Auvergne-Rhône-Alpes" not in page


def test_the_list_leads_to_each_territory(editor):
    page = editor.get(admin_url("list"), {"q": "amberieu"}).content.decode()
    assert admin_url("inspect", Territory.objects.get(code="commune-01004").pk) in page


def test_an_editor_sees_everything_that_contains_a_territory(editor):
    epci = Territory.objects.get(code="epci-200070852")
    page = editor.get(admin_url("inspect", epci.pk)).content.decode()
    assert "Ain (département)" in page
    assert "Haute-Savoie (département)" in page


@pytest.mark.parametrize("name", ["add", "edit", "delete"])
def test_nobody_adds_changes_or_deletes_a_territory(superuser, name):
    territory = Territory.objects.get(code="commune-01004")
    arguments = [] if name == "add" else [territory.pk]
    for response in (superuser.get(admin_url(name, *arguments)), superuser.post(admin_url(name, *arguments))):
        assert response.status_code in {302, 403, 404}
    assert Territory.objects.filter(code="commune-01004").exists()
    page = superuser.get(admin_url("list")).content.decode()
    assert admin_url("add") not in page


def test_the_chooser_searches_as_the_public_autocompletion_does(editor):
    url = reverse("wagtailsnippetchoosers_territories_territory:choose_results")
    page = editor.get(url, {"q": "01500"}).content.decode()
    assert "Ambérieu-en-Bugey" in page
    assert "Belley" not in page


def test_the_chooser_offers_the_largest_first_and_none_that_vanished(editor):
    page = editor.get(reverse("wagtailsnippetchoosers_territories_territory:choose")).json()["html"]
    assert page.index("France entière") < page.index("Île-de-France")
    results = reverse("wagtailsnippetchoosers_territories_territory:choose_results")
    assert "Pierrefitte-sur-Seine (93)" not in editor.get(results, {"q": "pierrefitte"}).content.decode()


def test_a_visitor_sees_nothing_of_it(client):
    assert client.get(admin_url("list")).status_code == 302
