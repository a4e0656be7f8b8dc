"""A transcript is read in the forms video platforms give it."""

import pytest

from events.transcripts import Passage, parse_transcript

WEBVTT = """\ufeffWEBVTT - atelier

NOTE écrit à la main

STYLE
::cue { color: red }

00:01.000 --> 00:04.000 align:start
<v Claire>Bonjour à toutes</v>
et à tous.

intro-2
01:00:05.500 --> 01:00:09.000
Passons à <i>l’Ain</i>.
"""

SRT = (
    "1\r\n00:00:01,000 --> 00:00:03,000\r\nBonjour.\r\n\r\n"
    "2\r\n00:00:07,250 --> 00:00:09,000\r\nEn 2021,\r\n21 000 ménages.\r\n"
)

TIMESTAMPED = """00:01:07 Bonjour à tous.
Suite de la phrase.
[00:02:10] - Deuxième point
1:02:03
Troisième point
"""


@pytest.mark.parametrize(
    ("text", "passages"),
    [
        (WEBVTT, [Passage(1, "Bonjour à toutes et à tous."), Passage(3605, "Passons à l’Ain.")]),
        (SRT, [Passage(1, "Bonjour."), Passage(7, "En 2021, 21 000 ménages.")]),
        (
            TIMESTAMPED,
            [
                Passage(67, "Bonjour à tous. Suite de la phrase."),
                Passage(130, "Deuxième point"),
                Passage(3723, "Troisième point"),
            ],
        ),
        (
            "Du texte sans minutage.\n\nUn second paragraphe.",
            [Passage(None, "Du texte sans minutage."), Passage(None, "Un second paragraphe.")],
        ),
        ("", []),
    ],
)
def test_each_form_gives_timed_passages(text: str, passages: list[Passage]) -> None:
    found = parse_transcript(text=text)
    assert found == passages


def test_a_year_at_the_start_of_a_line_is_not_a_time() -> None:
    assert parse_transcript(text="2021 fut une année pleine.\n86 ateliers.") == [
        Passage(None, "2021 fut une année pleine. 86 ateliers.")
    ]


def test_a_long_transcript_is_read_in_linear_time() -> None:
    lines = [f"{minute // 60:02}:{minute % 60:02}:00 " + "mot " * 50 for minute in range(6000)]
    assert len(parse_transcript(text="\n".join(lines))) == len(lines)
