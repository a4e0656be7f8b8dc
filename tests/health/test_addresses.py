"""The two addresses themselves: who may ask, how, and what they never say."""

import pytest

from hub.web import health
from hub.web.health import Light, Reading

HEALTHY = {"base": Reading(Light.OK, "la base de données répond")}


@pytest.fixture
def healthy(monkeypatch):
    monkeypatch.setattr("hub.web.health.measure", lambda: HEALTHY)


def test_the_process_says_it_answers_without_a_database(client):
    # No database is allowed in this test: a query would fail it.
    response = client.get("/sante/vif")
    assert (response.status_code, response.text) == (200, "ok\n")


@pytest.mark.parametrize("address", ["/sante/vif", "/sante/pret"])
def test_a_load_balancer_asks_by_ip_in_plain_http(client, settings, healthy, address):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_REDIRECT_EXEMPT = [r"^sante/"]
    settings.ALLOWED_HOSTS = ["hub.example.gouv.fr"]
    response = client.get(address, headers={"host": "10.1.2.3:8000"})
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert not response.cookies
    assert "10.1.2.3" not in response.text


@pytest.mark.parametrize("address", ["/sante/vif", "/sante/pret"])
def test_it_is_only_read(client, healthy, address):
    assert client.head(address).status_code == 200
    response = client.post(address)
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"


def test_the_worst_light_is_that_of_the_whole(client, monkeypatch):
    degraded = {**HEALTHY, "index": Reading(Light.DEGRADED, "une reconstruction est due")}
    monkeypatch.setattr("hub.web.health.measure", lambda: degraded)
    response = client.get("/sante/pret")
    assert (response.status_code, response.json()["status"]) == (200, "degraded")
    down = {**degraded, "base": health.NO_ANSWER}
    monkeypatch.setattr("hub.web.health.measure", lambda: down)
    response = client.get("/sante/pret")
    assert (response.status_code, response.json()["status"]) == (503, "down")
    assert response.headers["Cache-Control"] == "no-store"


def test_an_address_that_only_resembles_is_a_page_like_any_other(client, db):
    assert client.get("/sante/").status_code == 404
    assert client.get("/sante/vif/plus/").status_code == 404
