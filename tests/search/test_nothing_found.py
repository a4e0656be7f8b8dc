"""Nobody leaves with an empty page: what was tried, where else to look, and a way to say what is missing."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from search.rebuild import rebuild
from tests.factories import AudienceFactory, InitiativePageFactory, SchemeFactory, WorkshopPageFactory, build_home
from tests.support.engines import search_engine
from tests.support.html import read_html, words
from tests.territories.sample import load_sample_territories

pytestmark = pytest.mark.django_db

# What people type, what they mistype, places, and what attackers and telephones put between.
PIECES = (
    "colocation", "colocatoin", "bailglissant", "bail", "AVDL", "avdl", "jeune·s", "réfugié(e)s",
    "licorne", "lhébergement",
    "Ain", "dans l’Ain", "à Ambérieu", "01000", "(01)", "Auvergne-Rhône-Alpes", "comment", "de la", "auto",
    "co-", "lic*",
    '"', '"" ""', "«", "-", "--", "-colocation", '-"bail glissant"', "(", ")", "*", "\u200d", "\u200b",
    "\x00", "\u202e",
    "👩\u200d👩\u200d👧", "🏠", "é" * 30, "e\u0301", "\ud800", "שלום", "住房", "ﬁn", "²", "_", "' ' '", "l'" * 9,
    "a.b.c.", "%",
    "\\", "OR", "AND NOT", "[a TO b]", "~2", "^9", "<script>",
)  # fmt: skip
queries = st.lists(
    st.tuples(st.sampled_from(PIECES), st.sampled_from((" ", "", "-", "\u00a0"))), min_size=1, max_size=20
)


@pytest.fixture
def site(db) -> None:
    build_home()
    place = load_sample_territories()
    young = AudienceFactory(label="Jeunes", aliases="adolescents")
    evicted = AudienceFactory(label="Personnes menacées d’expulsion")
    AudienceFactory(label="Voyageurs sans contenu")
    avdl = SchemeFactory(acronym="AVDL", expansion="Accompagnement vers et dans le logement")
    for rank in range(3):
        InitiativePageFactory(title=f"Colocation {rank}", audiences=[young], territories=[place["departement-01"]])
    InitiativePageFactory(title="Bail glissant", audiences=[evicted], schemes=[avdl], territories=[place["region-84"]])
    WorkshopPageFactory(title="86e atelier", starts_on=date(2022, 11, 24), territories=[place["pays-FR"]])
    rebuild(engine=search_engine())


def main(client: Client, address: str) -> tuple[str, dict[str, str]]:
    """The words of the page, and its links by their words."""
    part = read_html(client.get(address)).main
    return words(part), {words(anchor): anchor["href"] for anchor in part.find_all("a")}


def test_it_says_what_was_tried(client: Client, site: None):
    shown, _ = main(
        client, "/recherche/?q=licorne+dragon&territoire=departement-01&portee=dans&public=jeunes&replay=oui"
    )
    assert "Aucun résultat" in shown
    assert "Mots cherchés : licorne, dragon" in shown
    assert "Territoire : Ain (ce territoire seulement)" in shown
    assert "Filtres : Jeunes, Avec replay" in shown


def test_the_nearest_publics_schemes_and_territories_come_with_their_counts(client: Client, site: None):
    shown, links = main(client, '/recherche/?q="adolescent+licorne"')
    assert "Publics proches de votre recherche : Jeunes (3)." in shown
    assert links["Jeunes"] == "/publics/jeunes/"
    shown, _ = main(client, '/recherche/?q="expulsés+licorne"')
    assert "Publics proches de votre recherche : Personnes menacées d’expulsion (1)." in shown
    shown, links = main(client, '/recherche/?q="accompagnemant+licorne"')
    assert "Dispositifs proches de votre recherche : AVDL (1)." in shown
    assert links["AVDL"] == "/dispositifs/avdl/"
    shown, links = main(client, "/recherche/?q=licorne&territoire=commune-01004")
    assert "Territoires proches de votre recherche : Ain (3)," in shown
    assert links["Ain"] == "/territoires/departement-01/"


def test_else_the_fullest_are_offered_and_never_an_empty_one(client: Client, site: None):
    shown, links = main(client, "/recherche/?q=zzzzzz")
    assert "Publics les plus présents : Jeunes (3), Personnes menacées d’expulsion (1)." in shown
    assert "Territoires les plus présents : Ain (3)," in shown
    assert "Voyageurs" not in shown
    for label in ("Jeunes", "Ain", "AVDL", "les ateliers", "les initiatives"):
        assert client.get(links[label]).status_code == 200


def test_with_an_empty_catalogue_or_no_index_there_is_still_a_way(client: Client, home, settings, tmp_path):
    settings.SEARCH_INDEX_DIR = tmp_path / "nowhere"
    AudienceFactory(label="Jeunes")
    _, links = main(client, "/recherche/?q=licorne")
    assert links["Jeunes"] == "/publics/jeunes/"
    assert {"les ateliers", "les initiatives", "Dites-nous ce que vous cherchiez"} <= set(links)


@pytest.mark.parametrize(
    "query", ["q=%00", "q=%22", "q=-licorne+-colocation", "q=%3Cscript%3E", "q=" + "licorne+" * 40, "q=lic*", "q=de+la"]
)
def test_hostile_words_have_an_answer_too(client: Client, site: None, query: str):
    response = client.get(f"/recherche/?{query}&replay=oui")
    assert response.status_code == 200
    assert "<script>" not in response.content.decode().split("<main")[1].split("</main")[0]


def test_whatever_is_typed_there_is_an_answer_or_a_way_on(client: Client, site: None):
    found = nothing = 0

    @settings(
        max_examples=40,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(pieces=queries, territory=st.sampled_from(("", "", "departement-01", "Ain", "\u202eniA")))
    def ask(pieces: list[tuple[str, str]], territory: str) -> None:
        nonlocal found, nothing
        typed = "".join(piece + gap for piece, gap in pieces).encode("utf-8", "replace").decode()
        response = client.get("/recherche/", {"q": typed, "territoire": territory})
        assert response.status_code == 200
        page = read_html(response).main
        assert page.find("script") is None
        if response.context["results"].total:
            found += 1
            assert page.find("ol") is not None
        else:
            nothing += 1
            addresses = {anchor["href"].partition("?")[0] for anchor in page.find_all("a", href=True)}
            assert {"/recherche/dites-nous/", "/ateliers/", "/initiatives/"} <= addresses

    ask()
    assert found > 5
    assert nothing > 5


def test_it_costs_nothing_to_those_who_find(client: Client, site: None):
    client.get("/recherche/?q=colocation")
    with CaptureQueriesContext(
        connection,
    ) as found:
        client.get("/recherche/?q=colocation")
    assert not [query["sql"] for query in found if "COUNT(DISTINCT" in query["sql"]]
    shown, links = main(client, "/recherche/?q=colocation")
    assert "Parcourir le site" not in shown
    assert "Dites-nous ce que vous cherchiez" not in links
