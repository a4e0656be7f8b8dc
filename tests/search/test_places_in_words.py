"""A place named in the words of a search is the place meant, or words like the others: never one that was not meant."""

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from search.asked import read_search
from search.places_in_words import find_place
from search.query import SearchQuery
from tests.territories.whole_country import whole_country

__all__ = ["whole_country"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.once,
    pytest.mark.django_db,
    pytest.mark.usefixtures("whole_country", "db"),
]


def asked(text: str, **params: str) -> SearchQuery:
    query = QueryDict(mutable=True)
    query.update({"q": text, **params})
    return read_search(params=query).query


@pytest.mark.parametrize(
    ("text", "territory", "words"),
    [
        ("logement jeunes Bourg-en-Bresse", "commune-01053", "logement jeunes"),
        ("logement jeunes bourg en bresse", "commune-01053", "logement jeunes"),
        ("colocation autour de Lyon", "commune-69123", "colocation"),
        ("hébergement dans la Creuse", "departement-23", "hébergement"),
        ("hébergement dans la creuse", "departement-23", "hébergement"),
        ("SIAO 93", "departement-93", "SIAO"),
        ("expulsions locatives Seine-Saint-Denis", "departement-93", "expulsions locatives"),
        ("jeunes PACA", "region-93", "jeunes"),
        ("jeunes à Marseille", "commune-13055", "jeunes"),
        ("comment reloger des familles à Nantes ?", "commune-44109", "comment reloger des familles ?"),
        ("gens du voyage en Bretagne", "region-53", "gens du voyage"),
        ("01000", "commune-01053", ""),
        ("colocation 75012", "arrondissement-75112", "colocation"),
        ("logement à Fontaine", "commune-38169", "logement"),
        ("logement Fontaine 38600", "commune-38169", "logement"),
        ("logement Fontaine (90)", "commune-90047", "logement"),
        ("à Chargé", "commune-37060", ""),
        ("association du Nord", "departement-59", "association"),
        ("bidonvilles mayotte", "departement-976", "bidonvilles"),
        ("habitat à La Réunion", "departement-974", "habitat"),
        ("logement Saint-Denis 93", "commune-93066", "logement"),
        ("logement Saint-Denis Seine-Saint-Denis", "commune-93066", "logement"),
        ("santé mentale Montreuil", "commune-93048", "santé mentale"),
        ("logement Paris 18e", "arrondissement-75118", "logement"),
        ("logement au Havre", "commune-76351", "logement"),
        ("logement la rochelle", "commune-17300", "logement"),
        ("Grand Lyon", "epci-200046977", ""),
        ("conseil départemental de l'Ain", "departement-01", "conseil départemental"),
        ("logement jeunes Tours", "commune-37261", "logement jeunes"),
        ("accueil à Évry", "commune-91228", "accueil"),
    ],
)
def test_a_place_named_is_taken_and_the_other_words_are_searched(text, territory, words):
    query = asked(text)
    assert (query.territory, query.text) == (territory, words)


@pytest.mark.parametrize(
    "text",
    [
        "fontaine", "paradis", "lit", "personnes à la rue", "à domicile", "personnes à charge", "il a changé",
        "un maçon", "dans le lot de mesures", "dans le nord de la France", "la manche", "havre de paix", "réunion",
        "réunion de partenaires", "il aura un logement", "martin", "saint martin", "sainte anne", "pension de famille",
        "accueil de jour", "maison relais", "habitat inclusif", "ville", "centre d'hébergement", "mer", "sens", "die",
        "orange", "tours", "jeunes de 18 à 25 ans", "jeunes 18-25 ans", "loi 89", "logement des migrants",
        "SDF avec chien", "accompagnement vers et dans le logement", "France", "logement en france", "Bresse",
        '"Bourg-en-Bresse"', "logement -Lyon", "Lyon*", "boulangerie-lyon-bis",
    ],
)  # fmt: skip
def test_words_that_name_no_place_stay_words(text):
    query = asked(text)
    assert (query.territory, query.text) == ("", text)


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("logement Saint-Denis", {"commune-93066", "commune-97411"}),
        ("équipe mobile Nantes et Saint-Nazaire", {"commune-44109", "commune-44184"}),
        ("expulsion 69", {"departement-69"}),
    ],
)
def test_a_place_that_may_be_several_is_offered_and_not_taken(text, offered):
    search = read_search(params=QueryDict(f"q={text}"))
    assert (search.query.territory, search.query.text) == ("", text)
    assert {territory.code for territory in search.words.others} >= offered


