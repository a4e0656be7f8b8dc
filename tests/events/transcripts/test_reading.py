"""Each form of transcript people have gives its words, their times and who says them; what is not right is told."""

import time
import tomllib
import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest

from events.transcripts import decoded, passages_of, read_transcript
from events.transcripts.reading import MAX_BYTES
from hub.files import FileRefused
from tests.support.growth import assert_linear, growing_texts, repeated

FORMS = tomllib.loads((Path(__file__).parent / "forms.toml").read_text(encoding="utf-8"))["form"]
BY_NAME = {form["name"]: form for form in FORMS}
VTT = BY_NAME["webvtt by the book"]["text"].lstrip()


def as_told(cue):
    start, end = (-1 if time is None else time for time in (cue.start, cue.end))
    return [start, end, cue.speaker, cue.text, *cue.sounds]


@pytest.mark.parametrize("form", FORMS, ids=BY_NAME)
def test_each_form_gives_words_times_and_speakers(form):
    read = read_transcript(text=form["text"].lstrip("\n"))
    assert read.form == form["reads_as"]
    assert [as_told(cue) for cue in read.cues] == form["said"]
    assert [[chapter.start, chapter.title] for chapter in read.chapters] == form.get("chapters", [])
    told = [(problem.line, problem.message) for problem in read.problems]
    expected = form.get("told", [])
    assert [line for line, _message in told] == [line for line, _part in expected], told
    assert all(
        part.lower() in message.lower() for (_line, message), (_expected, part) in zip(told, expected, strict=True)
    ), told


@pytest.mark.parametrize(
    "dress",
    [
        lambda text: text.encode(),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("\n", "\r\n").encode("utf-16"),
        lambda text: text.encode("utf-16-be"),
        lambda text: text.replace("\n", "\r").encode("cp1252"),
        lambda text: unicodedata.normalize("NFD", text).encode(),
    ],
    ids=["utf-8", "bom", "utf-16 crlf", "utf-16 without mark", "windows cr", "nfd"],
)
def test_the_dress_of_a_file_changes_nothing(dress):
    assert read_transcript(text=decoded(data=dress(VTT))).cues == read_transcript(text=VTT).cues


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "vide"),
        (b"\x00\x00", "vide"),
        (b"%PDF-1.7\nWEBVTT", "un document PDF"),
        (b"<!DOCTYPE html><html><body>Bonjour</body></html>", "une page web"),
        (bytes(range(32)) * 40 + b"WEBVTT", "pas du texte"),
        (b"WEBVTT\n\n" + b"a" * 20 * 1024 * 1024, "20,0 Mo : la limite est de 5 Mo"),
    ],
    ids=["empty", "zeros", "pdf", "web page", "binary", "20 MB"],
)
def test_what_is_no_transcript_is_refused_with_its_reason(data, reason):
    with pytest.raises(FileRefused, match=reason):
        decoded(data=data)
    assert MAX_BYTES == 5 * 1024 * 1024


def test_a_voice_may_change_inside_a_caption():
    text = "WEBVTT\n\n00:00.000 --> 00:10.000\n<v Alix>Dix mots.</v>\n<v.fort Bruno &amp; Cie>Et dix.</v>"
    said = [(cue.speaker, cue.text) for cue in read_transcript(text=text).cues]
    assert said == [("Alix", "Dix mots."), ("Bruno & Cie", "Et dix.")]


def test_words_said_twice_stay_twice_where_captions_do_not_roll():
    cues = "\n\n".join(f"00:0{at}.000 --> 00:0{at + 1}.000\nOui." for at in range(4))
    assert len(read_transcript(text=f"WEBVTT\n\n{cues}").cues) == 4


def test_names_above_their_times_are_no_chapters():
    text = "Alix Morand\n0:03\nBonjour.\nBruno Sel\n0:09\nMerci.\nAlix Morand\n0:12\nÀ bientôt."
    read = read_transcript(text=text)
    assert [cue.speaker for cue in read.cues] == ["Alix Morand", "Bruno Sel", "Alix Morand"]
    assert not read.chapters


def test_a_blank_line_in_a_caption_and_words_before_the_times_are_kept_and_told():
    text = "Une préface.\n\n00:01.000 --> 00:03.000\nUn.\n\nEt la suite de un.\n\n00:04.000 --> 00:05.000\nDeux."
    read = read_transcript(text=text)
    assert [cue.text for cue in read.cues] == ["Une préface.", "Un. Et la suite de un.", "Deux."]
    assert [problem.line for problem in read.problems] == [1, 6]


@pytest.mark.parametrize("text", ["&#99999999999999999999999;", "a\u0301\u0327" * 3, "WEBVTT", "-->", "1:2:3:4 --> 5"])
def test_odd_texts_are_read(text):
    read_transcript(text=text)


def test_two_thousand_captions_are_read_in_less_than_a_second():
    stamps = [f"{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}.000" for at in range(0, 10_005, 5)]
    cues = (
        f"{start} --> {end}\n<v Alix Morand>Le mot numéro {number} &amp; un autre.</v>"
        for number, (start, end) in enumerate(pairwise(stamps))
    )
    text = "WEBVTT\n\n" + "\n\n".join(cues)
    begun = time.process_time()
    assert len(read_transcript(text=text).cues) == 2000
    assert time.process_time() - begun < 1


ARROW = "00:00:01.000 --> 00:00:02.000\n"
PAIRED = ("<", "<v A>", "&", "[a")
ALONE = ("<c>", "(", "{\\", "♪", "A: ", "Alix Morand: ", "00:01 --> ", "\u0301", "1:07\n", "Alix   0:03\n")


@pytest.mark.parametrize("head", ["", ARROW], ids=["pasted", "caption"])
def test_hostile_lines_take_a_time_that_grows_with_their_length(head):
    def run(text):
        return passages_of(read_transcript(text=text).cues)

    for make in [*growing_texts(PAIRED), *map(repeated, ALONE)]:
        assert_linear(lambda size, make=make: head + make(size), run, sizes=(4_000, 8_000, 16_000))


def test_a_line_of_200_kb_and_100_000_tags_are_read_at_once():
    begun = time.process_time()
    read_transcript(text=f"WEBVTT\n\n{ARROW}" + "mot " * 50_000)
    read_transcript(text=f"WEBVTT\n\n{ARROW}" + "<c>" * 100_000)
    read_transcript(text=f"WEBVTT\n\n{ARROW}" + "<v A>b" * 100_000)
    assert time.process_time() - begun < 5
