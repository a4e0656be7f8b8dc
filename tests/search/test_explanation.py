"""Why a result is found and where it stands: what editors read is what the engine does."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from hub.accounts.models import User
from hub.pages.catalogue import catalogue_models, published_entries
from search.asking import ask
from search.compiler import CompiledQuery, compile_query
from search.engines.contents import content_of
from search.explaining import EntryTexts
from search.query import SearchQuery
from search.rebuild import rebuild
from search.resolving import resolve_query
from search.thesaurus.models import ThesaurusEntry
from search.tree import Node
from tests.factories import AudienceFactory, InitiativePageFactory, SchemeFactory, WorkshopPageFactory, build_home
from tests.support.engines import search_engine
from tests.support.html import read_html, words
from tests.territories.sample import load_sample_territories

pytestmark = [pytest.mark.django_db, pytest.mark.once]

URL = "/gestion/rapports/recherche/pourquoi/"
QUERIES = [
    "bail glissant",
    "AVDL",
    "accompagnement vers et dans le logement",
    "cabane",
    "sdf avec chien",
    "expultion",
    '"bail glissant" jeunes',
    '"glissant bail"',
    "-bail logement",
    "coloc*",
    "co location",
    "l’hébergement des réfugié·e·s",
    "comment reloger les habitants d’un bidonville ?",
    "personnes sans domicile",
    "logementsocial",
    "JEUNES",
    "de la",
]


@pytest.fixture
def site(db) -> None:
    build_home()
    place = load_sample_territories()
    homeless = AudienceFactory(label="Personnes sans domicile", aliases="SDF")
    avdl = SchemeFactory(acronym="AVDL", expansion="Accompagnement vers et dans le logement")
    ThesaurusEntry.objects.create(kind="sens-unique", wordings="cabane", meanings="bidonville")
    for title, summary, more in (
        ("Bail glissant", "Un bail glissant pour des jeunes réfugiés.", {"schemes": [avdl]}),
        ("Colocation", "Un hébergement en colocation, après une expulsion.", {"audiences": [homeless]}),
        ("Résorber un bidonville", "Le relogement des habitants du bidonville, et leur chien.", {}),
        ("Logement social", "AVDL : un accompagnement vers et dans le logement social.", {}),
    ):
        InitiativePageFactory(title=title, summary=summary, territories=[place["departement-01"]], **more)
    WorkshopPageFactory(title="86e atelier", subject="Le bail")
    rebuild(engine=search_engine())


def reviewer(group: str | None = "Relecture Dihal") -> User:
    user = User.objects.create_user("anne", password="a")
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


def read(client: Client, **params: str) -> str:
    return words(read_html(client.get(URL, params)).main)


def test_it_finds_each_thing_in_the_entries_the_engine_finds_it_in(site: None, subtests: pytest.Subtests):
    entries = {
        entry.pk: EntryTexts(content_of(entry.catalogue_record()))
        for model in catalogue_models()
        for entry in published_entries(model)
    }
    assert len(entries) == 5

    def by_engine(node: Node, text: str) -> set[int]:
        asked = CompiledQuery(text=node, size=100, with_facets=False)
        return {hit.page_id for hit in ask(asked, text=text).hits}

    for text in QUERIES:
        with subtests.test(text):
            resolution = resolve_query(query=SearchQuery(text=text))
            compiled = compile_query(
                query=resolution.query,
                acronyms=resolution.acronyms,
                synonyms=resolution.synonyms,
                size=100,
                with_facets=False,
            )
            for node in [compiled.text, *(concept.node for concept in compiled.concepts)]:
                if node is not None:
                    assert {pk for pk, texts in entries.items() if texts.has(node)} == by_engine(node, text)
            for concept in compiled.concepts:
                explained = {pk for pk, texts in entries.items() if texts.explain(concept).is_found}
                assert explained == by_engine(concept.node, text)


def test_a_word_says_its_fields_their_weights_and_its_points(client: Client, site: None):
    client.force_login(reviewer())
    shown = read(client, q="bail glissant")
    assert "1. Bail glissant Il a tous les mots." in shown
    assert "bail bail (le mot lui-même) titre (8,0), résumé (3,0)" in shown
    assert "8,3" in shown


def test_synonyms_other_names_acronyms_and_corrections_are_told(client: Client, site: None):
    client.force_login(reviewer())
    shown = read(client, q="cabane")
    assert "bidonville (synonyme, × 0,6)" in shown
    shown = read(client, q="sdf")
    assert "autre nom de « Personnes sans domicile », que porte ce contenu, × 0,6" in shown
    shown = read(client, q="AVDL")
    assert "Logement social" in shown
    shown = read(client, q="expultion")
    assert "Aucun contenu n’a « expultion » : la recherche a porté sur « expulsion »" in shown


def test_a_near_result_says_what_it_lacks_and_what_its_words_count_for(client: Client, site: None):
    client.force_login(reviewer())
    shown = read(client, q="colocation chien")
    assert "0 avec tous les mots, 2 avec une partie" in shown
    assert "il lui manque chien" in shown
    assert "il lui manque colocation" in shown
    assert "pour être trouvé" in shown
    assert "L’index n’a pas encore" not in shown


def test_an_entry_that_is_not_found_says_why(client: Client, site: None):
    client.force_login(reviewer())
    shown = read(
        client, q="bail glissant", contenu="https://hub.example/initiatives/bail-glissant/?a=b#c", annee="1999"
    )
    assert "Il n’est pas parmi les cent premiers résultats." in shown
    assert "Filtre « Année » : ce contenu n’a aucune des valeurs choisies." in shown
    shown = read(client, q="-bail", contenu="/initiatives/bail-glissant/")
    assert "Il a un des mots exclus" in shown
    shown = read(client, q="bail", contenu="/initiatives/bail-glissant/")
    assert "Il est à la place" in shown
    assert "Aucun contenu publié n’est à l’adresse" in read(client, q="bail", contenu="/initiatives/nulle-part/")


def test_what_the_index_does_not_know_yet_is_told(client: Client, site: None):
    from initiatives.models import InitiativePage  # noqa: PLC0415 — one test

    InitiativePage.objects.filter(title="Bail glissant").update(title="Autre", summary="Autre")
    client.force_login(reviewer())
    assert "L’index n’a pas encore ce contenu tel qu’il est publié" in read(client, q="glissant")


def test_hostile_queries_are_explained_too(client: Client, site: None, subtests: pytest.Subtests):
    client.force_login(reviewer())
    for params in (
        {"q": "\x01\ud7ff\u202e"},
        {"q": "<script>alert(1)</script>", "contenu": "<script>alert(2)</script>"},
        {"q": "a" * 900},
        {"q": '"'},
        {"q": '- " * ('},
        {"q": "bail", "page": "99999999"},
        {"q": "bail", "contenu": "/\x01/'--"},
        {"q": "bail " * 60, "territoire": "'", "public": "'"},
        {},
    ):
        with subtests.test(str(params)):
            response = client.get(URL, params)
            assert response.status_code == 200
            assert "<script>alert" not in response.content.decode()


def test_without_an_index_it_says_so(client: Client, site: None, settings, tmp_path):
    settings.SEARCH_INDEX_DIR = tmp_path / "nowhere"
    client.force_login(reviewer())
    assert "Aucun index ne répond" in read(client, q="bail", contenu="/initiatives/bail-glissant/")


def test_reviewers_read_the_report_and_act_on_no_index(client: Client, site: None):
    client.force_login(reviewer())
    report = reverse("search-report")
    assert report in client.get(reverse("wagtailadmin_home")).content.decode()
    shown = client.get(f"{report}?reconstruire={search_engine().name}").content.decode()
    assert URL in shown
    assert "Reconstruire" not in shown
    assert client.post(report, {"action": "rebuild", "index": search_engine().name}).status_code == 302
    assert "Reconstruction demandée" not in client.get(report).content.decode()


@pytest.mark.parametrize("group", [None, "Editors", "nobody"])
def test_nobody_else_reads_it(client: Client, site: None, group: str | None):
    if group != "nobody":
        client.force_login(reviewer(group))
    response = client.get(URL, {"q": "bail"})
    assert response.status_code in {302, 403}
    assert "Bail glissant" not in response.content.decode()
