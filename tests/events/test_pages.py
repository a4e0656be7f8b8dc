"""Workshops as a visitor reads them: announced, told in a recap, watched again."""

from datetime import date, time, timedelta

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone
from wagtail.documents.models import Document
from wagtail.models import PageViewRestriction

from events.models import (
    Replay,
    Sequence,
    SequenceInitiative,
    WorkshopDocument,
    WorkshopInitiative,
    WorkshopKeyFigure,
    WorkshopPage,
)
from hub.pages.models import HomePage
from hub.territories.models import Territory
from search.rebuild import rebuild
from tests.factories import (
    AudienceFactory,
    AxisFactory,
    GovernmentFactory,
    InitiativePageFactory,
    OrganisationFactory,
    OrganisationKindFactory,
    SchemeFactory,
    WorkshopPageFactory,
)
from tests.support.engines import search_engine
from tests.support.html import headings, link, read_html, words

pytestmark = pytest.mark.django_db

TRANSCRIPT = (
    "WEBVTT\n\n00:00:05.000 --> 00:00:09.000\nBonjour à tous.\n\n00:20:10.000 --> 00:20:20.000\nLa plateforme de l’Ain."
)


@pytest.fixture
def ain(home: HomePage) -> Territory:
    return Territory.objects.create(kind="departement", official_code="01", code="departement-01", name="Ain")


@pytest.fixture
def recap(home: HomePage, ain: Territory) -> WorkshopPage:
    """A workshop with everything a recap may hold."""
    GovernmentFactory(
        name="Élisabeth Borne", title="premiere-ministre", started_on=date(2022, 5, 16), ended_on=date(2024, 1, 9)
    )
    SchemeFactory(acronym="SIAO", expansion="Service intégré de l’accueil et de l’orientation")
    presented = InitiativePageFactory(title="Plateforme de l’Ain", territories=[ain])
    other = InitiativePageFactory(title="Bail glissant", territories=[ain])
    draft = InitiativePageFactory(title="Fiche en brouillon", live=False)
    programme = Document.objects.create(
        title="Programme", file=ContentFile(b"x" * 2_400, name="programme.pdf"), file_size=2_400
    )
    return WorkshopPageFactory(
        title="86e atelier : l’AVDL",
        number=86,
        starts_on=date(2022, 11, 24),
        original_published_on=date(2022, 12, 15),
        original_modified_on=date(2022, 12, 20),
        summary="Ce qu’a permis la réforme.",
        participants_count=500,
        participants_is_minimum=True,
        is_demonstration=True,
        organisers=[OrganisationFactory(name="Dihal")],
        partners=[OrganisationFactory(name="Union sociale pour l’habitat")],
        structure_kinds=[OrganisationKindFactory(label="Bailleur social"), OrganisationKindFactory(label="ADIL")],
        audiences=[AudienceFactory(label="Jeunes")],
        territories=[ain],
        axes=[AxisFactory(label="Santé")],
        schemes=[SchemeFactory(acronym="AVDL", expansion="Accompagnement vers et dans le logement")],
        tags=["co-portage"],
        body=[("heading", "Le bilan"), ("text", "<p>Le SIAO oriente.</p>"), ("to_sort", {"text": "Phrase à classer."})],
        key_figures=[
            WorkshopKeyFigure(value="21000", unit="ménages", qualifier="plus-de", label="accompagnés", year=2021)
        ],
        sequences=[
            Sequence(
                title="Le bilan de la réforme",
                text="<p>Des moyens en hausse.</p>",
                speakers="Claire Petit, Dihal\n\nPaul Roy, USH",
            ),
            Sequence(
                title="Des initiatives",
                replay_start=timedelta(minutes=20, seconds=10),
                presentations=[SequenceInitiative(initiative=presented), SequenceInitiative(initiative=draft)],
            ),
        ],
        presentations=[WorkshopInitiative(initiative=other), WorkshopInitiative(initiative=presented)],
        replays=[
            Replay(
                url="https://www.youtube.com/watch?v=abcdefghijk",
                duration=timedelta(hours=2, minutes=15),
                transcript=TRANSCRIPT,
                published_on=date(2022, 12, 1),
            )
        ],
        documents=[WorkshopDocument(document=programme, title="")],
    )


def test_a_recap_tells_everything_that_is_known(client: Client, recap: WorkshopPage):
    page = read_html(client.get(recap.url))
    assert headings(page) == [
        "86e atelier : l’AVDL",
        "Chiffres clés",
        "Le bilan",
        "Séquences de l’atelier",
        "Le bilan de la réforme",
        "Des initiatives",
        "Initiatives présentées",
        "Replay (2 h 15)",
        "Document",
        "Repères",
        "Partager la page",
    ]
    text = words(page.main)
    for expected in (
        "Atelier n° 86",
        "Replay en ligne",
        "Démonstration",
        "Publié le 15 décembre 2022 | Modifié le 20 décembre 2022",
        "Ce contenu a été publié sous le gouvernement de la Première ministre, Élisabeth Borne.",
        "Ce qu’a permis la réforme.",
        "plus de 21 000 ménages accompagnés 2021",
        "24 novembre 2022",
        "Plus de 500 participants ADIL, Bailleur social",
        "Avec : Claire Petit, Dihal ; Paul Roy, USH",
        "Programme PDF – 2 ko",
        "Mis en ligne le 1er décembre 2022",
    ):
        assert expected in text, expected
    assert "Phrase à classer" not in text
    assert "Fiche en brouillon" not in text


