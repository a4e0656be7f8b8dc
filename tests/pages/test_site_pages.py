"""The home page, plain pages, the plan of the site and the glossary, as a visitor reads them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format
from wagtail.models import PageViewRestriction

from hub.pages.models import HomePage, SiteMapPage
from hub.territories.models import Territory
from tests.factories import (
    AudienceFactory,
    InitiativePageFactory,
    SchemeFactory,
    StandardPageFactory,
    WorkshopPageFactory,
)
from tests.support.html import RENDITION_LEFT_OPEN, headings, link, read_html, words

pytestmark = pytest.mark.django_db

HOME_PAGE_QUERIES = 20


@pytest.fixture
def ain(home: HomePage) -> Territory:
    return Territory.objects.create(kind="departement", official_code="01", code="departement-01", name="Ain")


def test_a_new_site_shows_the_search_and_no_empty_heading(client: Client, home: HomePage):
    document = read_html(client.get("/"))
    assert headings(document) == ["Accueil", "Participer"]
    form = document.main.find("form", role="search")
    assert (form["action"], form.get("method")) == ("/recherche/", "get")
    assert {field["name"] for field in form.find_all("input")} == {"q", "territoire"}
    for field in form.find_all("input"):
        assert document.find("label", attrs={"for": field["id"]})


def test_the_home_page_shows_what_is_coming_and_what_is_new(client: Client, home: HomePage, ain: Territory):
    today = timezone.localdate()
    WorkshopPageFactory(title="Atelier de demain", starts_on=today + timedelta(days=1))
    WorkshopPageFactory(title="Atelier d’hier", starts_on=today - timedelta(days=1))
    WorkshopPageFactory(title="Atelier en brouillon", starts_on=today, live=False)
    InitiativePageFactory(title="Colocation", territories=[ain], summary="Des jeunes qui partagent un logement.")
    document = read_html(client.get("/"))
    upcoming, past, initiatives = (
        document.find(id=name).parent for name in ("prochains", "derniers-ateliers", "dernieres-initiatives")
    )
    assert "Atelier de demain" in words(upcoming)
    assert "À venir" in words(upcoming)
    assert "Atelier d’hier" in words(past)
    assert "Des jeunes qui partagent un logement." in words(initiatives)
    assert "Ain" in words(initiatives)
    assert "brouillon" not in words(document)


def test_the_home_page_says_whose_it_is_what_it_holds_and_how_to_take_part(client: Client, home: HomePage):
    about = read_html(client.get("/")).find(class_="hub-hero__about")
    assert words(about).endswith("Dihal, la délégation interministérielle à l’hébergement et à l’accès au logement.")
    WorkshopPageFactory()
    for _ in range(2):
        InitiativePageFactory()
    InitiativePageFactory(live=False)
    PageViewRestriction.objects.create(page=WorkshopPageFactory(), restriction_type=PageViewRestriction.LOGIN)
    document = read_html(client.get("/"))
    counts = document.find(class_="hub-hero__about").find_all("strong")
    assert [words(count) for count in counts] == ["2 fiches initiatives", "1 atelier"]
    assert link(document.main, "Proposer une initiative")


def test_what_is_printed_says_where_it_comes_from_and_when(client: Client, home: HomePage):
    paper = read_html(client.get(WorkshopPageFactory(title="Atelier").url)).find(class_="hub-paper")
    assert words(paper) == f"http://testserver/ateliers/atelier/ – {date_format(timezone.localdate(), 'j F Y')}"
    searched = read_html(client.get("/recherche/?q=avdl&annee=2022&bidon=1")).find(class_="hub-paper")
    assert words(searched).startswith("http://testserver/recherche/?q=avdl&annee=2022 – ")


def test_the_home_page_leads_to_the_publics_and_schemes_most_used(client: Client, home: HomePage):
    young, evicted, unused = (AudienceFactory(label=label) for label in ("Jeunes", "Personnes expulsées", "Marins"))
    everyone = AudienceFactory(everyone=True)
    avdl = SchemeFactory(acronym="AVDL", expansion="Accompagnement vers et dans le logement")
    InitiativePageFactory(audiences=[young, everyone], schemes=[avdl])
    WorkshopPageFactory(audiences=[young, evicted])
    document = read_html(client.get("/"))
    publics = document.find(id="par-public").parent
    assert [words(tag) for tag in publics.find_all("a")] == ["Jeunes", "Personnes expulsées"]
    assert link(publics, "Jeunes") == young.get_absolute_url()
    assert link(document.find(id="par-dispositif").parent, "AVDL") == avdl.get_absolute_url()
    assert unused.label not in words(document.main)


def test_the_home_page_costs_the_same_whatever_the_catalogue(
    client: Client, home: HomePage, ain: Territory, django_assert_num_queries
):
    def fill() -> None:
        audience, scheme = AudienceFactory(), SchemeFactory()
        facets = {"audiences": [audience], "territories": [ain], "schemes": [scheme]}
        InitiativePageFactory(**facets)
        WorkshopPageFactory(**facets)
        WorkshopPageFactory(starts_on=timezone.localdate() + timedelta(days=9), **facets)

    fill()
    client.get("/")
    with django_assert_num_queries(HOME_PAGE_QUERIES):
        client.get("/")
    for _ in range(3):
        fill()
    with django_assert_num_queries(HOME_PAGE_QUERIES):
        client.get("/")


def test_a_plain_page_reads_well(client: Client, home: HomePage):
    SchemeFactory(acronym="FSL", expansion="Fonds de solidarité pour le logement")
    StandardPageFactory(
        title="Présentation",
        slug="presentation",
        introduction="Ce que vous trouverez ici.",
        body=[
            ("heading", "Pour qui ?"),
            ("text", "<p>Le FSL aide. <a href='https://example.org'>Le FSL</a></p><h3>Ensuite</h3>"),
            ("to_sort", {"text": "Une phrase que l’import n’a pas su ranger."}),
        ],
    )
    document = read_html(client.get("/presentation/"))
    assert headings(document) == ["Présentation", "Pour qui ?", "Ensuite"]
    assert document.title.string == "Présentation – Hub des ateliers et des initiatives"
    assert document.find("meta", attrs={"name": "description"})["content"] == "Ce que vous trouverez ici."
    assert document.find("link", rel="canonical")["href"] == "http://testserver/presentation/"
    assert [abbreviation["title"] for abbreviation in document.find_all("abbr")] == [
        "Fonds de solidarité pour le logement"
    ]
    assert "n’a pas su ranger" not in words(document)
    assert (
        words(document.find("nav", attrs={"aria-label": "Vous êtes ici"}))
        == "Voir le fil d’Ariane Accueil Présentation"
    )


@pytest.mark.filterwarnings(RENDITION_LEFT_OPEN)
def test_every_block_an_editor_may_use_is_shown(client: Client, home: HomePage, image, document):
    StandardPageFactory(
        slug="blocs",
        body=[
            ("key_figures", {"figures": [{"value": "21 000", "label": "ménages", "source": "Dihal"}]}),
            ("quote", {"text": "Chez moi.", "author": "Une locataire", "role": "Bourg-en-Bresse"}),
            (
                "table",
                {
                    "data": [["Année", "Ménages"], ["2021", "21 000"]],
                    "first_row_is_table_header": True,
                    "first_col_is_header": True,
                    "table_caption": "Ménages aidés",
                },
            ),
            ("table", {"data": [["a", None]], "first_row_is_table_header": False, "first_col_is_header": False}),
            ("image", {"image": image, "alternative_text": "Une maison", "caption": "La maison", "credit": "Dihal"}),
            ("document", {"document": document, "title": ""}),
            (
                "video",
                {"title": "Le film", "url": "https://www.youtube.com/watch?v=abcdefghijk", "transcript": "Bonjour."},
            ),
            ("callout", {"title": "À retenir", "text": "<p>Commencer tôt.</p>"}),
        ],
    )
    page = read_html(client.get("/blocs/"))
    text = words(page.main)
    for expected in (
        "21 000",
        "Source : Dihal",
        "« Chez moi. »",
        "Une locataire",
        "La maison – Crédit : Dihal",
        "À retenir",
        "Commencer tôt.",
        "Bonjour.",
    ):
        assert expected in text
    table = page.find("table")
    assert words(table.caption) == "Ménages aidés"
    assert [(cell["scope"], words(cell)) for cell in table.find_all("th")] == [
        ("col", "Année"),
        ("col", "Ménages"),
        ("row", "2021"),
    ]
    assert (table.parent["tabindex"], table.parent["role"], table.parent["aria-label"]) == (
        "0",
        "region",
        "Ménages aidés",
    )
    assert page.find("img", alt="Une maison")
    assert "PDF" in words(page.find("a", href=document.url))
    assert link(page, "Le film") == "https://www.youtube.com/watch?v=abcdefghijk"
    assert not page.find("iframe")


def test_the_plan_of_the_site_follows_the_tree(client: Client, home: HomePage):
    home.add_child(instance=SiteMapPage(title="Plan du site", slug="plan-du-site"))
    presentation = StandardPageFactory(title="Présentation")
    below = StandardPageFactory(title="L’équipe", parent=presentation)
    StandardPageFactory(title="Brouillon", live=False)
    WorkshopPageFactory(title="Un atelier parmi mille")
    page = read_html(client.get("/plan-du-site/"))
    assert link(page.main, "L’équipe") == below.url
    assert link(page.main, "Ateliers") == "/ateliers/"
    assert link(page.main, "Glossaire") == "/glossaire/"
    assert "Brouillon" not in words(page)
    assert "parmi mille" not in words(page)


def test_the_glossary_lists_every_scheme_under_its_letter(client: Client, home: HomePage):
    SchemeFactory(acronym="", expansion="Équipe mobile", slug="equipe-mobile", definition="Elle se déplace.")
    SchemeFactory(acronym="EPCI", expansion="Établissement public de coopération intercommunale", slug="epci")
    SchemeFactory(acronym="115", expansion="Numéro d’urgence", slug="115")
    page = read_html(client.get("/glossaire/"))
    assert headings(page) == ["Glossaire", "0-9", "E"]
    assert [term["id"] for term in page.find_all("dt")] == ["115", "epci", "equipe-mobile"]
    assert page.find(id="epci").abbr["title"] == "Établissement public de coopération intercommunale"
    assert "Elle se déplace." in words(page.main)
    assert link(page.main, "Ateliers et initiatives : EPCI") == "/dispositifs/epci/"


def test_an_empty_glossary_says_so(client: Client, home: HomePage):
    assert "Le glossaire est encore vide." in words(read_html(client.get("/glossaire/")).main)


@pytest.mark.parametrize(
    ("path", "label", "current"), [("/ateliers/", "Ateliers", "page"), ("/glossaire/", "Glossaire", "page")]
)
def test_the_menu_says_where_one_is(client: Client, home: HomePage, path: str, label: str, current: str):
    menu = read_html(client.get(path)).find(id="navigation")
    assert [(words(item), item["aria-current"]) for item in menu.find_all("a", attrs={"aria-current": True})] == [
        (label, current)
    ]


def test_below_a_section_the_menu_marks_the_section(client: Client, home: HomePage):
    menu = read_html(client.get(WorkshopPageFactory().url)).find(id="navigation")
    assert menu.find("a", attrs={"aria-current": "true"})["href"] == "/ateliers/"


def test_visitors_get_no_cookie_and_nothing_from_elsewhere(client: Client, home: HomePage):
    WorkshopPageFactory(slug="a")
    InitiativePageFactory(slug="b")
    for path in ("/", "/ateliers/", "/ateliers/a/", "/initiatives/", "/initiatives/b/", "/glossaire/"):
        response = client.get(path)
        assert not response.cookies, path
        page = read_html(response)
        for data in page.find_all("script", type="application/ld+json"):
            data.decompose()  # never executed, it loads nothing
        loaded = [
            node.get("src") or node["href"]
            for node in page.find_all(["script", "link", "img", "iframe", "source"])
            if node.get("rel") != ["canonical"] and node.get("type") != "application/ld+json"
        ]
        assert [address for address in loaded if not address.startswith("/")] == [], path
        assert not page.find(style=True), path
        assert not page.find("style"), path
        assert [script for script in page.find_all("script") if script.string] == [], path
        assert [name for node in page.find_all() for name in node.attrs if name.startswith("on")] == [], path


def test_the_demonstration_says_so_on_every_page(client: Client, home: HomePage, settings):
    assert "Site de démonstration" not in words(read_html(client.get("/")))
    settings.HUB_DEMO_NOTICE = True
    assert "Site de démonstration" in words(read_html(client.get("/")))
