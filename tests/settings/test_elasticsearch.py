"""The settings of the search cluster: what is wrong is said in a sentence, before anything starts."""

import subprocess

import pytest

from hub.settings.environment import environment_problems

URL = "https://es-1.example.internal:9200"


@pytest.fixture
def sound(environ):
    return {**environ, "ELASTICSEARCH_URL": URL}


def problems_with(sound, **changes):
    return environment_problems(environ={**sound, **changes})


@pytest.fixture
def certificate(tmp_path):
    path = tmp_path / "ca.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-subj", "/CN=hub", "-days", "1", "-out", str(path), "-keyout", str(tmp_path / "ca.key")]
    subprocess.run(command, check=True, capture_output=True)
    return path


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"ELASTICSEARCH_URL": ""},
        {"ELASTICSEARCH_URL": f"{URL}, https://es-2.example.internal:9200,"},
        {"ELASTICSEARCH_URL": "http://127.0.0.1:9200"},
        {"ELASTICSEARCH_URL": "http://localhost:9200"},
        {"ELASTICSEARCH_URL": "http://[::1]:9200"},
        {"ELASTICSEARCH_URL": "https://hub:secret@es-1.example.internal:9200"},
        {"ELASTICSEARCH_API_KEY": "bm9uOmV4aXN0YW50"},
        {"ELASTICSEARCH_USER": "hub", "ELASTICSEARCH_PASSWORD": "$ecret"},
        {"ELASTICSEARCH_INDEX": "hub-recette"},
        {"ELASTICSEARCH_TIMEOUT": "0.8", "SEARCH_BREAKER_SECONDS": "30"},
    ],
)
def test_what_operators_write_is_accepted(sound, changes):
    assert problems_with(sound, **changes) == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("ELASTICSEARCH_URL", "es-1:9200", "https://"),
        ("ELASTICSEARCH_URL", "ftp://es-1:9200", "https://"),
        ("ELASTICSEARCH_URL", "https://[es-1:9200", "illisible"),
        ("ELASTICSEARCH_URL", "https://es-1:port", "illisible"),
        ("ELASTICSEARCH_URL", "https://es-1", "port"),
        ("ELASTICSEARCH_URL", "https://es-1:9200/?pretty", "s’arrête au port"),
        ("ELASTICSEARCH_URL", "http://es-1.example.internal:9200", "en clair"),
        ("ELASTICSEARCH_URL", f"{URL},http://10.0.0.7:9200", "10.0.0.7 est une autre machine"),
        ("ELASTICSEARCH_USER", "hub", "ELASTICSEARCH_PASSWORD : variable absente"),
        ("ELASTICSEARCH_PASSWORD", "secret", "ELASTICSEARCH_USER : variable absente"),
        ("ELASTICSEARCH_CA_CERT", "ca.pem", "chemin absolu"),
        ("ELASTICSEARCH_CA_CERT", "/nulle/part/ca.pem", "n’existe pas"),
        ("ELASTICSEARCH_CA_CERT", "/", "ne peut pas être lu"),
        ("ELASTICSEARCH_INDEX", "Hub", "minuscules"),
        ("ELASTICSEARCH_INDEX", "hub-*", "minuscules"),
        ("ELASTICSEARCH_INDEX", "-hub", "minuscules"),
        ("ELASTICSEARCH_TIMEOUT", "1,5", "nombre de secondes"),
        ("ELASTICSEARCH_TIMEOUT", "0", "plus grand que 0"),
        ("ELASTICSEARCH_TIMEOUT", "nan", "nombre de secondes"),
        ("ELASTICSEARCH_TIMEOUT", "1500", "jusqu’à 10"),
        ("SEARCH_BREAKER_SECONDS", "-1", "plus grand que 0"),
        ("SEARCH_BREAKER_SECONDS", "inf", "jusqu’à 600"),
    ],
)
def test_what_is_wrong_is_one_sentence_that_names_the_variable(sound, name, value, expected):
    problems = problems_with(sound, **{name: value})
    assert len(problems) == 1
    assert expected in problems[0]
    assert problems[0].startswith(("ELASTICSEARCH_", "SEARCH_BREAKER_SECONDS"))


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"ELASTICSEARCH_API_KEY": "cle", "ELASTICSEARCH_USER": "hub", "ELASTICSEARCH_PASSWORD": "s"}, "_API_KEY"),
        ({"ELASTICSEARCH_API_KEY": "cle", "ELASTICSEARCH_URL": "https://hub:s@es-1:9200"}, "_API_KEY"),
        (
            {
                "ELASTICSEARCH_URL": "https://hub:s@es-1:9200",
                "ELASTICSEARCH_USER": "hub",
                "ELASTICSEARCH_PASSWORD": "s",
            },
            "_USER",
        ),
    ],
)
def test_two_ways_of_signing_in_are_refused(sound, changes, named):
    problems = problems_with(sound, **changes)
    assert [problem.startswith(f"ELASTICSEARCH{named} : ") for problem in problems] == [True]
    assert "gardez une seule manière" in problems[0]


def test_a_certificate_that_can_be_read_is_accepted_and_another_file_is_not(sound, certificate, tmp_path):
    assert problems_with(sound, ELASTICSEARCH_CA_CERT=str(certificate)) == []
    (tmp_path / "autre.pem").write_text("pas un certificat")
    problems = problems_with(sound, ELASTICSEARCH_CA_CERT=str(tmp_path / "autre.pem"))
    assert ["PEM" in problem for problem in problems] == [True]


def test_no_sentence_quotes_a_password(sound):
    wrong = "http://hub:tres-secret@es-1:9200?x,ftp://hub:tres-secret@es-2,https://hub:tres-secret@[es-3"
    problems = problems_with(sound, ELASTICSEARCH_URL=wrong, ELASTICSEARCH_API_KEY="tres-secret")
    assert len(problems) >= 5
    assert "tres-secret" not in "\n".join(problems)
