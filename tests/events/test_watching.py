"""A replay read while it is watched: its transcript in light parts, words found in it, links to its moments."""

from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from wagtail.documents.models import Document
from wagtail.models import PageViewRestriction

from events.models import Replay, Sequence, WorkshopPage
from events.transcripts import Passage
from events.watching import (
    MOST_LISTED,
    PART_PASSAGES,
    find_moments,
    listed_parts,
    part_at,
    shown_moment,
    transcript_parts,
)
from hub.pages.models import HomePage
from tests.factories import WorkshopPageFactory
from tests.support.html import link, read_html, words

TRANSCRIPT = """WEBVTT

00:00:05.000 --> 00:00:35.000
Bonjour à tous.

00:20:10.000 --> 00:20:50.000
La plateforme de l’Ain tient des baux glissants.

00:20:50.000 --> 00:21:30.000
Les travaux ont commencé en avril.
"""


def passages_every(seconds: int, *, until: int, text: str = "mot") -> list[Passage]:
    return [Passage(float(at), f"{text} {at}", end=float(at + seconds)) for at in range(0, until, seconds)]


def sequence_at(seconds: int | None, title: str) -> Sequence:
    return Sequence(title=title, replay_start=None if seconds is None else timedelta(seconds=seconds))


@pytest.fixture
def workshop(home: HomePage) -> WorkshopPage:
    return WorkshopPageFactory(
        title="86e atelier : l’AVDL",
        number=86,
        starts_on=date(2022, 11, 24),
        sequences=[sequence_at(1210, "Des initiatives")],
        replays=[Replay(url="https://www.youtube.com/watch?v=abcdefghijk", transcript=TRANSCRIPT)],
    )


# --- parts ------------------------------------------------------------------------------------------------------------


def test_a_transcript_is_cut_where_sequences_start_and_nothing_of_it_is_lost():
    passages = passages_every(40, until=4000)
    sequences = [sequence_at(2000, "Le soir"), sequence_at(400, "Le matin"), sequence_at(None, "On ne sait quand")]
    parts = transcript_parts(passages=passages, sequences=sequences)
    assert [passage for part in parts for passage in part.passages] == passages
    assert [(part.title, part.piece, part.pieces, part.start) for part in parts] == [
        ("Début du replay", 1, 1, 0.0),
        ("Le matin", 1, 2, 400.0),
        ("Le matin", 2, 2, 1200.0),
        ("Le soir", 1, 3, 2000.0),
        ("Le soir", 2, 3, 2680.0),
        ("Le soir", 3, 3, 3320.0),
    ]
    assert [part.until for part in parts] == [400.0, 1200.0, 2000.0, 2680.0, 3320.0, None]
    assert [part.title for part in listed_parts(parts=parts)] == ["Début du replay", "Le matin", "Le soir"]


@pytest.mark.parametrize("hours", [0, 3, 30])
def test_whatever_the_length_a_page_names_few_parts_and_a_part_holds_few_passages(hours: int):
    parts = transcript_parts(passages=passages_every(30, until=hours * 3600), sequences=[])
    assert len(listed_parts(parts=parts)) <= MOST_LISTED
    assert all(0 < len(part.passages) <= PART_PASSAGES for part in parts)


@pytest.mark.parametrize(("seconds", "number"), [(0, 1), (399, 1), (400, 2), (1300, 3), (99_999, 3)])
def test_a_moment_is_in_the_part_that_is_being_said(seconds: int, number: int):
    parts = transcript_parts(
        passages=passages_every(40, until=1600), sequences=[sequence_at(400, "Suite"), sequence_at(1200, "Fin")]
    )
    assert part_at(parts=parts, seconds=seconds).number == number


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("bail glissant", True),
        ("BAUX", True),
        ("plateformes de l'ain", True),
        ("platef", True),
        ("platef ain", False),
        ("travail", True),
        ("eleve", True),
        ("œuvre", True),
        ("oeuv", True),
        ("le", True),
        ("l’hippopotame", False),
        ("… !", False),
        ("", False),
    ],
)
def test_accents_plurals_and_a_word_half_typed_are_no_obstacle(query: str, is_found: bool):
    said = "La plateforme de l’Ain tient des baux glissants ; les travaux, l’élève, les œuvres : le tout."
    parts = transcript_parts(passages=[Passage(10.0, said, end=50.0)], sequences=[])
    assert bool(find_moments(parts=parts, query=query)) == is_found


def test_what_was_said_just_before_helps_to_find_and_is_not_what_is_found():
    told = Passage(60.0, "dans un bail glissant.", end=90.0, overlap="Puis Mona est entrée")
    parts = transcript_parts(passages=[told], sequences=[])
    [found] = find_moments(parts=parts, query="Mona bail")
    assert [told.text[start:end] for start, end in found.spans] == ["bail"]
    assert find_moments(parts=parts, query="Mona") == []


