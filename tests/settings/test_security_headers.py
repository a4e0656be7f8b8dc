"""Every kind of answer says what a browser may do with it: pages, errors, redirections, files, feeds, health."""

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from hub.pages.models import HomePage

CLOSED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
EXPECTED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(client: Client, settings: Settings, home: HomePage) -> Client:
    """Somebody who came by HTTPS to a server set up as in production."""
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 3600
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    settings.HUB_RATE_LIMITS = {**settings.HUB_RATE_LIMITS, "sign-in": "1/h"}
    settings.HUB_SERVES_MEDIA = True
    folder = Path(settings.MEDIA_ROOT) / "images"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "photo.png").write_bytes(b"une photo")
    return client


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/initiatives/", 200),
        ("/recherche/", 200),
        ("/recherche/suggestions", None),
        ("/robots.txt", 200),
        ("/sitemap.xml", 200),
        ("/.well-known/security.txt", 200),
        ("/favicon.ico", 302),
        ("/initiatives", 301),
        ("/espace/", 302),
        ("/gestion/", 302),
        ("/compte/connexion/", 200),
        ("/adresse-inconnue/", 404),
        ("/static/hub/hub.css", 200),
        ("/static/absente.css", 404),
        ("/media/images/photo.png", 200),
        ("/media/images/absente.png", 404),
        ("/media/original_images/photo.png", 404),
        ("/media/images/..%2f..%2fphoto.png", 400),
        ("/documents/999/absent.pdf", 404),
        ("/sante/vif", 200),
        ("/sante/pret", None),
    ],
)
def test_each_kind_of_answer(visitor: Client, path: str, status: int | None) -> None:
    response = ask(visitor, path)
    assert status is None or response.status_code == status
    assert_complete(response, is_admin=path.startswith("/gestion/"))


def ask(visitor: Client, path: str, **named):
    """Ask by HTTPS, and read the answer to its end."""
    response = visitor.get(path, secure=True, **named)
    if response.streaming:
        b"".join(response)
    response.close()
    return response


def assert_complete(response, *, is_admin: bool = False) -> None:
    assert {name: response.headers.get(name) for name in EXPECTED} == EXPECTED
    assert "geolocation=()" in response["Permissions-Policy"]
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy or "default-src 'none'" in policy
    assert "unsafe" not in policy or is_admin
    assert "frame-ancestors 'none'" in policy or "sandbox" in policy or is_admin


def test_a_host_that_is_not_ours(visitor: Client) -> None:
    response = ask(visitor, "/", headers={"host": "autre.example.org"})
    assert response.status_code == 400
    assert_complete(response)


def test_plain_http_sent_to_https(visitor: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    response = Client().get("/")
    assert response.status_code == 301
    assert response["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in response.headers  # which a browser heeds over HTTPS only


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "COUCOU"])
def test_a_method_that_no_page_has(visitor: Client, method: str) -> None:
    response = visitor.generic(method, "/", secure=True)
    assert response.status_code == 405
    assert_complete(response)


def test_a_form_sent_too_often_or_from_elsewhere(visitor: Client) -> None:
    address = {"REMOTE_ADDR": "203.0.113.9", "secure": True}
    answers = [visitor.post("/compte/connexion/", {"email": "?"}, **address) for _ in range(2)]
    assert [response.status_code for response in answers] == [200, 429]
    for response in answers:
        assert_complete(response)
    elsewhere = Client(enforce_csrf_checks=True).post("/compte/connexion/", secure=True)
    assert elsewhere.status_code == 403
    assert_complete(elsewhere)


def test_a_failure(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_arguments, **_named):
        raise RuntimeError("une panne")

    monkeypatch.setattr("hub.pages.models.HomePage.serve", fails)
    visitor.raise_request_exception = False
    response = ask(visitor, "/")
    assert response.status_code == 500
    assert_complete(response)


def test_what_is_no_page_loads_nothing(visitor: Client) -> None:
    for path in ("/static/hub/hub.css", "/sante/vif"):
        assert ask(visitor, path)["Content-Security-Policy"] == CLOSED
