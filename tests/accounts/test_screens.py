"""What a member's screen promises, whichever it is: theirs alone, and kept by nobody."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.urls import reverse

from hub.accounts.screens import member_screen
from tests.factories import UserFactory


@member_screen("GET", "POST")
def greet(request, name):
    return HttpResponse(f"{request.user.username}, {name}")


@member_screen("POST")
def act(request):
    return HttpResponse(request.method)


def answer(view, request, user, *args):
    request.user = user
    return view(request, *args)


def test_a_stranger_is_led_to_the_sign_in_page_and_back(rf):
    for request in (rf.get("/espace/"), rf.post("/espace/"), rf.delete("/espace/")):
        response = answer(greet, request, AnonymousUser(), "Awa")
        assert response.status_code == 302
        assert response["Location"] == f"{reverse('account_login')}?next=/espace/"


def test_no_cache_keeps_what_a_member_or_a_stranger_is_shown(rf):
    for user in (UserFactory.build(username="awa"), AnonymousUser()):
        response = answer(greet, rf.get("/espace/"), user, "Awa")
        assert {"private", "no-store"} <= {part.strip() for part in response["Cache-Control"].split(",")}


@pytest.mark.parametrize(
    ("view", "args", "answered"),
    [(greet, ("Awa",), {"GET", "HEAD", "POST"}), (act, (), {"POST"})],
)
def test_a_screen_answers_its_own_methods_and_no_other(rf, view, args, answered):
    user = UserFactory.build(username="awa")
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        response = answer(view, rf.generic(method, "/espace/"), user, *args)
        assert response.status_code == (200 if method in answered else 405), method


@pytest.mark.django_db
def test_the_forms_of_a_screen_are_counted_by_person_and_its_reading_is_not(rf, settings):
    settings.HUB_RATE_LIMITS = {**settings.HUB_RATE_LIMITS, "screen": "1/m"}
    limited = member_screen("GET", "POST", limit="screen")(lambda _request: HttpResponse())
    awa, karim = UserFactory(), UserFactory()
    statuses = [answer(limited, rf.post("/espace/"), user).status_code for user in (awa, awa, karim)]
    assert statuses == [200, 429, 200]
    assert answer(limited, rf.get("/espace/"), awa).status_code == 200
