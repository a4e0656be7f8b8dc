"""Secrets may be given as files, as container platforms do: the same checks see what is in them."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from hub.settings.environment import SECRETS, environment_problems, require_secret_files
from tests.settings.test_production import run_python


@pytest.fixture
def with_files(environ, tmp_path):
    """The sound environment, whose secrets are in files instead."""
    given = {name: value for name, value in environ.items() if name not in SECRETS}
    for name in ("SECRET_KEY", "DATABASE_URL", "EMAIL_URL"):
        path = tmp_path / name.lower()
        path.write_text(f"{environ[name]}\n", encoding="utf-8")
        given[f"{name}_FILE"] = str(path)
    return given


def test_secrets_in_files_are_as_good_as_variables(environ, with_files):
    assert environment_problems(environ=with_files) == []
    resolved = require_secret_files(environ=with_files)
    assert [resolved[name] for name in SECRETS[:3]] == [environ[name] for name in SECRETS[:3]]


def test_the_checks_see_what_is_in_the_file(with_files, tmp_path):
    (tmp_path / "database_url").write_text("sqlite:///hub.sqlite3")
    assert environment_problems(environ=with_files) == [
        "DATABASE_URL : SQLite convient à l’essai, pas à un site public ; utilisez PostgreSQL."
    ]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/nulle/part/cle", "SECRET_KEY_FILE : le fichier /nulle/part/cle n’existe pas."),
        ("cle", "SECRET_KEY_FILE : chemin absolu attendu, pour ne pas dépendre du dossier de lancement."),
        ("/", "SECRET_KEY_FILE : le fichier / ne peut pas être lu par le compte qui exécute le hub."),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence_and_not_two(with_files, path, expected):
    assert environment_problems(environ={**with_files, "SECRET_KEY_FILE": path}) == [expected]


def test_an_empty_file_is_told(with_files, tmp_path):
    (tmp_path / "secret_key").write_text("\n")
    assert ["est vide" in problem for problem in environment_problems(environ=with_files)] == [True]


def test_a_secret_given_twice_is_refused(environ, with_files):
    both = {**with_files, "SECRET_KEY": environ["SECRET_KEY"]}
    assert ["gardez l’une ou l’autre" in problem for problem in environment_problems(environ=both)] == [True]
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY_FILE"):
        require_secret_files(environ=both)


WHAT_DJANGO_GOT = """
import django
django.setup()
from django.conf import settings
print(settings.SECRET_KEY)
print(settings.DATABASES["default"]["HOST"], settings.EMAIL_HOST)
print(settings.ELASTICSEARCH_URL, settings.ELASTICSEARCH_USER, settings.ELASTICSEARCH_PASSWORD)
print(settings.ELASTICSEARCH_INDEX, settings.ELASTICSEARCH_TIMEOUT, settings.SEARCH_BREAKER_SECONDS)
"""


def test_production_starts_on_files_alone(environ, with_files, tmp_path):
    (tmp_path / "mot-de-passe").write_text("$HOME-a-la-fois@:/secret\n")
    cluster = {
        "ELASTICSEARCH_URL": "https://es-1:9200",
        "ELASTICSEARCH_USER": "hub",
        "ELASTICSEARCH_PASSWORD_FILE": str(tmp_path / "mot-de-passe"),
        "ELASTICSEARCH_TIMEOUT": "0.9",
    }
    result = run_python("-c", WHAT_DJANGO_GOT, environ={**with_files, **cluster})
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == [
        environ["SECRET_KEY"],
        "127.0.0.1 mail.example.internal",
        "https://es-1:9200 hub $HOME-a-la-fois@:/secret",
        "hub 0.9 10.0",
    ]
