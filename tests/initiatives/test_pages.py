"""Sheets as a visitor reads them."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import PageViewRestriction, Site

from events.models import Replay, Sequence, SequenceInitiative, WorkshopInitiative
from hub.pages.models import HomePage
from hub.territories.models import Territory
from initiatives.enums import PartnershipRole
from initiatives.models import InitiativeDocument, InitiativeKeyFigure, InitiativePage, Partnership
from initiatives.similar import similar_sheets
from tests.factories import (
    AudienceFactory,
    InitiativePageFactory,
    OrganisationFactory,
    SchemeFactory,
    WorkshopPageFactory,
)
from tests.support.html import RENDITION_LEFT_OPEN, headings, link, read_html, words
from tests.territories.sample import load_sample_territories

pytestmark = pytest.mark.django_db


@pytest.fixture
def ain(home: HomePage) -> Territory:
    return Territory.objects.create(kind="departement", official_code="01", code="departement-01", name="Ain")


@pytest.fixture
def sheet(home: HomePage, ain: Territory) -> InitiativePage:
    """A sheet with everything one may hold."""
    guide = Document.objects.create(title="Guide", file=ContentFile(b"x" * 9_000, name="guide.odt"), file_size=9_000)
    page = InitiativePageFactory(
        title="Plateforme de l’Ain",
        summary="Une seule porte d’entrée.",
        status="perennisee",
        start_year=2019,
        end_year=2023,
        territories=[ain],
        audiences=[AudienceFactory(label="Jeunes"), AudienceFactory(label="Personnes expulsées")],
        image=Image.objects.create(title="Photo", file=get_test_image_file(filename="photo.png", size=(1200, 800))),
        image_alternative_text="L’équipe devant la plateforme",
        context="<p>Deux dispositifs sans lien.</p>",
        objectives="<p>Un seul point d’entrée.</p>",
        levers="<p>Une volonté partagée.</p>",
        obstacles="<p>Deux règles de compte rendu.</p>",
        reproduction="<p>Un an de préparation.</p>",
        contact_name="Hélène Marchand",
        contact_role="Coordinatrice",
        contact_email="helene@example.org",
        contact_phone="01 99 00 01 10",
        key_figures=[InitiativeKeyFigure(value="88", unit="%", label="toujours logés", year=2022, source="bilan")],
        documents=[InitiativeDocument(document=guide, title="Le guide")],
        body=[("text", "<p>Une semaine type.</p>")],
    )
    for name, role, contribution in (
        ("Association A", PartnershipRole.PARTNER, "Suit les ménages."),
        ("Association B", PartnershipRole.PARTNER, ""),
        ("Département", PartnershipRole.LEAD, "Finance et coordonne."),
    ):
        page.partnerships.add(
            Partnership(organisation=OrganisationFactory(name=name), role=role, contribution=contribution)
        )
    page.save_revision().publish()
    return page


@pytest.mark.filterwarnings(RENDITION_LEFT_OPEN)
def test_a_sheet_tells_everything_that_is_known(client: Client, sheet: InitiativePage):
    page = read_html(client.get(sheet.url))
    assert headings(page) == [
        "Plateforme de l’Ain",
        "Repères",
        "Chiffres clés",
        "Contexte",
        "Objectifs",
        "Leviers",
        "Freins",
        "Pour reproduire",
        "Pour aller plus loin",
        "Document",
        "Partager la page",
    ]
    facts = page.find(class_="hub-facts")
    assert [words(term) for term in facts.find_all("dt")] == [
        "Contact",
        "État d’avancement",
        "Porteur",
        "Partenaires",
        "Territoire",
        "Publics",
    ]
    text = words(page.main)
    for expected in (
        "Pérennisée 2019 – 2023",
        "Département Finance et coordonne.",
        "Association A Suit les ménages.",
        "88 % toujours logés 2022 – source : bilan",
        "Hélène Marchand Coordinatrice",
        "Le guide ODT – 9 ko",
        "Une semaine type.",
    ):
        assert expected in text, expected
    assert link(facts, "helene@example.org") == "mailto:helene@example.org"
    assert link(facts, "01 99 00 01 10") == "tel:0199000110"
    assert link(facts, "Département") == "/partenaires/departement/"
    assert page.find("img", alt="L’équipe devant la plateforme")["width"] == "800"
    levers, obstacles = page.find(id="levers").parent, page.find(id="obstacles").parent
    assert levers.parent == obstacles.parent


def test_a_lever_without_an_obstacle_is_a_part_like_another(client: Client, home: HomePage):
    alone = InitiativePageFactory(title="Seule", levers="<p>Un élan.</p>")
    other = InitiativePageFactory(title="Autre", obstacles="<p>Une attente.</p>")
    assert headings(read_html(client.get(alone.url)))[:3] == ["Seule", "Repères", "Leviers"]
    assert headings(read_html(client.get(other.url)))[:3] == ["Autre", "Repères", "Freins"]


def test_a_bare_sheet_shows_no_empty_part(client: Client, home: HomePage):
    page = read_html(client.get(InitiativePageFactory(title="Nue", start_year=None).url))
    assert headings(page) == ["Nue", "Repères", "Partager la page"]
    assert [words(term) for term in page.find(class_="hub-facts").find_all("dt")] == ["État d’avancement"]


@pytest.mark.filterwarnings(RENDITION_LEFT_OPEN)
def test_a_sheet_says_where_it_was_presented_and_when_in_the_replay(client: Client, sheet: InitiativePage):
    replays = [Replay(url="https://vimeo.com/123456789")]
    sequence = Sequence(
        title="Retours d’expérience",
        replay_start=timedelta(minutes=34, seconds=10),
        presentations=[SequenceInitiative(initiative=sheet)],
    )
    told = WorkshopPageFactory(
        title="86e atelier", sequences=[sequence], presentations=[WorkshopInitiative(initiative=sheet)], replays=replays
    )
    named = WorkshopPageFactory(title="90e atelier", presentations=[WorkshopInitiative(initiative=sheet)])
    WorkshopPageFactory(title="Brouillon", presentations=[WorkshopInitiative(initiative=sheet)], live=False)
    private = WorkshopPageFactory(title="Réservé", presentations=[WorkshopInitiative(initiative=sheet)])
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    page = read_html(client.get(sheet.url))
    presented = page.find(id="presentee").parent
    assert link(presented, "86e atelier") == told.url
    assert link(presented, "90e atelier") == named.url
    assert "« Retours d’expérience »" in words(presented)
    assert f"Présentée à l’atelier {told.number}, à 34:10 du replay" in words(presented)
    moment = presented.find("a", attrs={"data-hub-moment": True})
    assert (moment["href"], moment["data-hub-moment"]) == ("https://vimeo.com/123456789#t=2050s", f"{told.url}#t=2050")
    assert len(presented.find_all("li")) == 2
    back = read_html(client.get(told.url))
    assert link(back.main, "Plateforme de l’Ain") == sheet.url


def test_the_list_shows_the_latest_first_with_where_and_for_whom(client: Client, home: HomePage, ain: Territory):
    for number in range(1, 14):
        InitiativePageFactory(title=f"Fiche {number}", territories=[ain], audiences=[AudienceFactory(label="Jeunes")])
    page = read_html(client.get("/initiatives/"))
    titles = [words(title) for title in page.main.find_all("h3")]
    assert titles == [f"Fiche {number}" for number in range(13, 1, -1)]
    assert "Ain · Jeunes · depuis 2021" in words(page.find(class_="hub-card"))
    assert "13 fiches" in headings(page)
    second = read_html(client.get(f"/initiatives/{link(page, 'Page suivante')}"))
    assert [words(title) for title in second.main.find_all("h3")] == ["Fiche 1"]


def test_an_empty_list_says_so(client: Client, home: HomePage):
    assert "Aucune fiche n’est encore publiée." in words(read_html(client.get("/initiatives/")).main)


def test_a_sheet_leads_to_others_for_the_same_publics_nearby_first(client: Client, home: HomePage):
    place = load_sample_territories()
    young, evicted, everyone = AudienceFactory(label="Jeunes"), AudienceFactory(), AudienceFactory(everyone=True)
    sheet = InitiativePageFactory(territories=[place["commune-01004"]], audiences=[young, everyone])
    for title, code, audiences in (
        ("Ailleurs, mêmes publics", "commune-17300", [young]),
        ("Même département, autre public", "departement-01", [evicted]),
        ("Même commune, mêmes publics", "commune-01004", [young]),
        ("Même région, mêmes publics", "region-84", [young]),
        ("Même région seulement", "region-84", [evicted]),
        ("Ailleurs, pour tous", "commune-17300", [everyone]),
    ):
        InitiativePageFactory(title=title, territories=[place[code]], audiences=audiences)
    InitiativePageFactory(title="Brouillon", territories=[place["commune-01004"]], audiences=[young], live=False)
    private = InitiativePageFactory(title="Réservé", territories=[place["commune-01004"]], audiences=[young])
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    everywhere = [found.title for found in similar_sheets(page=sheet, count=10)]
    assert everywhere == [
        "Même commune, mêmes publics",
        "Même région, mêmes publics",
        "Même département, autre public",
        "Ailleurs, mêmes publics",
    ]
    near = read_html(client.get(sheet.url)).find(id="proches").parent
    assert [words(item) for item in near.find_all("a")] == everywhere[:3]
    assert "Ambérieu-en-Bugey" in words(near)


def test_a_sheet_that_is_like_no_other_leads_nowhere_else(client: Client, home: HomePage):
    InitiativePageFactory(title="Sans rien", audiences=[AudienceFactory()])
    for facets in ({}, {"audiences": [AudienceFactory(everyone=True)]}):
        assert not read_html(client.get(InitiativePageFactory(**facets).url)).find(id="proches")


def test_the_order_of_many_similar_sheets_costs_the_same(home: HomePage, ain: Territory, django_assert_num_queries):
    young = AudienceFactory()
    sheet = InitiativePageFactory(territories=[ain], audiences=[young])
    for _ in range(2):
        for _ in range(4):
            InitiativePageFactory(territories=[ain], audiences=[young])
        fresh = InitiativePage.objects.prefetch_related("audiences", "territories").get(pk=sheet.pk)
        with django_assert_num_queries(4):
            assert len(similar_sheets(page=fresh, count=3)) == 3


@pytest.mark.parametrize(
    ("written", "called"),
    [
        ("01 99 00 01 10", ["tel:0199000110"]),
        ("01.99.00.01.10/06 39 98 00 00", ["tel:0199000110", "tel:0639980000"]),
        ("+33 (0)1 99 00 01 10", ["tel:+33199000110"]),
        ("0033 1 99 00 01 10, poste 12", ["tel:+33199000110"]),
        ("0 800 360 360 ou 115", ["tel:0800360360", "tel:115"]),
        ("39 19", ["tel:3919"]),
        ("du 2 au 15, de 9h à 17h", []),
        ("01 99 00 01", []),
        ("<b>0199000110</b>", ["tel:0199000110"]),
    ],
)
def test_a_number_is_called_by_a_touch_however_it_is_written(
    client: Client, home: HomePage, written: str, called: list[str]
):
    facts = read_html(client.get(InitiativePageFactory(contact_phone=written).url)).find(class_="hub-facts")
    assert [anchor["href"] for anchor in facts.find_all("a", href=True) if anchor["href"].startswith("tel")] == called
    assert written in facts.get_text().replace(" ", " ")


SHEET_QUERIES = 30
LIST_QUERIES = 12


@pytest.mark.filterwarnings(RENDITION_LEFT_OPEN)
def test_a_sheet_costs_the_same_however_much_it_holds(client: Client, sheet: InitiativePage, django_assert_num_queries):
    def present() -> None:
        sequence = Sequence(title="Une", presentations=[SequenceInitiative(initiative=sheet)])
        WorkshopPageFactory(sequences=[sequence], replays=[Replay(url="https://youtu.be/abcdefghijk")])
        WorkshopPageFactory(presentations=[WorkshopInitiative(initiative=sheet)])

    present()
    client.get(sheet.url)
    with django_assert_num_queries(SHEET_QUERIES):
        client.get(sheet.url)
    for _ in range(3):
        present()
        sheet.partnerships.add(Partnership(organisation=OrganisationFactory()))
        sheet.audiences.add(AudienceFactory())
        sheet.schemes.add(SchemeFactory())
    sheet.save_revision().publish()
    with django_assert_num_queries(SHEET_QUERIES):
        client.get(sheet.url)


def test_the_list_costs_the_same_however_long_it_is(
    client: Client, home: HomePage, ain: Territory, django_assert_num_queries
):
    InitiativePageFactory(territories=[ain], audiences=[AudienceFactory()])
    client.get("/initiatives/")
    with django_assert_num_queries(LIST_QUERIES):
        client.get("/initiatives/")
    for _ in range(5):
        InitiativePageFactory(territories=[ain], audiences=[AudienceFactory(), AudienceFactory()])
    with django_assert_num_queries(LIST_QUERIES):
        client.get("/initiatives/")


@pytest.mark.filterwarnings(RENDITION_LEFT_OPEN)
def test_an_editor_previews_what_is_not_saved_yet(home: HomePage, sheet: InitiativePage):
    draft = sheet.get_latest_revision_as_object()
    draft.results = "<p>Plus de ménages logés.</p>"
    draft.partnerships.add(Partnership(organisation=OrganisationFactory(name="Un nouveau venu")))
    page = read_html(draft.make_preview_request())
    assert "Résultats" in headings(page)
    assert "Un nouveau venu" in words(page.find(class_="hub-facts"))
    new = InitiativePage(title="Une fiche neuve", slug="neuve")
    assert headings(read_html(new.make_preview_request()))[0] == "Une fiche neuve"


def test_a_sheet_taken_off_the_site_says_so_and_leads_on(client, home):
    """410, not 404: the address was promised. What was never published does not exist."""
    sheet = InitiativePageFactory(title="Un nom qui ne devait pas paraître")
    address = sheet.url
    sheet.unpublish()
    response = client.get(address)
    assert response.status_code == 410
    page = response.content.decode()
    assert "n’est plus en ligne" in page
    assert "Un nom qui" not in page
    for way_on in ("/initiatives/", "/recherche/", "/espace/"):
        assert f'"{way_on}"' in page
    never = InitiativePageFactory(live=False)
    InitiativePage.objects.filter(pk=never.pk).update(first_published_at=None)
    assert client.get(never.url).status_code == 404
    assert client.get(f"{address}signaler/").status_code == 404
    Redirect.objects.create(old_path=address.rstrip("/"), redirect_link="/initiatives/", site=Site.objects.get())
    assert client.get(address).status_code == 301