def test_everything_named_leads_to_what_the_site_says_of_it(client: Client, recap: WorkshopPage):
    page = read_html(client.get(recap.url))
    for name, address in (
        ("Dihal", "/partenaires/dihal/"),
        ("Union sociale pour l’habitat", "/partenaires/union-sociale-pour-lhabitat/"),
        ("Ain (département)", "/territoires/departement-01/"),
        ("Jeunes", "/publics/jeunes/"),
        ("Santé", "/recherche/?axe=sante"),
        ("co-portage", "/recherche/?motcle=co-portage"),
    ):
        assert link(page.find(class_="hub-facts"), name) == address
    assert link(page.find(class_="hub-facts"), "AVDL") == "/dispositifs/avdl/"
    assert link(page.main, "Plateforme de l’Ain").endswith("/initiatives/plateforme-de-lain/")
    assert link(page.main, "Bail glissant").endswith("/initiatives/bail-glissant/")


def test_a_sequence_leads_to_its_minute_of_the_replay(client: Client, recap: WorkshopPage):
    page = read_html(client.get(recap.url))
    at_twenty = "https://www.youtube.com/watch?v=abcdefghijk&t=1210s"
    assert link(page, "Voir cette séquence dans le replay, à 20:10") == at_twenty
    assert link(page, "Voir le replay (2 h 15)") == "#replay"
    top = str(page.main)
    assert top.index("Voir le replay") < top.index("Ce qu’a permis la réforme.")
    assert page.find(id="sequence-2")


def test_a_video_is_a_link_until_the_visitor_asks_for_the_player(client: Client, recap: WorkshopPage):
    page = read_html(client.get(recap.url))
    assert not page.find("iframe")
    player = page.find(attrs={"data-hub-video": True})
    assert player["data-hub-video"] == "https://www.youtube-nocookie.com/embed/abcdefghijk?autoplay=1"
    assert player["data-title"] == "Replay\u00a0: 86e atelier : l’AVDL"
    assert "cookies" in words(player)
    assert link(player, "sur YouTube") == "https://www.youtube.com/watch?v=abcdefghijk"


@pytest.mark.parametrize(("host", "framed"), [("tube.numerique.gouv.fr", True), ("pirate.example", False)])
def test_only_servers_the_operator_trusts_are_framed(client: Client, home: HomePage, host: str, framed: bool, settings):
    settings.PEERTUBE_HOSTS = ["tube.numerique.gouv.fr"]
    url = f"https://{host}/w/abcdefghijk"
    page = read_html(client.get(WorkshopPageFactory(replays=[Replay(url=url)]).url))
    assert bool(page.find(attrs={"data-hub-video": True})) == framed
    assert link(page.main, "Replay :") == url


def test_a_replay_that_is_a_file_is_played_here(client: Client, home: HomePage):
    film = Document.objects.create(title="Film", file=ContentFile(b"film", name="film.mp4"), file_size=4)
    sequence = Sequence(title="Le milieu", replay_start=timedelta(seconds=90))
    page = read_html(client.get(WorkshopPageFactory(replays=[Replay(file=film)], sequences=[sequence]).url))
    assert page.find("video")["src"] == film.url
    assert link(page, "Télécharger la vidéo") == film.url
    assert link(page, "Voir cette séquence") == f"{film.url}#t=90"


def test_the_share_links_carry_the_address_and_ask_nothing_of_anybody(client: Client, recap: WorkshopPage):
    page = read_html(client.get(recap.url))
    address = "http%3A%2F%2Ftestserver%2Fateliers%2F86e-atelier-lavdl%2F"
    assert link(page, "Envoyer par courriel").endswith(f"&body={address}")
    assert link(page, "LinkedIn").endswith(address)
    assert link(page, "Facebook").endswith(address)


def test_a_workshop_without_anything_shows_no_empty_part(client: Client, home: HomePage):
    page = read_html(client.get(WorkshopPageFactory(title="Atelier nu").url))
    assert headings(page) == ["Atelier nu", "Replay", "Repères", "Partager la page"]
    assert "Replay à venir." in words(page.main)
    assert "Voir le replay" not in words(page.main)
    assert "Compte rendu à venir" in words(page.main)
    assert [words(term) for term in page.find(class_="hub-facts").find_all("dt")] == ["Date"]


def test_a_coming_workshop_says_how_to_attend(client: Client, home: HomePage):
    tomorrow = timezone.localdate() + timedelta(days=1)
    workshop = WorkshopPageFactory(
        starts_on=tomorrow,
        starts_at=time(9, 30),
        ends_at=time(12),
        format="hybride",
        place="Grande Arche, La Défense",
        registration_url="https://example.org/inscription",
        sequences=[Sequence(title="Ouverture")],
    )
    page = read_html(client.get(workshop.url))
    text = words(page.main)
    assert "De 9 h 30 à 12 h 00, sur place et en ligne : Grande Arche, La Défense." in text
    assert link(page, "S’inscrire à l’atelier") == "https://example.org/inscription"
    assert "Au programme" in headings(page)
    assert "Replay" not in headings(page)


