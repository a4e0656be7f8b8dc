"""What search engines read of a workshop: its life, its place, its replay and the parts of it."""

import json
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from wagtail.documents.models import Document

from events.models import Replay, Sequence, WorkshopPage
from events.structured import iso_duration
from tests.factories import OrganisationFactory, WorkshopPageFactory
from tests.support.html import read_html

pytestmark = pytest.mark.django_db


def data_of(client: Client, page: WorkshopPage) -> list[dict[str, Any]]:
    """The graph of the only block of the page."""
    (block,) = read_html(client.get(page.url)).find_all("script", type="application/ld+json")
    return json.loads(block.string)["@graph"]


def test_an_event_says_when_where_and_by_whom(client: Client, home):
    page = WorkshopPageFactory(
        title="86e atelier",
        summary="Ce qu’a permis la réforme.",
        starts_on=date(2026, 7, 2),
        ends_on=date(2026, 7, 3),
        starts_at=time(9, 30),
        ends_at=time(12),
        format="hybride",
        place="Puteaux",
        organisers=[OrganisationFactory(name="Dihal")],
        call_url="https://visio.example.org/secret",
    )
    (event,) = data_of(client, page)
    address = f"http://testserver{page.url}"
    assert event == {
        "@type": "Event",
        "@id": f"{address}#atelier",
        "name": "86e atelier",
        "url": address,
        "inLanguage": "fr",
        "eventStatus": "https://schema.org/EventScheduled",
        "startDate": "2026-07-02T09:30:00+02:00",
        "endDate": "2026-07-03T12:00:00+02:00",
        "description": "Ce qu’a permis la réforme.",
        "eventAttendanceMode": "https://schema.org/MixedEventAttendanceMode",
        "location": [
            {"@type": "Place", "name": "Puteaux", "address": "Puteaux"},
            {"@type": "VirtualLocation", "url": address},
        ],
        "organizer": [{"@type": "Organization", "name": "Dihal"}],
    }


@pytest.mark.parametrize(("fate", "status"), [("annule", "EventCancelled"), ("reporte", "EventPostponed")])
def test_what_does_not_take_place_is_told(client: Client, home, fate, status):
    (event,) = data_of(client, WorkshopPageFactory(fate=fate, format="en-ligne"))
    assert event["eventStatus"] == f"https://schema.org/{status}"
    assert event["startDate"] == "2023-03-14"


def test_a_replay_has_a_clip_for_each_sequence_whose_start_is_known(client: Client, home):
    starts = (timedelta(0), None, timedelta(minutes=20, seconds=10), timedelta(minutes=50))
    page = WorkshopPageFactory(
        sequences=[Sequence(title=f"Temps {number}", replay_start=start) for number, start in enumerate(starts)],
        replays=[
            Replay(
                url="https://www.youtube.com/watch?v=abcdefghijk",
                duration=timedelta(hours=1, minutes=15),
                published_on=date(2023, 3, 20),
            )
        ],
    )
    event, video = data_of(client, page)
    address = f"http://testserver{page.url}"
    assert event["recordedIn"] == {"@id": video["@id"]}
    assert (video["duration"], video["uploadDate"]) == ("PT1H15M", "2023-03-20")
    assert video["embedUrl"].startswith("https://www.youtube-nocookie.com/embed/abcdefghijk")
    assert "contentUrl" not in video
    assert [(clip["name"], clip["startOffset"], clip["endOffset"], clip["url"]) for clip in video["hasPart"]] == [
        ("Temps 0", 0, 1210, f"{address}#t=0"),
        ("Temps 2", 1210, 3000, f"{address}#t=1210"),
        ("Temps 3", 3000, 4500, f"{address}#t=3000"),
    ]


def test_a_file_of_ours_is_named_as_such(client: Client, home):
    film = Document.objects.create(title="Film", file=ContentFile(b"film", name="film.mp4"), file_size=4)
    sequences = [Sequence(title="Le milieu", replay_start=timedelta(seconds=90))]
    _, video = data_of(client, WorkshopPageFactory(replays=[Replay(file=film)], sequences=sequences))
    assert video["contentUrl"] == f"http://testserver{film.url}"
    assert "endOffset" not in video["hasPart"][0]


def test_nothing_typed_leaves_the_block_and_the_policy_has_no_say(client: Client, home):
    """A block of data is not executed: no hash, no exception in the policy."""
    title = "</script><script>alert(1)</script><!-- & \u2028"
    page = WorkshopPageFactory(title=title, slug="forge", place=title)
    response = client.get(page.url)
    block = read_html(response).find("script", type="application/ld+json").string
    assert not set("<>&\u2028") & set(block)
    assert json.loads(block)["@graph"][0]["name"].startswith("</script><script>alert(1)</script><!-- &")
    assert "unsafe-inline" not in response["Content-Security-Policy"]


def test_a_page_without_a_date_or_not_saved_says_nothing(home):
    new = WorkshopPage(title="Un atelier neuf", slug="neuf", starts_on=date(2023, 1, 2))
    undated = WorkshopPageFactory()
    undated.starts_on = None
    for response in (new.make_preview_request(), undated.make_preview_request()):
        assert not read_html(response).find("script", type="application/ld+json")


def test_lengths_of_time_are_written_as_iso_does():
    lengths = [timedelta(0), timedelta(seconds=90), timedelta(hours=2), timedelta(hours=100, seconds=1)]
    assert [iso_duration(length) for length in lengths] == ["PT0S", "PT1M30S", "PT2H", "PT100H1S"]