@pytest.mark.django_db
def test_a_word_is_found_at_the_second_it_is_said_with_some_of_what_surrounds_it():
    text = f"{'avant ' * 50}bail{' après' * 50}"
    parts = transcript_parts(passages=[Passage(100.0, text, end=160.0, speaker="Claire Petit")], sequences=[])
    replay = Replay(page=WorkshopPage(title="Un atelier"), url="https://vimeo.com/123456789")
    [found] = [shown_moment(found=found, replay=replay) for found in find_moments(parts=parts, query="bail")]
    assert found.moment is not None
    assert 125 <= found.moment.seconds <= 135
    assert found.speaker == "Claire Petit"
    assert ("bail", True) in found.pieces
    extract = "".join(piece for piece, _is_match in found.pieces)
    assert len(extract) < len(text)
    assert extract.startswith("… avant")
    assert extract.endswith("après …")


def test_three_hours_are_searched_while_one_types():
    text = "le bailleur social propose un logement aux ménages accompagnés " * 10
    parts = transcript_parts(passages=passages_every(30, until=3 * 3600, text=text), sequences=[])
    assert len(find_moments(parts=parts, query="menage logé propo")) == 0
    assert len(find_moments(parts=parts, query="menage propo")) == 360


# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_each_sequence_of_the_transcript_is_a_link_and_nothing_more_is_in_the_page(
    client: Client, workshop: WorkshopPage
):
    page = read_html(client.get(workshop.url))
    assert [(words(one), one["href"]) for one in page.details.find_all("a")] == [
        ("0:05 – Début du replay", f"{workshop.url}transcription/1/"),
        ("20:10 – Des initiatives", f"{workshop.url}transcription/2/"),
    ]
    assert "baux glissants" not in words(page.main)
    sequence = page.find("a", attrs={"data-hub-moment": True})
    assert sequence["href"] == "https://www.youtube.com/watch?v=abcdefghijk&t=1210s"
    assert sequence["data-hub-moment"] == f"{workshop.url}#t=1210"


@pytest.mark.django_db
def test_a_part_is_read_on_a_page_of_its_own_each_passage_at_its_address(client: Client, workshop: WorkshopPage):
    page = read_html(client.get(f"{workshop.url}transcription/2/"))
    passage = page.find(id="t=1210")
    assert words(passage) == "20:10 La plateforme de l’Ain tient des baux glissants."
    assert link(passage, "20:10") == "https://www.youtube.com/watch?v=abcdefghijk&t=1210s"
    assert passage.a["data-hub-moment"] == f"{workshop.url}#t=1210"
    assert passage["data-hub-end"] == "1250"
    assert page.find(attrs={"data-hub-passages": True})["data-hub-reference"] == (
        "86e atelier : l’AVDL, 24 novembre 2022"
    )
    assert "Bonjour" not in words(page.main)
    assert link(page.main, "Ce qui précède") == f"{workshop.url}transcription/1/"
    assert link(page.main, "Le replay") == f"{workshop.url}#replay"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("?t=0", "transcription/1/#t=0"),
        ("?t=1220", "transcription/2/#t=1220"),
        ("7/", "transcription/"),
        ("0/", "transcription/"),
    ],
)
def test_a_moment_and_a_part_that_is_no_more_lead_to_what_is_there(
    client: Client, workshop: WorkshopPage, asked: str, leads_to: str
):
    answer = client.get(f"{workshop.url}transcription/{asked}")
    assert (answer.status_code, answer["Location"]) == (302, f"/ateliers/{workshop.slug}/{leads_to}")


@pytest.mark.django_db
@pytest.mark.parametrize("moment", ["-1", "9" * 30, "x", "\x00", "\uff12", "1.5"])
def test_an_impossible_moment_gives_the_list_of_parts(client: Client, workshop: WorkshopPage, moment: str):
    page = read_html(client.get(f"{workshop.url}transcription/", {"t": moment}))
    assert link(page.main, "Des initiatives") == f"{workshop.url}transcription/2/"


@pytest.mark.django_db
def test_words_are_found_without_javascript_each_at_its_moment(client: Client, workshop: WorkshopPage):
    page = read_html(client.get(f"{workshop.url}transcription/", {"dans-le-replay": "bail"}))
    assert page.find("input", id="dans-le-replay")["value"] == "bail"
    found = page.find(attrs={"data-hub-found": True})
    assert "Un moment trouvé." in words(found)
    assert [words(mark) for mark in found.find_all("mark")] == ["baux"]
    assert found.find(class_="hub-passage").a["href"].startswith("https://www.youtube.com/watch?v=abcdefghijk&t=12")
    assert page.find("meta", attrs={"name": "robots"})["content"] == "noindex, follow"


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["hippopotame", "x" * 5000, "<script>", "\x00", "%", "…"])
def test_what_is_said_nowhere_is_told_and_what_was_typed_is_kept(client: Client, workshop: WorkshopPage, query: str):
    page = read_html(client.get(f"{workshop.url}transcription/", {"dans-le-replay": query}))
    assert page.find("input", id="dans-le-replay")["value"] == query.replace("\x00", "")[:200]
    assert not page.find("mark")
    if query != "\x00":
        assert "Aucun moment de ce replay ne dit" in words(page.main)


