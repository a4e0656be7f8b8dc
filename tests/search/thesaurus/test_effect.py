"""A change of the thesaurus or of another name is felt by the next search, in every process, and costs none."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from search.enums import ThesaurusKind
from search.query import SearchQuery
from search.resolving import resolve_query
from search.thesaurus.models import ThesaurusEntry, ThesaurusVersion
from tests.factories import AudienceFactory, SchemeFactory

pytestmark = pytest.mark.django_db


def meant_by(*surfaces):
    table = resolve_query(query=SearchQuery(text=" ".join(surfaces))).synonyms
    return [synonym.label for synonym in table.alternatives(surfaces=surfaces)]


def add(wordings, meanings=""):
    kind = ThesaurusKind.ONE_WAY if meanings else ThesaurusKind.FAMILY
    return ThesaurusEntry.objects.create(kind=kind, wordings=wordings, meanings=meanings)


def test_the_next_search_uses_what_an_editor_added_changed_suspended_or_deleted():
    assert meant_by("cabane") == []
    entry = add("cabane", "bidonville")
    assert meant_by("cabane") == ["bidonville"]
    entry.meanings = "squat"
    entry.save()
    assert meant_by("cabane") == ["squat"]
    entry.is_active = False
    entry.save()
    assert meant_by("cabane") == []
    entry.is_active = True
    entry.save()
    entry.delete()
    assert meant_by("cabane") == []


@pytest.mark.parametrize("change", ["update", "delete", "bulk_create"])
def test_changes_of_many_entries_at_once_are_felt_too(change):
    add("cabane", "bidonville")
    assert meant_by("cabane") == ["bidonville"]
    if change == "update":
        ThesaurusEntry.objects.update(meanings="squat")
        assert meant_by("cabane") == ["squat"]
    elif change == "delete":
        ThesaurusEntry.objects.all().delete()
        assert meant_by("cabane") == []
    else:
        ThesaurusEntry.objects.bulk_create([ThesaurusEntry(wordings="toit\nlogis")])
        assert meant_by("toit") == ["logis"]


def test_a_change_that_is_given_up_leaves_nothing_behind():
    add("cabane", "bidonville")
    before = ThesaurusVersion.objects.get().version
    with transaction.atomic():
        add("cabane", "squat")
        assert meant_by("cabane") == ["bidonville", "squat"]
        transaction.set_rollback(True)
    assert ThesaurusVersion.objects.get().version == before
    assert meant_by("cabane") == ["bidonville"]
    add("cabane", "yourte")
    assert meant_by("cabane") == ["bidonville", "yourte"]


def test_another_name_of_a_public_or_a_scheme_is_felt_at_once():
    audience = AudienceFactory(label="Personnes sans domicile", aliases="SDF", loose_aliases="pauvres")
    assert meant_by("sdf") == ["Personnes sans domicile"]
    assert meant_by("pauvres") == []
    audience.aliases = "vagabonds"
    audience.save()
    assert meant_by("sdf") == []
    assert meant_by("vagabond") == ["Personnes sans domicile"]
    SchemeFactory(acronym="SIAO", expansion="Service intégré", aliases="115")
    assert meant_by("115") == ["SIAO", "Service intégré"]


def test_a_search_costs_no_query_more_however_large_the_thesaurus():
    def queries():
        with CaptureQueriesContext(connection) as captured:
            resolve_query(query=SearchQuery(text="cabane"))
        return len(captured)

    queries()
    alone = queries()
    ThesaurusEntry.objects.bulk_create(
        [ThesaurusEntry(wordings=f"mot{rank}\nterme{rank}\nlong mot {rank}") for rank in range(2_000)]
    )
    queries()  # the first search after a change reads the entries, once
    assert queries() == alone
