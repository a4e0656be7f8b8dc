"""Passages last from half a minute to a minute, end with a sentence, and hold one person's words of one sequence."""

from itertools import pairwise

from events.transcripts import Cue, passages_of, read_transcript
from events.transcripts.passages import sentences


def spoken(count, *, seconds=5.0, speaker="", every=3, start=0.0):
    """Cues one after the other; one in ``every`` ends a sentence."""
    return [
        Cue(
            start + at * seconds,
            start + (at + 1) * seconds,
            f"Voici {at}." if at % every == every - 1 else f"Mot {at}",
            speaker,
        )
        for at in range(count)
    ]


def test_passages_last_from_half_a_minute_to_a_minute_and_end_with_a_sentence():
    passages = passages_of(spoken(240))
    assert all(30 <= passage.end - passage.start <= 60 for passage in passages[:-1])
    assert all(passage.text.endswith(".") for passage in passages[:-1])
    assert [later.start - earlier.end for earlier, later in pairwise(passages)] == [0.0] * (len(passages) - 1)


def test_words_without_a_sign_are_cut_before_a_minute():
    passages = passages_of(spoken(240, every=1000))
    assert all(30 <= passage.end - passage.start <= 60 for passage in passages[:-1])


def test_a_turn_longer_than_a_minute_is_cut_at_its_sentences_with_times_in_between():
    turn = " ".join(f"Voici la phrase numéro {number}, et elle dit quelque chose." for number in range(40))
    passages = passages_of([Cue(60.0, None, turn, "Alix"), Cue(400.0, None, "Merci.", "Bruno")])
    assert [passage.speaker for passage in passages] == ["Alix"] * (len(passages) - 1) + ["Bruno"]
    assert len(passages) > 4
    assert all(passage.end - passage.start <= 60 for passage in passages)
    assert all(passage.text.endswith(".") for passage in passages)
    assert passages[-2].end <= 400
    assert " ".join(passage.text for passage in passages[:-1]) == turn


def test_a_passage_holds_the_words_of_one_person():
    cues = [*spoken(4, speaker="Alix"), *spoken(2, speaker="Bruno", start=20.0), *spoken(4, speaker="Alix", start=30.0)]
    passages = passages_of(cues)
    assert [(passage.speaker, passage.start) for passage in passages] == [("Alix", 0), ("Bruno", 20), ("Alix", 30)]
    assert [passage.overlap for passage in passages] == ["", "", ""]


def test_no_passage_runs_over_the_start_of_a_sequence():
    starts = (12.0, 47.5, 600.0)
    passages = passages_of(spoken(240), starts=starts)
    assert not any(passage.start < start < passage.end for passage in passages for start in starts)
    beginning = [passage for passage in passages if passage.start in {10.0, 12.0, 15.0, 45.0, 47.5, 50.0, 600.0}]
    assert len(beginning) >= 3
    assert {passage.overlap for passage in passages if passage.start == 600.0} == {""}


def test_a_passage_is_searched_with_the_last_sentence_before_it_which_it_does_not_show():
    passages = passages_of(spoken(24))
    assert passages[1].overlap
    assert passages[0].text.endswith(passages[1].overlap)
    assert passages[1].overlap not in passages[1].text


def test_a_long_silence_ends_a_passage():
    passages = passages_of([Cue(0.0, 4.0, "Avant."), Cue(60.0, 64.0, "Après.")])
    assert [(passage.start, passage.end) for passage in passages] == [(0.0, 4.0), (60.0, 64.0)]


def test_sounds_stay_beside_the_words():
    lines = (
        "00:00.000 --> 00:02.000\n[Musique]",
        "00:02.000 --> 00:04.000\nBonjour.",
        "00:04.000 --> 00:05.000\n(rires)",
    )
    text = "\n\n".join(("WEBVTT", *lines))
    [passage] = passages_of(read_transcript(text=text).cues)
    assert (passage.start, passage.text, passage.sounds) == (2.0, "Bonjour.", ("Musique", "rires"))


def test_a_paragraph_without_time_is_cut_at_sentences():
    paragraph = " ".join(f"Voici la phrase numéro {number}." for number in range(60))
    passages = passages_of([Cue(None, None, paragraph)])
    assert len(passages) == 3
    assert all(passage.start is None and passage.text.endswith(".") for passage in passages)
    assert passages[1].overlap == passages[0].text[-len(passages[1].overlap) :]


def test_sentences_do_not_end_at_an_abbreviation():
    text = "Merci à M. Dupont et à J. Petit. « C’est bien. » Voilà ! En 2021, 3.5 % ? Oui…"
    assert sentences(text) == [
        "Merci à M. Dupont et à J. Petit.",
        "« C’est bien. »",
        "Voilà !",
        "En 2021, 3.5 % ?",
        "Oui…",
    ]
