"""Three public readers and ours read the same generated captions; where ours differs, the test says why.

None of the three tells a person, by line and in words, what is wrong with a file: they are no replacement, but what
they agree on must be ours too.
"""

import json
import os
import random
import shutil
import subprocess
from io import StringIO
from pathlib import Path

import pysubs2
import pytest
import webvtt
from django.conf import settings

from events.transcripts import read_transcript

NODE_READER = "webvtt-parser@2.2.0"
SCRIPT = """
const { WebVTTParser } = require(process.argv[1]);
const texts = JSON.parse(require("fs").readFileSync(0, "utf8"));
const words = (node) => node.type === "text" ? node.value : (node.children || []).map(words).join("");
const read = texts.map((text) => {
  const { cues, errors } = new WebVTTParser().parse(text, "metadata");
  return { cues: cues.map((cue) => [cue.startTime, cue.endTime, words(cue.tree)]), errors };
});
process.stdout.write(JSON.stringify(read));
"""
WORDS = "la clé tourne dans une porte bleue et puis le loyer reste à payer chaque mois sans bruit".split()


def stamp(seconds, *, comma=False):
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    text = f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{thousandths:03}"
    return text.replace(".", ",") if comma else text


def generated(seed, *, srt=False):
    """A well-formed file of captions, with what such files hold, and the cues it was made of."""
    draw = random.Random(seed)  # noqa: S311 — the same files each time
    # SRT above 99 hours is beyond pysubs2, which reads the last two digits of the hours.
    at = draw.choice((0.0, 12.5) if srt else (0.0, 12.5, 359_990.0))
    blocks, cues = [] if srt else ["WEBVTT"], []
    for number in range(draw.randrange(1, 30)):
        start = round(at + draw.random() * 3, 3)
        end = round(start + 0.5 + draw.random() * 4, 3)
        at = end
        lines = [
            " ".join([f"n{number}l{position}", *draw.choices(WORDS, k=draw.randrange(1, 8))])
            for position in range(draw.randrange(1, 3))
        ]
        shown = list(lines)
        if draw.random() < 0.3:
            shown[0] = f"<i>{shown[0]}</i>"
        if not srt and draw.random() < 0.3:
            shown[-1] = f"{shown[-1]} &amp; Cie"
            lines[-1] = f"{lines[-1]} & Cie"
        arrow = f"{stamp(start, comma=srt)} --> {stamp(end, comma=srt)}"
        if not srt:
            arrow += draw.choice(("", " align:start", " position:10% line:0"))
            if draw.random() < 0.2:
                blocks.append("NOTE rien de dit\nni ici")
        identifier = f"{number + 1}\n" if srt or draw.random() < 0.5 else ""
        blocks.append("\n".join((identifier + arrow, *shown)))
        cues.append((start, end, " ".join(lines)))
    return draw.choice(("\n", "\r\n")).join("\n\n".join(blocks).split("\n")), cues


def ours(text):
    return [(cue.start, cue.end, cue.text) for cue in read_transcript(text=text).cues]


def by_webvtt_py(text):
    read = webvtt.from_buffer(StringIO(text.replace("\r\n", "\n")))
    return [(_seconds(cue.start_time), _seconds(cue.end_time), cue.text) for cue in read]


def _seconds(time):
    return time.in_seconds() + time.milliseconds / 1000


def by_pysubs2(text, *, form):
    read = pysubs2.SSAFile.from_string(text.replace("\r\n", "\n"), format_=form)
    return [(event.start / 1000, event.end / 1000, event.plaintext) for event in read]


@pytest.fixture(scope="module")
def by_node():
    """What npm's webvtt-parser makes of a list of texts."""
    reader = _node_reader()

    def read(texts):
        command = ["node", "-e", SCRIPT, str(reader)]
        done = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, check=True, timeout=60)
        return json.loads(done.stdout)

    return read


def _node_reader() -> Path:
    folder = settings.VAR_DIR / "npm" / NODE_READER
    reader = folder / "package" / "parser.js"
    if not reader.exists():
        missing = _fetch(folder) if shutil.which("npm") and shutil.which("node") else "node and npm are not installed"
        if missing and os.environ.get("REQUIRE_NODE") == "1":
            pytest.fail(missing)
        if missing:
            pytest.skip(missing)
    return reader