@pytest.mark.django_db
def test_who_speaks_is_said_once_a_turn(client: Client, home: HomePage, monkeypatch: pytest.MonkeyPatch):
    told = [
        Passage(65.4, "Bonjour.", speaker="Claire"),
        Passage(105.0, "Bien.", speaker="Claire"),
        Passage(145.0, "Oui.", speaker="Paul"),
    ]
    monkeypatch.setattr(Replay, "passages", lambda _replay: told)
    page = WorkshopPageFactory(replays=[Replay(url="https://youtu.be/abcdefghijk", transcript="…")])
    assert link(read_html(client.get(page.url)).details, "1:05") == f"{page.url}transcription/1/"
    main = read_html(client.get(f"{page.url}transcription/1/")).main
    assert [words(name) for name in main.find_all(class_="hub-passage__speaker")] == ["Claire", "Paul"]
    assert [one["data-hub-speaker"] for one in main.find_all(class_="hub-passage")] == ["Claire", "Claire", "Paul"]


@pytest.mark.django_db
def test_a_transcript_without_times_is_read_without_moments(client: Client, home: HomePage):
    replay = Replay(url="https://youtu.be/abcdefghijk", transcript="Bonjour.\n\nAu revoir.")
    page = WorkshopPageFactory(replays=[replay])
    shown = read_html(client.get(page.url))
    assert link(shown.details, "Partie 1") == f"{page.url}transcription/1/"
    assert not shown.find(attrs={"data-hub-follow": True})
    part = read_html(client.get(f"{page.url}transcription/1/"))
    assert [words(passage) for passage in part.find_all(class_="hub-passage")] == ["Bonjour.", "Au revoir."]
    found = read_html(client.get(f"{page.url}transcription/", {"dans-le-replay": "revoir"}))
    assert link(found.find(attrs={"data-hub-found": True}), "Lire") == f"{page.url}transcription/1/"


@pytest.mark.django_db
def test_a_file_of_ours_is_played_at_its_second_with_its_captions(client: Client, home: HomePage):
    film = Document.objects.create(title="Film", file=ContentFile(b"film", name="film.webm"), file_size=4)
    page = WorkshopPageFactory(replays=[Replay(file=film, transcript=TRANSCRIPT)])
    shown = read_html(client.get(page.url))
    assert shown.video.track["src"] == f"{page.url}sous-titres.vtt"
    part = read_html(client.get(f"{page.url}transcription/1/"))
    assert (part.find(id="t=5").a["href"], part.find(id="t=5").a["data-hub-moment"]) == (
        f"{film.url}#t=5",
        f"{page.url}#t=5",
    )


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["https://pirate.example/w/abcdefghijk", "https://example.org/film"])
def test_a_video_that_is_not_shown_here_is_only_led_to(client: Client, home: HomePage, address: str):
    page = WorkshopPageFactory(replays=[Replay(url=address, transcript=TRANSCRIPT)])
    passage = read_html(client.get(f"{page.url}transcription/1/")).find(id="t=5")
    assert not passage.find(attrs={"data-hub-moment": True})


@pytest.mark.django_db
@pytest.mark.parametrize("rest", ["transcription/", "transcription/1/"])
def test_what_is_not_public_is_nowhere_for_strangers(
    client: Client, admin_client: Client, workshop: WorkshopPage, rest: str
):
    restriction = PageViewRestriction.objects.create(page=workshop, restriction_type=PageViewRestriction.LOGIN)
    assert client.get(workshop.url + rest).status_code == 404
    kept = admin_client.get(workshop.url + rest)
    assert (kept.status_code, kept["Cache-Control"]) == (200, "private")
    restriction.delete()
    workshop.unpublish()
    assert admin_client.get(workshop.url + rest).status_code == 404
    assert client.get(f"/ateliers/nulle-part/{rest}").status_code == 404


@pytest.mark.django_db
def test_a_transcript_that_was_withdrawn_leads_to_its_workshop(client: Client, workshop: WorkshopPage):
    workshop.replays = [Replay(url="https://youtu.be/abcdefghijk")]
    workshop.save_revision().publish()
    for rest in ("", "?t=3", "1/"):
        assert client.get(f"{workshop.url}transcription/{rest}")["Location"].endswith(workshop.url)


@pytest.mark.django_db
def test_a_part_costs_the_same_whatever_it_holds(client: Client, workshop: WorkshopPage, django_assert_num_queries):
    address = f"{workshop.url}transcription/2/"
    client.get(address)
    with django_assert_num_queries(PART_QUERIES):
        client.get(address)


PART_QUERIES = 6
