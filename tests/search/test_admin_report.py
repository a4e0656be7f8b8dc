"""The report of the admin: whoever looks after the search sees where it stands, and can do something about it."""

import html
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django.utils import timezone

from hub.accounts.models import User
from search import status
from search.delivery import deliver
from search.engines.base import Refusal
from search.models import IndexConsumer, OutboxEntry
from search.rebuild import rebuild
from search.worker import one_pass
from tests.factories import InitiativePageFactory, WorkshopPageFactory
from tests.search.memory_engine import MemoryEngine
from tests.support.engines import search_engine

pytestmark = pytest.mark.django_db


@pytest.fixture
def url() -> str:
    return reverse("search-report")


@pytest.fixture
def server(home, monkeypatch) -> MemoryEngine:
    """A server that answers, with this host's embedded engine beside it, both up to date."""
    engine = MemoryEngine()
    monkeypatch.setattr(status, "engines", lambda: (engine, search_engine()))
    InitiativePageFactory(title="Bail glissant")
    WorkshopPageFactory(title="86e atelier")
    rebuild(engine=engine)
    rebuild(engine=search_engine())
    return engine


def text(response) -> str:
    assert response.status_code == 200
    return " ".join(html.unescape(response.content.decode()).split())


def editor(*, may_look_after_the_search: bool = False) -> User:
    user = User.objects.create_user("editor", password="a")
    user.groups.add(Group.objects.get(name="Editors"))
    if may_look_after_the_search:
        user.user_permissions.add(Permission.objects.get(codename="change_indexconsumer"))
    return user


def test_nobody_else_sees_it_nor_acts(client, url, server):
    assert client.get(url).status_code == 302
    assert "/compte/connexion/" in client.post(url, {"action": "rebuild", "index": "server"}).url
    client.force_login(editor())
    for response in (client.get(url), client.post(url, {"action": "rebuild", "index": "server"})):
        assert (response.status_code, response.url) == (302, reverse("wagtailadmin_home"))
    assert url not in client.get(reverse("wagtailadmin_home")).content.decode()
    assert not IndexConsumer.objects.exclude(rebuild_requested_at=None).exists()


def test_whoever_has_the_right_finds_it_in_the_menu(client, url, server):
    client.force_login(editor(may_look_after_the_search=True))
    assert url in client.get(reverse("wagtailadmin_home")).content.decode()
    assert client.get(url).status_code == 200


def test_it_counts_documents_by_type_beside_the_database(admin_client, url, server):
    shown = text(admin_client.get(url))
    assert "Moteur qui répond aux visiteurs : server" in shown
    assert f"Secours de ce serveur : {search_engine().name}" in shown
    for label in ("Ateliers", "Fiches initiatives"):
        assert shown.count(f'<th scope="row">{label}</th> <td>1</td> <td>1</td>') == 2
    InitiativePageFactory(title="Pas encore livrée")
    shown = text(admin_client.get(url))
    assert shown.count('<th scope="row">Fiches initiatives</th> <td>1</td> <td>2</td>') == 2
    OutboxEntry.objects.update(changed_at=timezone.now() - timedelta(hours=3))
    assert "Le plus ancien attend depuis</th> <td>3 heures" in text(admin_client.get(url))


def test_a_server_that_does_not_answer_is_said_to_and_the_rest_is_shown(admin_client, url, server):
    server.is_away = True
    InitiativePageFactory()
    one_pass(engine=server, say=lambda _text: None, complain=lambda _text: None)
    shown = text(admin_client.get(url))
    assert "Ne répond pas : le serveur ne répond pas" in shown
    assert "En panne depuis moins d’une minute" in shown
    assert "répond, à jour de cette version du hub" in shown  # the stand-by


def test_a_page_set_aside_is_named_with_its_reason_and_can_be_tried_again(admin_client, url, server):
    page = InitiativePageFactory(title="Fiche <refusée>")
    server.refusals[page.pk] = Refusal("champ inconnu : <couleur>", is_final=True)
    deliver(engine=server)
    response = admin_client.get(url)
    assert "champ inconnu : &lt;couleur&gt;" in response.content.decode()
    shown = text(response)
    assert f'<a href="{reverse("wagtailadmin_pages:edit", args=[page.pk])}">Fiche <refusée></a>' in shown
    server.refusals.clear()
    response = admin_client.post(url, {"action": "retry", "index": "server", "page": page.pk}, follow=True)
    assert "1 page(s) seront réessayées" in text(response)
    deliver(engine=server)
    assert "Fiche <refusée>" in server.titles
    page.delete()
    assert "mises de côté" not in text(admin_client.get(url))


def test_a_rebuild_is_confirmed_then_done_by_the_worker(admin_client, url, server):
    before = server.current
    assert "Oui, reconstruire" not in text(admin_client.get(url))
    assert "Reconstruire l’index « server » ?" in text(admin_client.get(url, {"reconstruire": "server"}))
    assert server.current == before
    shown = text(admin_client.post(url, {"action": "rebuild", "index": "server"}, follow=True))
    assert "est demandée au livreur" in shown
    assert "Reconstruction demandée</th> <td>il y a moins d’une minute" in shown
    assert server.current == before
    one_pass(engine=server, say=lambda _text: None, complain=lambda _text: None)
    assert server.current != before
    assert "Reconstruction demandée" not in text(admin_client.get(url))


def test_it_says_plainly_that_no_worker_is_there(admin_client, url, server):
    assert text(admin_client.get(url)).count("Aucun livreur ne s’occupe de cet index en ce moment (aucun vu)") == 2
    for engine in (server, search_engine()):
        one_pass(engine=engine, say=lambda _text: None, complain=lambda _text: None)
    assert "Aucun livreur" not in text(admin_client.get(url))
    IndexConsumer.objects.update(worker_seen_at=timezone.now() - timedelta(minutes=5))
    assert "le dernier a été vu il y a 5 minutes" in text(admin_client.get(url))


def test_what_it_is_not_asked_properly_changes_nothing(admin_client, url, server):
    assert admin_client.post(url, {"action": "rebuild", "index": "unknown"}).status_code == 404
    assert "Rien n’a été fait" in text(admin_client.post(url, {"action": "destroy", "index": "server"}, follow=True))
    for page in ("9" * 30, "-1", "tout"):
        response = admin_client.post(url, {"action": "retry", "index": "server", "page": page}, follow=True)
        assert "Rien n’a été fait" in text(response)
    assert "Oui, reconstruire" not in text(admin_client.get(url, {"reconstruire": "unknown"}))


def test_the_index_of_another_host_is_shown_too(admin_client, url, server):
    IndexConsumer.objects.create(name="embedded:web-2")
    assert "Index d’un autre serveur : embedded:web-2" in text(admin_client.get(url))
