"""Files robots and browsers ask for, uploaded images of the demonstration, errors, and pages behind a password."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from wagtail.models import PageViewRestriction

from hub.pages.models import HomePage
from tests.factories import InitiativePageFactory, StandardPageFactory
from tests.support.html import read_html, words

pytestmark = pytest.mark.django_db


def test_robots_learn_where_the_map_is_and_what_is_not_theirs(client: Client, home: HomePage):
    response = client.get("/robots.txt")
    assert response["Content-Type"].startswith("text/plain")
    lines = response.text.splitlines()
    assert "Disallow: /gestion/" in lines
    assert "Sitemap: http://testserver/sitemap.xml" in lines
    assert "Disallow: /" not in lines


def test_the_map_for_robots_lists_published_pages_only(client: Client, home: HomePage):
    public = InitiativePageFactory()
    hidden = InitiativePageFactory(live=False)
    private = StandardPageFactory()
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    response = client.get("/sitemap.xml")
    assert response["Content-Type"] == "application/xml"
    addresses = re.findall(r"<loc>([^<]+)</loc>", response.text)
    assert public.full_url in addresses
    assert hidden.full_url not in addresses
    assert private.full_url not in addresses


def test_a_vulnerability_has_an_address_that_does_not_go_stale(client: Client, home: HomePage, settings):
    settings.SECURITY_CONTACT = "mailto:securite@example.org?subject=a&body=b"
    response = client.get("/.well-known/security.txt")
    assert response["Content-Type"].startswith("text/plain")
    fields = dict(line.split(": ", 1) for line in response.text.splitlines() if line)
    assert fields["Contact"] == settings.SECURITY_CONTACT
    expires = datetime.fromisoformat(fields["Expires"])
    assert timedelta(days=30) < expires - datetime.now(tz=UTC) < timedelta(days=365)


def test_browsers_that_ask_for_the_historical_icon_find_it(client: Client, home: HomePage):
    response = client.get("/favicon.ico")
    assert response.status_code == 302
    assert response["Location"].endswith(".ico")


def test_a_page_that_does_not_exist_offers_the_search(client: Client, home: HomePage):
    response = client.get("/initiatives/rien-de-tel/")
    assert response.status_code == 404
    response.status_code = 200
    page = read_html(response)
    assert words(page.h1) == "Page non trouvée"
    assert page.main.find("form", action="/recherche/").find("input", attrs={"name": "q"})
    assert page.find("meta", attrs={"name": "robots"})["content"] == "noindex"
    assert not page.find("link", rel="canonical")


@pytest.mark.parametrize(
    ("failure", "status", "title"),
    [
        (ZeroDivisionError("bogue"), 500, "Erreur inattendue"),
        (OperationalError("connection refused"), 503, "Service indisponible"),
    ],
)
def test_a_failure_is_told_in_french_without_the_database(
    home: HomePage, monkeypatch, django_assert_num_queries, failure, status, title
):
    def fail(*_args, **_kwargs):
        raise failure

    monkeypatch.setattr("hub.vocabulary.views.schemes_by_letter", fail)
    client = Client(raise_request_exception=False)
    with django_assert_num_queries(0):
        response = client.get("/glossaire/")
    assert response.status_code == status
    assert title in response.text
    assert "bogue" not in response.text
    assert response.has_header("Retry-After") == (status == 503)


def test_uploaded_images_are_served_by_the_demonstration_alone(client: Client, home: HomePage, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for name in ("images/photo.webp", "documents/secret.pdf", "secret.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"contenu")
    assert client.get("/media/images/photo.webp").status_code == 404
    settings.HUB_SERVES_MEDIA = True
    response = client.get("/media/images/photo.webp")
    assert response.status_code == 200
    assert b"".join(response.streaming_content) == b"contenu"
    for path in ("documents/secret.pdf", "secret.txt", "images/../secret.txt", "images/../documents/secret.pdf"):
        assert client.get(f"/media/{path}").status_code in {400, 404}, path


def test_a_page_behind_a_password_asks_for_it_and_keeps_it_from_view(client: Client, home: HomePage):
    page = StandardPageFactory(title="Réservé aux partenaires", introduction="Un secret.")
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.PASSWORD, password="sésame")
    asked = read_html(client.get(page.url))
    assert words(asked.h1) == "Page protégée"
    assert "secret" not in words(asked)
    form = asked.main.form
    data = {field["name"]: field.get("value", "") for field in form.find_all("input")}
    refused = read_html(client.post(form["action"], {**data, "password": "ouvre-toi"}))
    field = refused.find("input", attrs={"name": "password"})
    assert words(refused.find(id=field["aria-describedby"]))
    accepted = client.post(form["action"], {**data, "password": "sésame"}, follow=True)
    assert "Un secret." in words(read_html(accepted))


def asked_at(form: Any) -> str:
    """Where a form is sent: the page of the sign-in unless it says another."""
    return form.get("action") or "/compte/connexion/"


def test_a_page_for_people_who_sign_in_asks_them_to(client: Client, home: HomePage):
    page = StandardPageFactory()
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    asked = read_html(client.get(page.url, follow=True))
    assert words(asked.h1) == "Connexion"
    form = asked.main.form
    data = {field["name"]: field.get("value", "") for field in form.find_all("input") if field.get("name")}
    assert data["next"] == page.url
    refused = read_html(client.post(asked_at(form), {**data, "email": "claire"}))
    assert refused.find("input", attrs={"name": "email"})["value"] == "claire"