def test_without_an_address_registration_is_said_to_be_closed(client: Client, home: HomePage):
    workshop = WorkshopPageFactory(starts_on=timezone.localdate())
    assert "Les inscriptions ne sont pas encore ouvertes." in words(read_html(client.get(workshop.url)).main)


def test_the_list_shows_the_coming_workshops_apart_then_the_past_ones(client: Client, home: HomePage):
    tomorrow = timezone.localdate() + timedelta(days=1)
    WorkshopPageFactory(title="Demain", starts_on=tomorrow)
    for number in range(1, 15):
        WorkshopPageFactory(title=f"Passé {number}", starts_on=date(2020, 1, number))
    first = read_html(client.get("/ateliers/"))
    assert words(first.find(id="a-venir").parent.find("h3")) == "Demain"
    past = first.find(id="passes").parent
    assert [words(title) for title in past.find_all("h3")] == [f"Passé {number}" for number in range(14, 2, -1)]
    assert link(first, "Page suivante") == "?page=2"
    second = read_html(client.get("/ateliers/?page=2"))
    assert [words(title) for title in second.find(id="passes").parent.find_all("h3")] == ["Passé 2", "Passé 1"]
    assert not second.find(id="a-venir")
    assert second.title.string.startswith("Ateliers, page 2")
    assert second.find("link", rel="canonical")["href"] == "http://testserver/ateliers/?page=2"


@pytest.mark.parametrize("page", ["0", "-1", "9" * 30, "x", "\x00", "\uff12"])
def test_an_impossible_page_number_gives_a_page(client: Client, home: HomePage, page: str):
    WorkshopPageFactory()
    assert client.get("/ateliers/", {"page": page}).status_code == 200


def test_an_empty_list_says_so(client: Client, home: HomePage):
    assert "Aucun compte rendu n’est encore publié." in words(read_html(client.get("/ateliers/")).main)


def test_a_private_workshop_is_in_no_list(client: Client, home: HomePage):
    private = WorkshopPageFactory(title="Réservé")
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    for path in ("/", "/ateliers/"):
        assert "Réservé" not in words(read_html(client.get(path)))


RECAP_QUERIES = 30
LIST_QUERIES = 16


def test_a_recap_costs_the_same_however_long_it_is(client: Client, recap: WorkshopPage, django_assert_num_queries):
    client.get(recap.url)
    with django_assert_num_queries(RECAP_QUERIES):
        client.get(recap.url)
    for number in range(4):
        initiatives = [SequenceInitiative(initiative=InitiativePageFactory()) for _ in range(3)]
        recap.sequences.add(Sequence(title=f"Suite {number}", presentations=initiatives))
        recap.presentations.add(WorkshopInitiative(initiative=InitiativePageFactory()))
        recap.organisers.add(OrganisationFactory())
        recap.schemes.add(SchemeFactory())
        recap.audiences.add(AudienceFactory())
        recap.tags.add(f"mot {number}")
    recap.save_revision().publish()
    with django_assert_num_queries(RECAP_QUERIES):
        page = read_html(client.get(recap.url))
    assert "Suite 3" in headings(page)


def test_the_list_costs_the_same_however_long_it_is(client: Client, home: HomePage, django_assert_num_queries):
    def fill() -> None:
        for starts_on in (date(2021, 5, 4), timezone.localdate()):
            sequences = [Sequence(title="Une séquence", text="<p>Texte</p>")]
            WorkshopPageFactory(starts_on=starts_on, sequences=sequences, audiences=[AudienceFactory()])

    fill()
    client.get("/ateliers/")
    with django_assert_num_queries(LIST_QUERIES):
        client.get("/ateliers/")
    for _ in range(4):
        fill()
    with django_assert_num_queries(LIST_QUERIES):
        client.get("/ateliers/")


def test_a_word_said_in_a_replay_is_found_with_its_moment(client: Client, recap: WorkshopPage):
    rebuild(engine=search_engine())
    page = read_html(client.get("/recherche/?q=bonjour"))
    assert link(page.main, "Lire à 0:05").endswith("/ateliers/86e-atelier-lavdl/#t=5")


def test_an_editor_previews_what_is_not_saved_yet(home: HomePage, recap: WorkshopPage):
    draft = recap.get_latest_revision_as_object()
    draft.sequences.add(Sequence(title="Une séquence ajoutée", replay_start=timedelta(minutes=50)))
    assert "Une séquence ajoutée" in headings(read_html(draft.make_preview_request()))
    new = WorkshopPage(title="Un atelier neuf", slug="neuf", starts_on=date(2023, 1, 2))
    new.sequences.add(Sequence(title="Ouverture", presentations=[]))
    assert headings(read_html(new.make_preview_request()))[:2] == ["Un atelier neuf", "Séquences de l’atelier"]
