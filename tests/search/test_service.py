"""The one way to search: vocabularies, labels, suggestions, and what happens when the engine does not answer."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from search.compiler import Reach
from search.engines.base import EngineError
from search.enums import Scope
from search.query import SearchQuery
from search.rebuild import rebuild
from search.service import DATABASE_NOTICE, search, standby_notice, totals
from tests.factories import (
    AudienceFactory,
    AxisFactory,
    InitiativePageFactory,
    OrganisationFactory,
    SchemeFactory,
    build_home,
)
from tests.search.conftest import titles
from tests.support.engines import search_engine
from tests.territories.sample import load_sample_territories

pytestmark = pytest.mark.django_db


@pytest.fixture
def catalogue(db):
    build_home()
    places = load_sample_territories()
    AudienceFactory(everyone=True)
    young = AudienceFactory(label="Jeunes")
    SchemeFactory(acronym="AVDL", expansion="Accompagnement vers et dans le logement")
    adil, health = OrganisationFactory(name="ADIL de l’Ain"), AxisFactory(label="Santé")
    InitiativePageFactory(
        title="Plateforme de l’Ain",
        territories=[places["departement-01"]],
        audiences=[young],
        leads=[adil],
        tags=["Bail mobilité"],
    )
    InitiativePageFactory(title="Réseau régional AVDL", territories=[places["region-84"]], axes=[health])
    rebuild(engine=search_engine())
    return places


def test_unknown_values_are_dropped_and_told(catalogue):
    query = SearchQuery(audiences=("jeunes", "martiens"), axes=("rien",), types=("roman",), tags=("inconnu",))
    answer = search(query=query.replace(organisations=("personne",), schemes=("zzz",), territory="commune-99999"))
    assert answer.query == SearchQuery(audiences=("jeunes",))
    for word in ("martiens", "rien", "roman", "inconnu", "personne", "zzz", "commune-99999"):
        assert any(word in notice for notice in answer.notices), word
    assert answer.results.total == 1


def test_every_value_shown_has_a_name(catalogue):
    answer = search(query=SearchQuery())
    for field, counts in answer.results.facets.items():
        for count in counts:
            assert answer.labels[field][count.value], (field, count.value)
    assert "ADIL de l’Ain" in answer.labels["organisations"].values()
    assert "Bail mobilité" in answer.labels["tags"].values()
    assert answer.labels["type"]["initiative"] == "Fiches initiatives"


def test_the_territorys_containers_are_known(catalogue):
    answer = search(query=SearchQuery(territory="departement-01", scope=Scope.COVERING))
    assert answer.territory == catalogue["departement-01"]
    assert {container.code for container in answer.containers} == {"region-84", "pays-FR"}
    assert {hit.card.title for hit in answer.results.hits} == {"Réseau régional AVDL"}


def test_the_table_of_acronyms_is_the_editors(catalogue):
    assert titles("pdf") == set()
    SchemeFactory(acronym="PDF", expansion="Plateforme de")
    assert titles("pdf") == {"Plateforme de l’Ain"}


def test_a_misspelt_search_is_read_as_meant_and_may_be_taken_as_typed(catalogue):
    answer = search(query=SearchQuery(text="platefrome", territory="departement-01"))
    assert answer.query == SearchQuery(text="plateforme", territory="departement-01")
    assert (answer.results.total, answer.typed) == (1, "platefrome")
    forced = search(query=answer.as_typed)
    assert forced.query == SearchQuery(text='"platefrome"', territory="departement-01")
    assert (forced.results.total, forced.as_typed) == (0, None)


def test_a_correction_keeps_the_page_and_the_quotes(catalogue):
    answer = search(query=SearchQuery(text='platefrome "réseau" lain', page=3))
    assert answer.query == SearchQuery(text='plateforme "réseau" l’ain', page=3)


def test_what_promises_all_the_words_is_neither_corrected_nor_completed(catalogue):
    assert search(query=SearchQuery(text="plateforme avdl"), reach=Reach.NEAR).results.near_total == 2
    assert search(query=SearchQuery(text="plateforme avdl"), reach=Reach.EXACT).results.total == 0
    assert search(query=SearchQuery(text="platefrome"), reach=Reach.EXACT).results.total == 0


def test_variants_of_a_search_are_counted(catalogue):
    answer = search(
        query=SearchQuery(text="réseau", territory="departement-01", scope=Scope.WITHIN, audiences=("jeunes",))
    )
    assert answer.results.total == 0
    variants = [
        answer.query.replace(audiences=()),
        answer.query.replace(text=""),
        answer.query.replace(territory="region-84", audiences=()),
    ]
    with CaptureQueriesContext(connection) as queries:
        assert totals(answer=answer, queries=variants) == [0, 1, 1]
    assert len(queries) <= 2


def test_only_common_words(catalogue):
    answer = search(query=SearchQuery(text="de la"))
    assert answer.results.total == 2
    assert any("trop courants" in notice for notice in answer.notices)


def test_without_an_index_the_database_answers_and_the_page_says_so(catalogue, settings, tmp_path):
    settings.SEARCH_INDEX_DIR = tmp_path / "nothing"
    answer = search(query=SearchQuery(text="ain"))
    assert {hit.card.title for hit in answer.results.hits} == {"Plateforme de l’Ain"}
    assert standby_notice(answer.results) == DATABASE_NOTICE
    assert not (tmp_path / "nothing").exists()


def test_an_engine_that_fails_fails_nobody(catalogue, monkeypatch, caplog):
    def broken(*_args, **_options):
        raise EngineError("index illisible")

    monkeypatch.setattr("search.engines.embedded.engine.EmbeddedEngine.search", broken)
    answer = search(query=SearchQuery(text="ain"))
    assert {hit.card.title for hit in answer.results.hits} == {"Plateforme de l’Ain"}
    assert standby_notice(answer.results) == DATABASE_NOTICE


def test_the_number_of_queries_is_small_and_constant(catalogue):
    full = SearchQuery(
        text="ain",
        audiences=("jeunes",),
        territory="departement-01",
        axes=("sante",),
        schemes=("avdl",),
        tags=("bail-mobilite",),
    )
    search(query=SearchQuery())
    for query, most in ((SearchQuery(), 6), (SearchQuery(text="ain"), 6), (full, 10)):
        with CaptureQueriesContext(connection) as queries:
            search(query=query)
        assert len(queries) <= most, [query["sql"] for query in queries]
