"""When no engine can answer, the database does: less well, and never what is not public."""

import random

import pytest
from wagtail.models import PageViewRestriction

from search.engines.base import EngineError
from search.enums import Scope, Sort
from search.query import SearchQuery
from search.rebuild import rebuild
from search.service import DATABASE_NOTICE, search
from tests.factories import AudienceFactory, AxisFactory, InitiativePageFactory, OrganisationFactory, build_home
from tests.search.conftest import titles
from tests.support.engines import search_engine
from tests.territories.sample import load_sample_territories

pytestmark = pytest.mark.django_db


@pytest.fixture
def catalogue(db, settings, tmp_path):
    """Three sheets, and no index at all."""
    settings.SEARCH_INDEX_DIR = tmp_path / "nothing"
    build_home()
    places = load_sample_territories()
    AudienceFactory(everyone=True)
    young = AudienceFactory(label="Jeunes")
    leavers = AudienceFactory(label="Sortant de l’ASE", parent=young)
    adil = OrganisationFactory(name="ADIL de l’Ain")
    InitiativePageFactory(
        title="Plateforme de l’Ain",
        summary="Un logement pour les jeunes.",
        territories=[places["departement-01"]],
        audiences=[leavers],
        leads=[adil],
        tags=["Bail mobilité"],
    )
    InitiativePageFactory(
        title="Logements régionaux", territories=[places["region-84"]], axes=[AxisFactory(label="Santé")]
    )
    InitiativePageFactory(title="Colocation")
    return places


def test_words_are_found_in_titles_first_and_in_either_number(catalogue):
    answer = search(query=SearchQuery(text="logement"))
    assert [hit.card.title for hit in answer.results.hits] == ["Logements régionaux", "Plateforme de l’Ain"]
    assert answer.results.from_standby
    assert titles("logements jeune") == {"Plateforme de l’Ain"}
    assert titles("logement -jeunes") == {"Logements régionaux"}
    assert titles("introuvable") == set()


def test_filters_are_obeyed_and_kept_in_view(catalogue):
    answer = search(query=SearchQuery(audiences=("jeunes",)))  # a parent includes its children
    assert {hit.card.title for hit in answer.results.hits} == {"Plateforme de l’Ain"}
    assert [count.value for count in answer.results.facets["audiences"] if count.is_selected] == ["jeunes"]
    assert titles(axes=("sante",)) == {"Logements régionaux"}
    assert titles(organisations=("adil-de-lain",)) == {"Plateforme de l’Ain"}
    assert titles(tags=("bail-mobilite",)) == {"Plateforme de l’Ain"}
    assert titles(types=("atelier",)) == set()
    year = str(search(query=SearchQuery()).results.hits[0].card.date_label).split()[-1]
    assert titles(years=(year,)) != set()
    assert titles(years=("1999",)) == set()


def test_territories_are_obeyed(catalogue):
    asked = {"territory": "departement-01"}
    assert titles(**asked, scope=Scope.WITHIN) == {"Plateforme de l’Ain"}
    assert titles(**asked, scope=Scope.COVERING) >= {"Logements régionaux"}
    both = search(query=SearchQuery(**asked)).results
    assert both.hits[0].card.title == "Plateforme de l’Ain"
    assert both.located_total == 1


def test_pages_and_orders_are_obeyed(catalogue):
    everything = search(query=SearchQuery(sort=Sort.NEWEST)).results
    assert everything.total == 3
    oldest = search(query=SearchQuery(sort=Sort.OLDEST)).results
    assert [hit.page_id for hit in oldest.hits] == [hit.page_id for hit in everything.hits][::-1]
    second = search(query=SearchQuery(page=2), page_size=2).results
    assert (second.total, len(second.hits)) == (3, 1)


def test_drafts_and_private_pages_are_never_shown(catalogue):
    draft = InitiativePageFactory(title="Logement caché")
    draft.unpublish()
    private = InitiativePageFactory(title="Logement privé")
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    assert titles("logement") == {"Plateforme de l’Ain", "Logements régionaux"}
    assert titles("caché") == titles("privé") == set()


def test_no_text_is_an_error(catalogue):
    draw = random.Random(2026)  # noqa: S311
    pieces = [
        '"',
        "-",
        "*",
        "(",
        ")",
        "AND",
        "OR",
        "NOT",
        "NEAR",
        ":",
        "'",
        "’",
        "é",
        "logement",
        "^",
        "%",
        "\\",
        "{",
        "&",
        "|",
        "!",
        "<->",
    ]
    for _ in range(200):
        search(query=SearchQuery.from_params({"q": draw.choice(["", " "]).join(draw.choices(pieces, k=6))})[0])


def test_the_page_says_so_and_counts_no_facet(catalogue, client):
    page = client.get("/recherche/", {"q": "logement", "public": "jeunes"})
    text = page.content.decode().replace("\xa0", " ")
    assert page.status_code == 200
    assert DATABASE_NOTICE in text
    assert "Plateforme de l’Ain" in text


def test_it_leaves_the_place_to_an_engine_that_has_an_index(catalogue):
    assert search(query=SearchQuery(text="logement")).results.from_standby
    rebuild(engine=search_engine())
    assert not search(query=SearchQuery(text="logement")).results.from_standby


def test_it_answers_in_the_place_of_an_engine_that_fails(catalogue, monkeypatch):
    rebuild(engine=search_engine())

    def broken(*_args, **_options):
        raise EngineError("index illisible")

    monkeypatch.setattr(type(search_engine()), "search", broken)
    assert titles("logement") == {"Plateforme de l’Ain", "Logements régionaux"}
