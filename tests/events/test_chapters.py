"""Starts of sequences are proposed from what is said; the true ones are hidden from whoever proposes."""

import statistics
import time
from collections.abc import Iterator

import pytest

from events.chapters import Part, propose_starts
from events.demo.sources import initiative_sources, recording_file, workshop_sources
from events.transcripts import Cue, read_transcript
from events.transcripts.cues import Chapter
from tests.events.transcripts.speech import meeting


def gaps(found, starts):
    return [
        abs(proposal.seconds - start) if proposal else float("inf")
        for proposal, start in zip(found, starts, strict=True)
    ]


def seconds(text):
    hours, minutes, rest = (int(part) for part in text.split(":"))
    return hours * 3600 + minutes * 60 + rest


def demonstrations() -> Iterator[tuple[list[Part], list[int], tuple[Cue, ...]]]:
    titles = {sheet["slug"]: sheet["title"] for sheet in initiative_sources()}
    for source in workshop_sources():
        name = source.get("replay", {}).get("recording")
        if name and all("start" in sequence for sequence in source["sequences"]):
            parts = [
                Part(
                    title=sequence["title"],
                    text=sequence.get("text", ""),
                    speakers=sequence.get("speakers", ()),
                    initiatives=[titles[slug] for slug in sequence.get("initiatives", ())],
                )
                for sequence in source["sequences"]
            ]
            starts = [seconds(sequence["start"]) for sequence in source["sequences"]]
            yield (
                parts,
                starts,
                read_transcript(text=recording_file(name=name).with_suffix(".vtt").read_text(encoding="utf-8")).cues,
            )


def test_the_starts_of_the_demonstration_are_found():
    found = [gaps(propose_starts(cues=cues, parts=parts), starts) for parts, starts, cues in demonstrations()]
    assert len(found) >= 5
    assert statistics.median(gap for one in found for gap in one) <= 30
    assert statistics.median(statistics.median(one) for one in found) <= 30


@pytest.mark.parametrize(
    ("seed", "named_turns", "introduced"),
    [(11, True, True), (12, False, True), (13, False, False)],
    ids=["turns are named", "the host introduces", "nobody says who comes next"],
)
def test_the_starts_of_an_hour_are_found_to_half_a_minute(seed, named_turns, introduced):
    said = meeting(seed=seed, named_turns=named_turns, introduced=introduced)
    found = propose_starts(cues=said.cues, parts=said.parts)
    assert statistics.median(gaps(found, said.starts)) <= 30
    known = [proposal.seconds for proposal in found if proposal]
    assert known == sorted(known)


def test_three_hours_are_proposed_in_less_than_ten_seconds():
    said = meeting(seed=3, minutes=180, sequences=7, named_turns=False, introduced=True)
    begun = time.process_time()
    found = propose_starts(cues=said.cues, parts=said.parts)
    assert time.process_time() - begun < 5
    assert statistics.median(gaps(found, said.starts)) <= 30


def test_a_known_start_is_kept_and_holds_the_others():
    said = meeting(seed=11, named_turns=True, introduced=True)
    parts = list(said.parts)
    parts[2] = Part(title=parts[2].title, start=said.starts[2])
    found = propose_starts(cues=said.cues, parts=parts)
    assert found[2] is None
    assert [bool(one) for one in found] == [True, True, False, True, True]
    assert found[1].seconds < said.starts[2] < found[3].seconds


def test_nothing_is_proposed_where_nothing_said_lets_one_think_of_it():
    cues = [Cue(float(at), at + 1.0, "Rien de tel ici.") for at in range(60)]
    assert propose_starts(cues=cues, parts=[Part(title="Habitat indigne")]) == [None]
    assert propose_starts(cues=[Cue(None, None, "Habitat indigne")], parts=[Part(title="Habitat indigne")]) == [None]
    assert propose_starts(cues=cues, parts=[]) == []


def test_more_sequences_than_captions_raise_nothing():
    cues = [Cue(0.0, 2.0, "Habitat indigne.")]
    assert len(propose_starts(cues=cues, parts=[Part(title="Habitat indigne")] * 3)) == 3


def test_a_title_of_chapter_of_the_platform_is_followed():
    cues = [Cue(at * 10.0, at * 10.0 + 9, "De l’habitat et du reste.") for at in range(60)]
    parts = [Part(title="Le bail glissant"), Part(title="Habitat indigne")]
    chapters = [Chapter(100.0, "Bail glissant"), Chapter(300.0, "L’habitat indigne")]
    found = propose_starts(cues=cues, parts=parts, chapters=chapters)
    assert found[1].seconds == 300