def test_a_territory_that_is_chosen_leaves_the_words_alone():
    assert asked("jeunes à Lyon", territoire="departement-01").text == "jeunes à Lyon"
    assert asked("jeunes à Lyon", territoire="Ain").territory == "departement-01"
    assert asked("jeunes à Lyon", territoire="Saint-Denis").text == "jeunes à Lyon"


def test_the_words_may_be_kept_as_words_and_the_address_says_so():
    query = asked("jeunes à Lyon", lieux="mots")
    assert (query.territory, query.text) == ("", "jeunes à Lyon")
    assert query.querystring() == "q=jeunes+%C3%A0+Lyon&lieux=mots"
    assert read_search(params=QueryDict(query.querystring())).query == query
    assert "lieux" not in asked("", lieux="mots").querystring()


@pytest.mark.parametrize(
    ("typed", "territory"),
    [
        ("PACA", "region-93"), ("Ain (01)", "departement-01"), ("Corrèze (19)", "departement-19"),
        ("Département de l’Ain", "departement-01"), ("75000", "commune-75056"), ("La Réunion", "departement-974"),
        ("1", "departement-01"), ("1004", "commune-01004"), ("6000", "commune-06088"), ("20000", "commune-2A004"),
        ("01000", "commune-01053"), ("1000", "commune-01053"), ("13001", "arrondissement-13201"),
    ],
)  # fmt: skip
def test_a_typed_territory_is_what_the_import_reads_and_a_postcode_its_largest_commune(typed, territory):
    assert asked("", territoire=typed).territory == territory


@pytest.mark.parametrize("typed", ["DROM", "Evry", "20", "Amb", "bourg en"])
def test_a_typed_territory_that_is_unsure_is_asked_about(typed):
    search = read_search(params=QueryDict(f"territoire={typed}"))
    assert search.query.territory == ""
    assert search.typed.candidates
    assert search.typed.typed == typed


def shown(client: Client, **params: str) -> str:
    """The page, its no-break spaces as spaces and its addresses as they are followed."""
    page = client.get("/recherche/", params).content.decode()
    return page.replace("\u00a0", " ").replace("\u202f", " ").replace("&amp;", "&")


def test_the_page_says_what_it_understood_with_the_way_back(client: Client):
    page = shown(client, q="logement jeunes Bourg-en-Bresse")
    assert "Territoire compris : <strong>Bourg-en-Bresse (01)</strong>" in page
    assert "q=logement+jeunes+Bourg-en-Bresse&lieux=mots" in page
    assert "Chercher « Bourg-en-Bresse » comme des mots" in page
    assert 'value="logement jeunes"' in page
    back = shown(client, q="logement jeunes Bourg-en-Bresse", lieux="mots")
    assert "Territoire compris" not in back
    assert 'value="logement jeunes Bourg-en-Bresse"' in back
    assert 'name="lieux"' not in back  # other words are read anew


def test_the_page_offers_what_else_was_meant(client: Client):
    postcode = shown(client, territoire="01000")
    assert "Territoire compris : <strong>Bourg-en-Bresse (01)</strong>" in postcode
    assert "territoire=commune-01344" in postcode
    vienne = shown(client, territoire="Vienne")
    assert "Territoire compris : <strong>Vienne (département)</strong>" in vienne
    assert "territoire=commune-38544" in vienne
    beginning = shown(client, territoire="Ambéri")
    assert "Aucun territoire ne porte ce nom" in beginning
    assert "territoire=commune-01004" in beginning
    homonyms = shown(client, q="logement Saint-Denis")
    assert "q=logement&territoire=commune-93066" in homonyms


def test_reading_the_words_takes_one_query_and_none_without_words():
    find_place("logement Lyon")
    for text, most in (("logement jeunes Bourg-en-Bresse dans l'Ain", 1), ("de la", 0), ("01000", 1)):
        with CaptureQueriesContext(connection) as queries:
            find_place(text)
        assert len(queries) <= most, text
    with CaptureQueriesContext(connection) as queries:
        read_search(params=QueryDict("q=&territoire=departement-01"))
    assert not queries


@pytest.mark.parametrize(
    "text",
    [
        "a", "-", "'", '"', "(", "%00", "à", "à à à à", "dans la", "autour de", "de " * 20, "saint " * 20, "01 " * 20,
        "St-" * 60, "l'" * 60, "(93", "93)", "à-à-à", "ﬁn", "½ ¼", "\uff11\uff12", "\u0660\u0661", "🏠 Lyon",
        "Lyon" * 40, "à Lyon-", "œ",
    ],
)  # fmt: skip
def test_whatever_the_words_the_page_answers(client: Client, text):
    assert client.get("/recherche/", {"q": text}).status_code == 200
    assert client.get("/recherche/", {"territoire": text}).status_code == 200
