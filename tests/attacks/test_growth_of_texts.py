"""Every reader of a text people send takes a time that grows with its length, whatever the text repeats.

One piece for each class of characters and each sign a reader treats specially; each alone, and each pair in two ways.
"""

from collections.abc import Callable

import pytest
from taggit.utils import parse_tags

from events.transcripts import passages_of, read_transcript
from hub.pages.markup import to_html
from hub.pages.markup.content import content_blocks
from hub.pages.markup.html import addresses_in
from hub.pages.prose import no_break_spaces, spell_out
from hub.territories.names import normalise_name
from hub.territories.reading import number_in, wordings
from initiatives.bulk.values import read_figure
from initiatives.comparing import marked_words
from initiatives.keywords import distinct_names
from search import analysis
from search.highlighting import Highlighter
from search.tree import AllOf, Phrase, Prefix, Term
from tests.support.growth import assert_linear, growing_texts, repeated, runs_of

# Letters with and without accent, digits, spaces, signs, what is longer in another form.
ANY = (" ", "\n", "a", "é", "e\u0301", "9", ".", ":", "-", "—", "’", '"', "(", ")", "<", "&")

LINKS = addresses_in(html='<p><a linktype="page" id="3">a</a></p>' * 20)
HIGHLIGHTER = Highlighter(AllOf((Term("bail"), Phrase(((0, "logement"), (1, "accompagn"))), Prefix("log"))))
SIZES = (2_000, 4_000, 8_000)

READERS: dict[str, tuple[Callable[[str], object], tuple[str, ...]]] = {
    "the markup": (
        lambda text: to_html(text=text),
        (
            "[",
            "](",
            "](https://a.fr)",
            ")",
            "^(",
            "**",
            "_",
            "\\",
            "### ",
            "- ",
            "• ",
            "\n",
            " ",
            "a",
            "<",
            "[a](https://a.fr)",
        ),
    ),
    "free content": (
        lambda text: content_blocks(text=text, known=LINKS),
        ("## a\n", "## ", "> ", ">", "\\", "[", "[a](/b)", "- ", "\n", "\n\n", "a", " "),
    ),
    "french spaces": (
        lambda text: no_break_spaces(html=text),
        ("<", "<!--", "-->", "<a ", ">", '"', "'", "</", "<code>", "</code ", " ", " :", "« ", "a"),
    ),
    "acronyms": (
        lambda text: spell_out(html=text, expansions={"AVDL": "accompagnement", "A": "b"}),
        ("<", "<!--", "<a ", "<a>", "</a>", ">", '"', "'", "AVDL", "A", "-", " "),
    ),
    "transcripts": (
        lambda text: passages_of(read_transcript(text=text).cues),
        ("\n", " ", "\t", "00:00:01 ", "00:01 --> 00:02\n", "<v A>", "<", "9", "-", "a"),
    ),
    "names of places": (normalise_name, ANY),
    "words of a search": (
        lambda text: list(analysis.words(text)),
        (" ", "a", "é", "’", "l’", "a.", "A.B.", "9", "-", "œ"),
    ),
    "the extracts of a result": (
        lambda text: (HIGHLIGHTER.extract(text, text), HIGHLIGHTER.segments(text)),
        ("bail ", "bail", "glissant ", "l’", "logement accompagné ", "log", " ", "\n", "é", "a", "."),
    ),
    "the typed territory": (
        lambda text: (list(wordings(text)), number_in(text)),
        (" ", "(", ")", "1", "1 ", ",", "-", "CD01 ", "cedex ", "ville de ", "Ain ", "l’", "é", "\u00a0"),
    ),
    "the keywords of a sheet": (
        lambda text: (distinct_names(text.split(",")), parse_tags(text)),  # partners' field, and Wagtail's
        (",", '"', " ", "a", "a,", 'a"', "é", "\n"),
    ),
    "the words of a version": (
        lambda text: marked_words(before=text, after=text[::-1]),
        (" ", "\n", "a ", "b\n", "é", "<"),
    ),
}


@pytest.mark.parametrize("reader", READERS)
def test_twice_the_text_takes_twice_the_time(reader: str):
    run, pieces = READERS[reader]
    for make in growing_texts(pieces):
        try:
            assert_linear(make, run, sizes=SIZES)
        except AssertionError:  # what is quadratic is so each time; a machine that does other things is not
            assert_linear(make, run, sizes=SIZES)


@pytest.mark.parametrize("make", [repeated("9"), repeated(" "), repeated("9 "), runs_of("a", " "), runs_of("9", ",")])
def test_a_key_figure_is_read_or_refused_at_once(make: Callable[[int], str]):
    assert_linear(make, lambda text: read_figure(text=f"{text} | a | b"), refusals=(ValueError,))
