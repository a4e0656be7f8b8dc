"""The other names of an entry: those that mean it everywhere, and those too wide for the search."""

import importlib

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError

from events.recap.vocabulary import build_vocabulary
from hub.vocabulary.loading import load_vocabulary
from hub.vocabulary.models import Audience, Axis, Scheme
from initiatives.bulk.values import load_reference

migration = importlib.import_module("hub.vocabulary.migrations.0004_set_loose_names_apart")

pytestmark = pytest.mark.django_db


def test_the_starter_vocabulary_sets_apart_the_names_that_are_too_wide():
    load_vocabulary()
    letting = Audience.objects.get(slug="proprietaires-bailleurs")
    assert "logements vacants" in letting.loose_aliases
    assert "logements vacants" not in letting.aliases
    assert "SDF" in Audience.objects.get(slug="sans-domicile").aliases
    assert "BPI" in Audience.objects.get(slug="refugies").aliases
    assert "seniors" in Audience.objects.get(slug="personnes-agees").aliases
    assert "Housing First" in Scheme.objects.get(slug="logement-d-abord").aliases


def test_no_name_of_the_starter_vocabulary_is_in_both_lists():
    load_vocabulary()
    for model in (Audience, Axis, Scheme):
        for entry in model.objects.all():
            entry.full_clean()


def test_an_import_reads_both_lists():
    Audience.objects.create(label="Bailleurs", slug="bailleurs", aliases="loueurs", loose_aliases="logements vacants")
    (term,) = build_vocabulary().audiences
    assert set(term.names) | set(term.hints) >= {"Bailleurs", "loueurs", "logements vacants"}
    assert {"bailleurs", "loueurs", "logements vacants"} <= set(load_reference().audiences)


def test_a_name_is_in_one_list_only_whatever_its_accents():
    audience = Audience(label="Aînés", slug="aines", aliases="Séniors\nretraités", loose_aliases="seniors")
    with pytest.raises(ValidationError, match="Déjà dans l’autre liste : seniors"):
        audience.full_clean()


def test_an_existing_site_keeps_what_its_editors_wrote():
    untouched = Audience.objects.create(label="Autres", slug="autres", aliases="logements vacants")
    letting = Audience.objects.create(
        label="Bailleurs", slug="proprietaires-bailleurs", aliases="logements vacants\nnotre propre nom\nbailleur privé"
    )
    migration.set_loose_names_apart(apps, None)
    letting.refresh_from_db()
    untouched.refresh_from_db()
    assert letting.aliases == "notre propre nom\nbailleur privé"
    assert letting.loose_aliases == "logements vacants"
    assert untouched.aliases == "logements vacants"
    migration.bring_back_loose_names(apps, None)
    letting.refresh_from_db()
    assert letting.aliases.splitlines() == ["notre propre nom", "bailleur privé", "logements vacants"]