def _fetch(folder: Path) -> str:
    """Unpack the reader, with no script of its own run; return why it could not be."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["npm", "pack", NODE_READER, "--silent", "--pack-destination", str(folder)]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    except subprocess.TimeoutExpired:
        return "npm does not answer"
    if done.returncode:
        return f"npm pack: {done.stderr.strip()[-200:]}"
    shutil.unpack_archive(folder / done.stdout.split()[-1], folder, "gztar", filter="data")
    return ""


def same(found, expected):
    assert len(found) == len(expected)
    for (start, end, text), (own_start, own_end, own_text) in zip(found, expected, strict=True):
        assert start == pytest.approx(own_start, abs=0.0015)
        assert end == pytest.approx(own_end, abs=0.0015)
        assert " ".join(text.split()) == own_text


FILES = [generated(seed) for seed in range(60)]


def test_we_read_what_was_generated():
    for text, cues in FILES:
        same(ours(text), cues)
        assert not read_transcript(text=text).problems


def test_webvtt_py_reads_the_same():
    for text, cues in FILES:
        # Its texts keep entities as they are written: « &amp; ».
        same([(start, end, words.replace("&amp;", "&")) for start, end, words in by_webvtt_py(text)], cues)


def test_pysubs2_reads_the_same():
    for text, cues in FILES:
        # It knows neither NOTE, glued to the words before, nor entities.
        if "NOTE" not in text:
            same(
                [(start, end, words.replace("&amp;", "&")) for start, end, words in by_pysubs2(text, form="vtt")], cues
            )
    for seed in range(30):
        text, cues = generated(seed, srt=True)
        same(ours(text), cues)
        same(by_pysubs2(text, form="srt"), cues)


def test_the_reader_of_npm_reads_the_same(by_node):
    read = by_node([text for text, _cues in FILES])
    for (_text, cues), found in zip(FILES, read, strict=True):
        # It leaves the semicolon of an entity among the words.
        same([(start, end, words.replace("&;", "&")) for start, end, words in found["cues"]], cues)
        assert not found["errors"]


BROKEN = (
    "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nUn.\n\n00:00:0x.000 --> 00:00:04.000\nDeux.\n\n"
    "00:00:05.000 --> 00:00:06.000\nTrois.\n"
)
BACKWARDS = "WEBVTT\n\n00:00:09.000 --> 00:00:02.000\nUn.\n"
TEAMS = "WEBVTT\n\n0:0:1.0 --> 0:0:4.90\n<v Alix>Un.</v>\n"
OUT_OF_ORDER = "WEBVTT\n\n00:09.000 --> 00:10.000\nDeux.\n\n00:01.000 --> 00:02.000\nUn.\n"


def test_where_we_differ_words_are_kept_and_the_line_is_told(by_node):
    broken, backwards, teams, moved = by_node([BROKEN, BACKWARDS, TEAMS, OUT_OF_ORDER])
    # A time that cannot be read: they drop its words or glue them to others; here they stay, without a moment.
    assert [cue[2] for cue in broken["cues"]] == ["Un.", "Trois."]
    assert [text for _start, _end, text in by_webvtt_py(BROKEN)] == ["Un.", "Trois."]
    assert [text for _start, _end, text in ours(BROKEN)] == ["Un.", "Deux.", "Trois."]
    assert [problem.line for problem in read_transcript(text=BROKEN).problems] == [6] == [broken["errors"][0]["line"]]
    # An end before its start: webvtt-py says nothing, npm's tells the line; a passage has no such length here.
    assert by_webvtt_py(BACKWARDS)[0][:2] == (9, 2)
    assert backwards["errors"][0]["line"] == 3
    assert ours(BACKWARDS) == [(9, None, "Un.")]
    # The one-digit times of Teams: refused by npm's. The fraction counts milliseconds there: « 4.90 » is 4.090.
    assert not teams["cues"]
    assert ours(TEAMS) == [(1, 4.09, "Un.")]
    # Both put cues in order, as we do; we tell it too.
    assert [cue[2] for cue in moved["cues"]] == ["Un.", "Deux."] == [text for _start, _end, text in ours(OUT_OF_ORDER)]
    assert [problem.line for problem in read_transcript(text=OUT_OF_ORDER).problems] == [6]


def test_where_pysubs2_differs():
    # It glues a caption whose time it cannot read to the one before.
    assert by_pysubs2(BROKEN, form="vtt")[0][2].split("\n")[0] == "Un."
    assert "Deux." in by_pysubs2(BROKEN, form="vtt")[0][2]
