"""Captions of a replay: WebVTT from any form of transcript, for pages anybody may read."""

from io import StringIO

import pytest
import webvtt as reader
from django.test import Client
from wagtail.models import PageViewRestriction

from events.captions import webvtt
from events.models import Replay, WorkshopPage
from events.transcripts import Passage
from hub.pages.models import HomePage
from tests.factories import WorkshopPageFactory

TRANSCRIPT = (
    "1\n00:00:05,000 --> 00:00:09,000\nBonjour à tous.\n\n2\n01:02:03,500 --> 01:02:06,000\nÀ l’AVDL & au FSL.\n"
)


def workshop(**fields: object) -> WorkshopPage:
    page: WorkshopPage = WorkshopPageFactory(
        replays=[Replay(url="https://youtu.be/abcdefghijk", transcript=TRANSCRIPT)], **fields
    )
    return page


def shown(text: str) -> list[tuple[str, str, str]]:
    """What another reader makes of it."""
    return [(cue.start, cue.end, cue.text) for cue in reader.from_buffer(StringIO(text))]


def test_a_transcript_in_srt_is_given_in_webvtt(client: Client, home: HomePage) -> None:
    response = client.get(f"{workshop().url}sous-titres.vtt")
    assert response.headers["Content-Type"] == "text/vtt; charset=utf-8"
    assert response.headers["Cache-Control"] == "private"
    text = response.content.decode()
    assert text.startswith("WEBVTT\n\n")
    assert "À l’AVDL &amp; au FSL." in text
    assert [cue[0][:8] for cue in shown(text)] == ["00:00:05", "01:02:03"]


def test_captions_are_for_pages_that_anybody_may_read(client: Client, home: HomePage) -> None:
    private = workshop()
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    silent = WorkshopPageFactory(replays=[Replay(url="https://youtu.be/abcdefghijk", transcript="Sans minutage.")])
    for address in (private.url, f"/ateliers/{workshop(live=False).slug}/", silent.url, "/ateliers/inconnu/"):
        assert client.get(f"{address}sous-titres.vtt").status_code == 404, address


def test_what_is_said_cannot_be_taken_for_markup_nor_for_a_time() -> None:
    text = webvtt(cues=[Passage(1.0, "<script> 1 --> 2 & la suite", end=3.0, speaker="Anne>\n00:01 --> 00:02")])
    assert "<script>" not in text
    assert text.count("-->") == 1
    assert "<v Anne 00:01 -- 00:02>" in text


@pytest.mark.parametrize(
    ("cues", "times"),
    [
        # No end: until the next, or as long as one takes to read it.
        ([Passage(1.0, "Un"), Passage(1.5, "Deux")],
         ["00:00:01.000 --> 00:00:01.500", "00:00:01.500 --> 00:00:02.500"]),
        ([Passage(10.0, "a" * 42, end=5.0)], ["00:00:10.000 --> 00:00:13.000"]),
        # Out of order, the hours above 99, and words without a time.
        ([Passage(360_000.25, "Tard", end=360_001.0), Passage(None, "Jamais"), Passage(2.0, "Tôt", end=3.0)],
         ["00:00:02.000 --> 00:00:03.000", "100:00:00.250 --> 100:00:01.000"]),
        # What does not fit two lines is shown in pieces, each for its share of the words.
        ([Passage(0.0, " ".join(["neuf-mots"] * 10), end=9.9)],
         ["00:00:00.000 --> 00:00:07.981", "00:00:07.981 --> 00:00:09.900"]),
    ],
)  # fmt: skip
def test_each_caption_has_its_time(cues: list[Passage], times: list[str]) -> None:
    assert [line for line in webvtt(cues=cues).splitlines() if "-->" in line] == times
