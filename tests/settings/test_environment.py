"""Production says everything that is wrong with its environment, and starts only when nothing is."""

import pytest

from hub.settings.environment import (
    DEMO_SECRET_KEY,
    TEST_SECRET_KEY,
    comma_separated,
    environment_problems,
)


@pytest.fixture
def sound(tmp_path):
    return {
        "SECRET_KEY": "vG7w-ROUdXk1Jc8sTq5Zb0yLm3Hn6Pf9aEi2KxWoCgNuBtMlDrSjQzYh",
        "ALLOWED_HOSTS": "hub.example.gouv.fr",
        "PUBLIC_BASE_URL": "https://hub.example.gouv.fr",
        "DATABASE_URL": "postgres://hub:secret@db.example.internal:5432/hub",
        "EMAIL_URL": "smtp+tls://hub:secret@mail.example.internal:587",
        "DEFAULT_FROM_EMAIL": "Hub Dihal <hub@example.gouv.fr>",
        "HUB_VAR_DIR": str(tmp_path),
        "SEARCH_HOST_NAME": "web-1",
        "SECURITY_CONTACT": "mailto:securite@example.gouv.fr",
    }


def problems_with(sound, **changes):
    environ = {**sound, **changes}
    return environment_problems(environ={name: value for name, value in environ.items() if value is not None})


def test_a_sound_environment_has_no_problem(sound):
    assert environment_problems(environ=sound) == []


def test_an_empty_environment_names_every_variable_to_set():
    problems = environment_problems(environ={})
    assert [problem.split(" : ")[0] for problem in problems] == [
        "SECRET_KEY",
        "ALLOWED_HOSTS",
        "PUBLIC_BASE_URL",
        "DATABASE_URL",
        "EMAIL_URL",
        "DEFAULT_FROM_EMAIL",
        "HUB_VAR_DIR",
        "SEARCH_HOST_NAME",
        "SECURITY_CONTACT",
    ]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("SECRET_KEY", DEMO_SECRET_KEY, "publique"),
        ("SECRET_KEY", TEST_SECRET_KEY, "publique"),
        ("SECRET_KEY", "django-insecure-" + "k3" * 30, "publique"),
        ("SECRET_KEY", "court", "50 caractères"),
        ("SECRET_KEY", "ab" * 40, "trop régulière"),
        ("PEERTUBE_HOSTS", "https://tube.example.org", "ni protocole"),
        ("PEERTUBE_HOSTS", "tube.example.org, *.example.org", "« *.example.org »"),
        ("PEERTUBE_HOSTS", "tube.example.org; script-src *", "n’est pas le nom d’un serveur"),
        ("DAILYMOTION_PLAYER", "https://geo.dailymotion.com/player/x1.html", "identifiant d’un lecteur"),
        ("RECORDING_MAX_MB", "3000", "2000"),
        ("ALLOWED_HOSTS", "*", "n’importe quel nom"),
        ("ALLOWED_HOSTS", "hub.example.gouv.fr, *.gouv.fr", "n’importe quel nom"),
        ("ALLOWED_HOSTS", ", ,", "aucun nom d’hôte"),
        ("ALLOWED_HOSTS", "https://hub.example.gouv.fr", "n’est pas un nom d’hôte"),
        ("ALLOWED_HOSTS", "hub.example.gouv.fr:8000", "n’est pas un nom d’hôte"),
        ("ALLOWED_HOSTS", "autre.example.gouv.fr", "n’y figure pas"),
        ("PUBLIC_BASE_URL", "http://hub.example.gouv.fr", "https://"),
        ("PUBLIC_BASE_URL", "hub.example.gouv.fr", "https://"),
        ("PUBLIC_BASE_URL", "https://hub.example.gouv.fr/ateliers/", "racine du site"),
        ("PUBLIC_BASE_URL", "https://[hub", "illisible"),
        ("DATABASE_URL", "sqlite:////srv/hub.sqlite3", "SQLite"),
        ("DATABASE_URL", "mysql://hub@db/hub", "PostgreSQL"),
        ("DATABASE_URL", "postgres://hub@db", "PostgreSQL"),
        ("DATABASE_URL", "n’importe quoi", "PostgreSQL"),
        ("EMAIL_URL", "consolemail://", "serveur d’envoi"),
        ("EMAIL_URL", "smtp://", "nom du serveur"),
        ("DEFAULT_FROM_EMAIL", "Hub Dihal", "expéditeur"),
        ("DEFAULT_FROM_EMAIL", "hub@localhost", "expéditeur"),
        ("HUB_VAR_DIR", "var", "chemin absolu"),
        ("HUB_VAR_DIR", "/nulle/part/hub", "n’existe pas"),
        ("SEARCH_HOST_NAME", "web 1", "lettres, chiffres"),
        ("SECURITY_CONTACT", "securite@example.gouv.fr", "mailto:"),
        ("SEARCH_INDEX_DIR", "index", "chemin absolu"),
        ("TRUSTED_PROXIES", "10.0.0.1, mandataire", "ni une adresse IP"),
        ("TRUSTED_PROXIES", "0.0.0.0/0", "tout le monde"),
        ("FILE_CHECK_PROCESSOR_SECONDS", "2.5", "nombre entier"),
        ("FILE_CHECK_PROCESSOR_SECONDS", "0", "de 1 à 60"),
        ("FILE_CHECK_SECONDS", "nan", "de 1 à 60"),
        ("FILE_CHECK_MEMORY_MB", "450 Mo", "n’est pas un nombre"),
        ("REVIEW_DELAY_DAYS", "dix", "n’est pas un nombre entier"),
        ("SHEET_ARCHIVE_DAYS", "0", "un nombre de 1 à 3660"),
        ("HSTS_SECONDS", "un an", "n’est pas un nombre entier"),
        ("FILE_CHECKS_AT_ONCE", "0", "de 1 à 64"),
        ("FILE_CHECK_WAIT", "-1", "de 0 à 30"),
    ],
)
def test_an_unsafe_value_is_refused_with_a_sentence_that_names_the_variable(sound, name, value, expected):
    problems = problems_with(sound, **{name: value})
    assert any(expected in problem and problem.startswith((name, "ALLOWED_HOSTS")) for problem in problems)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALLOWED_HOSTS", "hub.example.gouv.fr, www.example.gouv.fr,"),
        ("ALLOWED_HOSTS", ".example.gouv.fr"),
        ("PUBLIC_BASE_URL", "https://hub.example.gouv.fr/"),
        ("DATABASE_URL", "postgresql://hub@/hub"),
        ("EMAIL_URL", "smtp://127.0.0.1:25"),
        ("TRUSTED_PROXIES", "10.0.0.0/24, 2001:db8::1"),
        ("TRUSTED_PROXIES", ""),
    ],
)
def test_variants_operators_use_are_accepted(sound, name, value):
    assert problems_with(sound, **{name: value}) == []


def test_a_folder_that_cannot_be_written_is_refused(sound, tmp_path):
    (tmp_path / "fichier").touch()
    problems = problems_with(sound, HUB_VAR_DIR=str(tmp_path / "fichier"))
    assert [problem for problem in problems if "HUB_VAR_DIR" in problem]


def test_a_list_forgives_spaces_and_a_trailing_comma():
    assert comma_separated(" a, b ,,c, ") == ["a", "b", "c"]
