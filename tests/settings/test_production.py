"""Production, started for real in a process of its own."""

import re
import subprocess
import sys

import pytest
from django.conf import settings


def run_python(*arguments, environ):
    return subprocess.run(
        [sys.executable, *arguments],
        env=environ,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_the_deployment_check_has_nothing_to_say_but_that_a_new_server_has_no_index_yet(environ):
    result = run_python("-W", "error", "manage.py", "check", "--deploy", environ=environ)
    assert result.returncode == 0, result.stderr
    assert re.findall(r"\((\w+\.\w\d+)\)", result.stderr) == ["search.W001"]
    assert "1 issue (0 silenced)" in result.stderr


def test_a_server_refuses_to_start_and_lists_all_that_is_wrong(environ):
    broken = {**environ, "SECRET_KEY": "court", "DATABASE_URL": "sqlite:///hub.sqlite3", "EMAIL_URL": ""}
    result = run_python("-c", "import hub.wsgi", environ=broken)
    assert result.returncode != 0
    assert "SECRET_KEY : clé trop courte" in result.stderr
    assert "DATABASE_URL : SQLite convient à l’essai" in result.stderr
    assert "EMAIL_URL : variable absente ou vide" in result.stderr


def test_a_server_without_a_named_settings_module_never_falls_back_to_the_demonstration(environ):
    del environ["DJANGO_SETTINGS_MODULE"]
    del environ["SECRET_KEY"]
    result = run_python("-c", "import hub.wsgi", environ=environ)
    assert result.returncode != 0
    assert "SECRET_KEY : variable absente" in result.stderr


SEEN_BY_A_VISITOR = """
import django
django.setup()
from django.conf import settings
from django.test import Client

insecure = Client().get("/gestion/login/", headers={"host": "hub.example.gouv.fr"})
print(insecure.status_code, insecure.headers["Location"])
spoofed = Client().get("/gestion/login/", headers={"host": "hub.example.gouv.fr", "x-forwarded-proto": "https"})
print(spoofed.status_code)
unknown = Client().get("/gestion/login/", secure=True, headers={"host": "autre.example.org"})
print(unknown.status_code)
print(settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.CSRF_TRUSTED_ORIGINS)
print(settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS, settings.MEDIA_ROOT)
"""


def test_plain_http_is_sent_to_https_and_a_header_from_anybody_is_not_believed(environ, tmp_path):
    result = run_python("-c", SEEN_BY_A_VISITOR, environ=environ)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == [
        "301 https://hub.example.gouv.fr/gestion/login/",
        "301",
        "400",
        "True True ['https://hub.example.gouv.fr']",
        f"mail.example.internal 587 True {tmp_path}/media",
    ]


FOLDERS = """
import django
django.setup()
from pathlib import Path
from django.conf import settings

for name in ("VAR_DIR", "MEDIA_ROOT", "STATIC_ROOT", "SEARCH_INDEX_DIR"):
    folder = getattr(settings, name)
    print(name, isinstance(folder, Path), folder / "un fichier")
"""


def folders(*, environ):
    result = run_python("-c", FOLDERS, environ=environ)
    assert result.returncode == 0, result.stderr
    return result.stdout.splitlines()


def test_every_folder_of_the_settings_is_one_to_join_with_a_name(environ, tmp_path):
    given = {"MEDIA_ROOT": f" {tmp_path}/partage", "STATIC_ROOT": "/srv/static", "SEARCH_INDEX_DIR": "/srv/index "}
    assert folders(environ={**environ, **given}) == [
        f"VAR_DIR True {tmp_path}/un fichier",
        f"MEDIA_ROOT True {tmp_path}/partage/un fichier",
        "STATIC_ROOT True /srv/static/un fichier",
        "SEARCH_INDEX_DIR True /srv/index/un fichier",
    ]


def test_an_empty_variable_names_no_folder_and_not_the_one_the_hub_was_started_in(environ, tmp_path):
    empty = dict.fromkeys(("MEDIA_ROOT", "STATIC_ROOT", "SEARCH_INDEX_DIR"), "")
    assert folders(environ={**environ, **empty}) == [
        f"VAR_DIR True {tmp_path}/un fichier",
        f"MEDIA_ROOT True {tmp_path}/media/un fichier",
        f"STATIC_ROOT True {tmp_path}/static/un fichier",
        f"SEARCH_INDEX_DIR True {tmp_path}/search/un fichier",
    ]


EDITOR_LOOKS_AT_AN_ORIGINAL = """
import django
django.setup()
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.test import RequestFactory
from django.urls import resolve
from hub.accounts.models import User

def ask(path, user):
    request = RequestFactory().get(path, secure=True, headers={"host": "hub.example.gouv.fr"})
    request.user = user
    found = resolve(path)
    try:
        return b"".join(found.func(request, *found.args, **found.kwargs))
    except Http404:
        return "404"

folder = settings.MEDIA_ROOT / "original_images"
folder.mkdir(parents=True)
(folder / "photo.png").write_bytes(b"une photo")
print(ask("/media/original_images/photo.png", User(is_superuser=True, is_active=True)))
print(ask("/media/original_images/absente.png", User(is_superuser=True, is_active=True)))
print(ask("/media/original_images/photo.png", AnonymousUser()))
"""


@pytest.mark.parametrize("given", [{}, {"MEDIA_ROOT": "partage"}])
def test_an_editor_sees_an_image_as_it_was_sent(environ, tmp_path, given):
    given = {name: str(tmp_path / value) for name, value in given.items()}
    result = run_python("-c", EDITOR_LOOKS_AT_AN_ORIGINAL, environ={**environ, **given})
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == ["b'une photo'", "404", "404"]


def test_gunicorn_accepts_its_configuration(environ):
    command = ["-m", "gunicorn", "--check-config", "--config", "python:hub.gunicorn", "hub.wsgi"]
    result = run_python(*command, environ=environ)
    assert result.returncode == 0, result.stderr
