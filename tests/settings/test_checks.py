"""What is misconfigured is told at start."""

import pytest
from django.core.checks import run_checks

from hub.checks import check_admin_path, check_catalogue_types, check_proxy, check_search_cluster
from hub.pages.catalogue import catalogue_models


def test_the_hub_as_it_is_raises_nothing():
    assert [problem for problem in run_checks() if problem.id.startswith("hub.")] == []


def test_two_types_of_content_cannot_share_a_name(monkeypatch):
    first, second = catalogue_models()[:2]
    monkeypatch.setattr(second, "catalogue_type", first.catalogue_type)
    problems = check_catalogue_types(None)
    assert [problem.id for problem in problems] == ["hub.E002"]
    assert first.catalogue_type in problems[0].msg


def test_a_type_of_content_says_what_it_is_called(monkeypatch):
    model = catalogue_models()[0]
    monkeypatch.delattr(model, "catalogue_label_plural")
    problems = check_catalogue_types(None)
    assert [(problem.id, problem.obj) for problem in problems] == [("hub.E001", model)]
    assert "catalogue_label_plural" in problems[0].msg


def test_moving_the_admin_without_its_policy_is_told(settings):
    settings.ADMIN_PATH = "administration/"
    assert [problem.id for problem in check_admin_path(None)] == ["hub.E003"]


def test_a_cluster_reached_in_clear_text_on_another_machine_is_refused(settings):
    settings.ELASTICSEARCH_URL = "http://es-1.example.internal:9200"
    problems = check_search_cluster(None)
    assert [problem.id for problem in problems] == ["hub.E004"]
    assert "en clair" in problems[0].msg
    settings.ELASTICSEARCH_URL = "http://127.0.0.1:9200"
    assert check_search_cluster(None) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("bind", "proxies", "expected"),
    [
        ("127.0.0.1:8000", ["127.0.0.1", "::1"], []),
        ("[::1]:8000", ["::1"], []),
        ("unix:/run/hub.sock", ["127.0.0.1"], []),
        ("0.0.0.0:8000", ["172.31.250.1"], []),
        ("0.0.0.0:8000", ["127.0.0.1", "::1"], ["hub.W005"]),
        (":8000", ["127.0.0.0/8"], ["hub.W005"]),
        ("[::]:8000", [], ["hub.W005"]),
        ("10.0.0.5:8000", ["127.0.0.1"], ["hub.W005"]),
    ],
)
def test_a_server_open_to_other_machines_names_the_proxy_among_them(settings, bind, proxies, expected):
    settings.BIND, settings.TRUSTED_PROXIES = bind, proxies
    assert [problem.id for problem in check_proxy(None)] == expected
