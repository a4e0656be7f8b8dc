"""How often a form may be sent."""

import time
from collections.abc import Callable
from unittest import mock

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from hub.accounts.models import User
from hub.web.client_address import UNKNOWN, client_address
from hub.web.limits import limited

pytestmark = pytest.mark.django_db

Ask = Callable[..., HttpResponse]


@pytest.fixture
def ask(rf: RequestFactory, settings: Settings) -> Ask:
    """A form of the hub that may be sent three times a minute."""
    settings.HUB_RATE_LIMITS = {**settings.HUB_RATE_LIMITS, "essai": "3/m,5/h"}

    @limited(name="essai")
    def form(request: HttpRequest) -> HttpResponse:
        return HttpResponse(request.method)

    def send(*, method: str = "post", user: User | None = None, address: str = "203.0.113.9") -> HttpResponse:
        request = getattr(rf, method)("/", REMOTE_ADDR=address)
        request.user = user or AnonymousUser()
        response = form(request)
        assert isinstance(response, HttpResponse)
        return response

    return send


def test_a_form_sent_too_often_says_when_to_come_back(ask: Ask) -> None:
    assert [ask().status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = ask()
    assert 50 <= int(refused["Retry-After"]) <= 60
    assert "Trop de tentatives" in refused.content.decode()


def test_reading_the_form_is_never_limited(ask: Ask) -> None:
    assert {ask(method="get").status_code for _ in range(20)} == {200}
    assert ask().status_code == 200


def test_two_networks_and_two_people_are_counted_apart(ask: Ask, django_user_model: type[User]) -> None:
    people = [django_user_model.objects.create_user(username=name) for name in ("anne", "bob")]
    for _ in range(3):
        ask()
        ask(user=people[0])
    assert ask().status_code == 429
    assert ask(address="203.0.113.10").status_code == 200
    assert ask(user=people[0]).status_code == 429
    assert ask(user=people[1]).status_code == 200


def test_an_address_of_ipv6_does_not_escape_by_changing_its_end(ask: Ask) -> None:
    answers = [ask(address=f"2001:db8::{number}").status_code for number in range(1, 5)]
    assert answers == [200, 200, 200, 429]


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # not one of our proxies: it may write what it likes
        ("10.0.0.5", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.5", "1.2.3.4, 198.51.100.1", "198.51.100.1"),  # the beginning comes from the person
        ("10.0.0.5", "198.51.100.1, 10.0.0.6", "198.51.100.1"),  # two proxies of ours
        ("10.0.0.5", "", "10.0.0.5"),
        ("10.0.0.5", "pas une adresse", "10.0.0.5"),
        ("", "198.51.100.1", "198.51.100.1"),  # a Unix socket
        ("", "", "0.0.0.0"),  # noqa: S104
        ("::ffff:203.0.113.9", "", "203.0.113.9"),
    ],
)
def test_the_address_is_the_one_our_own_proxy_saw(
    rf: RequestFactory, settings: Settings, peer: str, forwarded: str, expected: str
) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/24"]
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert client_address(request=rf.get("/", REMOTE_ADDR=peer, headers=headers)) == expected


BEHIND_A_MUTE_PROXY = {"REMOTE_ADDR": "127.0.0.1", "secure": True}


def test_a_proxy_that_does_not_say_where_visitors_are_is_not_taken_for_them(rf: RequestFactory) -> None:
    assert client_address(request=rf.get("/", **BEHIND_A_MUTE_PROXY)) == UNKNOWN
    assert client_address(request=rf.get("/", headers={"X-Forwarded-For": "?"}, **BEHIND_A_MUTE_PROXY)) == UNKNOWN
    # Somebody at the machine itself, of a trial.
    assert client_address(request=rf.get("/", REMOTE_ADDR="127.0.0.1")) == "127.0.0.1"


def test_behind_a_mute_proxy_the_tries_of_one_stop_nobody_else_but_a_flood_is_stopped(
    client: Client, settings: Settings
) -> None:
    settings.HUB_RATE_LIMITS = {**settings.HUB_RATE_LIMITS, "sign-in": "2/m,3/h"}
    form = {"email": "pas une adresse"}
    answers = [client.post("/compte/connexion/", form, **BEHIND_A_MUTE_PROXY).status_code for _ in range(41)]
    assert answers[:40] == [200] * 40
    refused = client.post("/compte/connexion/", form, **BEHIND_A_MUTE_PROXY)
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= 60
    named = {**BEHIND_A_MUTE_PROXY, "headers": {"X-Forwarded-For": "203.0.113.9"}}
    assert [client.post("/compte/connexion/", form, **named).status_code for _ in range(3)] == [200, 200, 429]


def test_behind_a_mute_proxy_wrong_passwords_stop_nobody_else(client: Client, django_user_model: type[User]) -> None:
    anne = django_user_model.objects.create_user(username="anne", email="anne@example.org", password="le bon")
    page = "/compte/connexion/mot-de-passe/"
    for number in range(11):
        client.post(page, {"login": f"inconnu-{number}@example.org", "password": "non"}, **BEHIND_A_MUTE_PROXY)
    answer = client.post(page, {"login": anne.username, "password": "le bon"}, **BEHIND_A_MUTE_PROXY)
    assert answer.status_code == 302


def test_limits_of_allauth_answer_with_the_page_of_the_house(client: Client, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"reset_password_from_key": "1/m/ip"}
    for _ in range(2):
        response = client.post("/compte/mot-de-passe/nouveau/1-abc/")
    assert response.status_code == 429
    assert response["Retry-After"] == "60"
    assert "Trop de tentatives" in response.content.decode()


@pytest.mark.parametrize("moved", [-7200, -90, -1, 1, 7200], ids=lambda moved: f"{moved}s")
def test_a_clock_that_is_moved_never_makes_anybody_wait_longer_than_the_limit(ask: Ask, moved: int) -> None:
    before = time.time()
    assert [ask().status_code for _ in range(4)] == [200, 200, 200, 429]
    with mock.patch("time.time", return_value=before + moved) as clock:
        if moved < 60:
            refused = ask()
            assert refused.status_code == 429
            assert 1 <= int(refused["Retry-After"]) <= 60
            clock.return_value += int(refused["Retry-After"])
        assert ask().status_code == 200
