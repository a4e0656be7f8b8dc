"""Public pages run nothing inline; the admin has a policy of its own rather than none."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from hub.settings.content_policies import admin_policy, public_policy
from hub.web.policies import ContentPolicyMiddleware
from tests.factories import StandardPageFactory

HEADER = "Content-Security-Policy"


def directives(response):
    return dict(part.strip().split(" ", 1) for part in response.headers[HEADER].split(";"))


@pytest.mark.django_db
def test_a_public_page_allows_nothing_inline_nor_from_elsewhere_but_players(client):
    policy = directives(client.get("/adresse-inconnue/"))
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["default-src"] == "'self'"
    assert policy["object-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["media-src"] == "'self'"
    assert policy["frame-src"].split() == [
        "'self'",
        "https://www.youtube-nocookie.com",
        "https://geo.dailymotion.com",
        "https://player.vimeo.com",
        "https://tube.numerique.gouv.fr",
    ]


@pytest.mark.django_db
def test_the_admin_may_run_its_inline_scripts_and_frame_its_previews_only(client):
    policy = directives(client.get("/gestion/login/"))
    assert policy["script-src"] == "'self' 'unsafe-inline'"
    assert policy["default-src"] == "'self'"
    assert policy["object-src"] == "'none'"
    assert policy["frame-ancestors"] == "'self'"


def test_a_public_address_that_only_resembles_the_admin_keeps_the_strict_policy(rf: RequestFactory):
    response = ContentPolicyMiddleware(lambda _request: HttpResponse())(rf.get("/gestionnaires/"))
    assert directives(response)["script-src"] == "'self'"


def test_peertube_servers_are_those_the_operator_trusts():
    for policy in (public_policy, admin_policy):
        assert "https://tube.example.org" in policy(peertube_hosts=["tube.example.org"])["frame-src"]


@pytest.mark.django_db
def test_pages_refuse_to_be_framed_by_other_sites(client):
    assert client.get("/adresse-inconnue/").headers["X-Frame-Options"] == "DENY"


@pytest.mark.django_db
def test_a_preview_has_the_visitors_policy_and_may_be_framed_by_the_admin(home, admin_client):
    page = StandardPageFactory(live=False)
    address = reverse("wagtailadmin_pages:view_draft", args=[page.pk])
    response = admin_client.get(address)
    policy = directives(response)
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'self'"
