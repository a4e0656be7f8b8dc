"""What each light says, seen through the address a load balancer asks."""

import time
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from hub.checks import check_proxy
from hub.web import health
from hub.web.health import Light, Reading, register_probe
from search.models import IndexConsumer, OutboxEntry
from search.rebuild import rebuild
from tests.support.engines import search_engine

# The lights are read in a thread of their own, which sees what is committed.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_probes(monkeypatch):
    """Nothing measured earlier, and a probe registered by a test leaves with it."""
    monkeypatch.setattr(health, "_probes", health.registered_probes())
    health.forget()
    yield
    health.forget()


@pytest.fixture
def index():
    rebuild(engine=search_engine())


def ask(client):
    health.forget()
    response = client.get("/sante/pret")
    return response, response.json()


def light(client, name):
    return ask(client)[1]["lights"][name]["status"]


def test_a_healthy_hub_shows_every_light_green(client, index):
    response, answer = ask(client)
    assert response.status_code == 200
    assert answer["status"] == "ok"
    assert {name: found["status"] for name, found in answer["lights"].items()} == {
        "base": "ok",
        "migrations": "ok",
        "index": "ok",
        "livraison": "ok",
        "courriels": "ok",
        "quotidien": "ok",
        "documents": "ok",
        "inscriptions": "ok",
        "mandataire": "ok",
        "connexions": "ok",
    }


def test_a_missing_index_is_noticed_by_visitors(client):
    response, answer = ask(client)
    assert response.status_code == 503
    assert answer["lights"]["index"]["status"] == "down"
    assert answer["lights"]["base"]["status"] == "ok"


def test_a_rebuild_that_is_due_takes_no_server_out_of_service(client, index):
    IndexConsumer.objects.update(generation="d’une autre version")
    response, answer = ask(client)
    assert response.status_code == 200
    assert answer["status"] == "degraded"
    assert "reconstruction est due" in answer["lights"]["index"]["label"]


def test_a_change_that_waits_too_long_is_shown_with_its_age(client, index):
    consumer = IndexConsumer.objects.get(name=search_engine().name)
    entry = OutboxEntry.objects.create(page_id=1, consumer=consumer, version=1)
    assert light(client, "livraison") == "ok"
    entry.changed_at = timezone.now() - timedelta(minutes=5)
    entry.save()
    response, answer = ask(client)
    assert response.status_code == 200
    assert answer["lights"]["livraison"]["status"] == "degraded"
    assert "depuis 300 s" in answer["lights"]["livraison"]["label"]


def test_a_page_that_an_index_refused_for_good_is_shown(client, index):
    consumer = IndexConsumer.objects.get(name=search_engine().name)
    OutboxEntry.objects.create(page_id=1, consumer=consumer, version=1, set_aside_at=timezone.now())
    response, answer = ask(client)
    assert response.status_code == 200
    assert answer["lights"]["livraison"] == {
        "status": "degraded",
        "label": "1 page(s) refusée(s) par un index, mise(s) de côté",
    }


def test_what_another_host_has_to_catch_up_with_is_that_host_s_light(client, index):
    other = IndexConsumer.objects.create(name="embedded:autre")
    OutboxEntry.objects.create(page_id=1, consumer=other, version=1, changed_at=timezone.now() - timedelta(days=1))
    assert light(client, "livraison") == "ok"


def test_a_migration_that_was_not_applied_is_noticed_by_visitors(client, index):
    last = MigrationRecorder(connection).migration_qs.filter(app="search").order_by("id").last()
    last.delete()
    response, answer = ask(client)
    last.save(force_insert=True)
    assert response.status_code == 503
    assert answer["lights"]["migrations"]["status"] == "down"
    assert light(client, "migrations") == "ok"


def test_a_database_ahead_of_this_server_is_a_release_under_way(client, index):
    ahead = MigrationRecorder(connection).migration_qs.create(app="search", name="9999_de_demain")
    assert light(client, "migrations") == "ok"
    ahead.delete()


def test_a_probe_that_fails_is_a_light_and_not_a_server_error(client, index, caplog):
    def failing():
        raise OperationalError("could not connect to server at 10.0.0.7 as hub")

    register_probe(name="essai", probe=failing)
    response, answer = ask(client)
    assert response.status_code == 503
    assert answer["lights"]["essai"]["status"] == "down"
    assert answer["lights"]["index"]["status"] == "ok"
    assert "10.0.0.7" not in response.text
    assert "10.0.0.7" in caplog.text


def test_a_probe_that_hangs_is_given_up(client, index, monkeypatch):
    monkeypatch.setattr(health, "TIME_LIMIT", 0.5)
    register_probe(name="lent", probe=lambda: time.sleep(1) or Reading(Light.OK, "trop tard"))
    began = time.monotonic()
    response, answer = ask(client)
    assert time.monotonic() - began < 0.9
    assert response.status_code == 503
    assert answer["lights"]["lent"]["status"] == "down"
    assert answer["lights"]["base"]["status"] == "ok"
    # The same answer at once, and no second round beside the one that hangs.
    again = client.get("/sante/pret")
    assert again.status_code == 503
    time.sleep(1)
    assert ask(client)[1]["lights"]["base"]["status"] == "ok"


def test_however_many_ask_the_probes_run_once_a_second(client, index):
    calls = []
    register_probe(name="compte", probe=lambda: calls.append(1) or Reading(Light.OK, "compté"))
    for _ in range(5):
        client.get("/sante/pret")
    assert len(calls) == 1


@pytest.fixture
def nothing_noted_yet(monkeypatch):
    monkeypatch.setattr(health, "_written", {})


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        ({"REMOTE_ADDR": "203.0.113.9"}, "sans passer par un mandataire"),
        ({"REMOTE_ADDR": "127.0.0.1", "secure": True}, "ne dit pas d’où viennent les visiteurs"),
    ],
)
def test_what_a_request_shows_of_the_proxy_is_a_light_that_stops_no_server(
    client, index, nothing_noted_yet, seen, said
):
    client.get("/robots.txt", **seen)
    response, answer = ask(client)
    assert response.status_code == 200
    assert answer["lights"]["mandataire"]["status"] == "degraded"
    assert said in answer["lights"]["mandataire"]["label"]
    assert [problem.id for problem in check_proxy(None)] == ["hub.W006"]


def test_whatever_a_visitor_writes_the_light_of_a_sound_proxy_stays_green(client, index, nothing_noted_yet):
    for forged in ("", "203.0.113.1, ", "n’importe quoi, "):
        headers = {"X-Forwarded-For": f"{forged}198.51.100.1", "X-Forwarded-Proto": "https"}
        client.get("/robots.txt", secure=True, headers=headers)
    client.get("/robots.txt")  # somebody at the machine itself
    client.get("/sante/vif", REMOTE_ADDR="203.0.113.9")  # a load balancer
    assert light(client, "mandataire") == "ok"
    assert check_proxy(None) == []
