"""Understanding a recap takes a time that grows with its length, whatever it repeats."""

import pytest

from events.recap.parsing import parse_recap
from events.recap.read.reading import read_recap
from events.recap.report import build_report
from hub.files import FileRefused
from tests.support.growth import assert_linear, repeated, runs_of

HEADING = "Retour sur le 12e atelier de la Dihal « Jeunes » du 3 mars 2020\n\n"
# Past the length whose sentences and words are kept: under it a second reading costs nothing.
# What the readers of a recap give a meaning to, each alone; then what is most looked for, in runs and in turn.
PIECES = (
    "\n", "\n\n", " ", "\t", "a", "é", "1 ", "50 % ", "« » ", "- ", "# ", "Séquence 1 : ", "3 mars 2020 ",
    "20 participants ", "https://a.fr ", "ville de ", "Lyon, ", "AVDL ", ". ", "le ", "de la ", "<p>", "<b>", "<li>",
    "<table><tr><td>", "<a href='b'>", "<!--", "&amp;", "<br>", "==\n", "A. ", "10:00 ", "et ", "M. ", "(", "…",
)  # fmt: skip
PAIRS = (("le ", "Lyon, "), ("- ", "\n"), ("« ", "a"), ("1 ", "mars "), ("<li>", "a "))
MAKERS = [
    *(repeated(piece) for piece in PIECES),
    *(how(*pair) for pair in PAIRS for how in (repeated, runs_of)),
]
IDS = [*map(repr, PIECES), *(f"{how} {pair!r}" for pair in PAIRS for how in ("turns", "runs"))]


@pytest.mark.slow
@pytest.mark.parametrize("make", MAKERS, ids=IDS)
def test_twice_the_recap_takes_twice_the_time(words, make):
    def understood(text: str) -> None:
        read = read_recap(data=text)
        build_report(text=read, parsed=parse_recap(text=read, vocabulary=words))

    understood(f"{HEADING}Bonjour.")  # the look-up tables are made at the first recap
    assert_linear(lambda size: HEADING + make(size), understood, sizes=(8_000, 16_000, 32_000), refusals=(FileRefused,))
