"""The editors' list of what visitors did not find."""

import html

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from hub.accounts.models import User
from search.unanswered.models import UnansweredSearch

pytestmark = pytest.mark.django_db

LIST = "/gestion/rapports/recherches-sans-reponse/"


def person(*groups: str) -> User:
    user = User.objects.create_user("anne", password="a")
    user.groups.set(Group.objects.filter(name__in=groups))
    assert user.groups.count() == len(groups)
    return user


@pytest.fixture
def said(home) -> UnansweredSearch:
    return UnansweredSearch.objects.create(
        text="Des <b>licornes</b> dans l’Ain", query="licorne", filters="Ain\nJeunes", querystring="q=licorne"
    )


@pytest.mark.parametrize("group", ["Relecture Dihal", "Moderators"])
def test_reviewers_read_it_mark_it_and_delete_it(client, said, group):
    client.force_login(person(group))
    assert LIST in client.get(reverse("wagtailadmin_home")).content.decode()
    shown = client.get(LIST)
    assert shown.status_code == 200
    document = shown.content.decode()
    for seen in ("&lt;b&gt;licornes&lt;/b&gt;", "Ain · Jeunes", "licorne"):
        assert seen in document
    edit = reverse("unanswered_searches:edit", args=[said.pk])
    page = html.unescape(client.get(edit).content.decode())
    assert "/recherche/?q=licorne" in page
    assert client.post(edit, {"is_handled": "on", "text": "autre chose"}).status_code == 302
    said.refresh_from_db()
    assert (said.is_handled, said.text) == (True, "Des <b>licornes</b> dans l’Ain")
    assert client.get(f"{LIST}?is_handled=false").status_code == 200
    assert client.post(reverse("unanswered_searches:delete", args=[said.pk])).status_code == 302
    assert not UnansweredSearch.objects.exists()


def test_nobody_adds_one_by_hand(admin_client, said):
    assert admin_client.get(f"{LIST}new/").status_code in {302, 403, 404}
    assert f"{LIST}new/" not in admin_client.get(LIST).content.decode()


@pytest.mark.parametrize("groups", [(), ("Editors",), None])
def test_nobody_else_reads_it_nor_deletes(client, said, groups):
    if groups is not None:
        client.force_login(person(*groups))
    for url in (
        LIST,
        reverse("unanswered_searches:edit", args=[said.pk]),
        reverse("unanswered_searches:delete", args=[said.pk]),
    ):
        for response in (client.get(url), client.post(url, {"is_handled": "on"})):
            assert response.status_code in {302, 403}
            assert "licornes" not in response.content.decode()
    said.refresh_from_db()
    assert not said.is_handled
