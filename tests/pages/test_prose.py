"""Texts of the pages: acronyms spelt out once, French punctuation kept with its word, tags never touched."""

import pytest

from hub.pages.prose import known_acronyms, no_break_spaces, spell_out
from tests.factories import SchemeFactory

AVDL = '<abbr title="Accompagnement vers et dans le logement">AVDL</abbr>'
FNAVDL = '<abbr title="Fonds national AVDL">FNAVDL</abbr>'
EXPANSIONS = {
    "AVDL": "Accompagnement vers et dans le logement",
    "FNAVDL": "Fonds national AVDL",
    "A&R": "Accès & relogement",
}


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>L’AVDL aide. L’AVDL suit.</p>", f"<p>L’{AVDL} aide. L’AVDL suit.</p>"),
        ("<p>FNAVDL puis AVDL</p>", f"<p>{FNAVDL} puis {AVDL}</p>"),
        ("<p>AVDL/FNAVDL</p>", f"<p>{AVDL}/{FNAVDL}</p>"),
        ("<p>avdl, AVDLX, pré-AVDL, AVDL-2</p>", "<p>avdl, AVDLX, pré-AVDL, AVDL-2</p>"),
        ('<a href="/x">AVDL</a> AVDL', f'<a href="/x">AVDL</a> {AVDL}'),
        ("<h2>AVDL</h2><h3>b AVDL</h3><button>AVDL</button>", "<h2>AVDL</h2><h3>b AVDL</h3><button>AVDL</button>"),
        ("<img alt=\"AVDL > tout\" title='AVDL'>AVDL", f"<img alt=\"AVDL > tout\" title='AVDL'>{AVDL}"),
        ("<a><span>AVDL</span></a><p>AVDL</p>", f"<a><span>AVDL</span></a><p>{AVDL}</p>"),
        ("<!-- AVDL --><p>AVDL</p>", f"<!-- AVDL --><p>{AVDL}</p>"),
        ("<p>A&amp;R</p>", '<p><abbr title="Accès &amp; relogement">A&amp;R</abbr></p>'),
        ("<p>Sans fin <b>AVDL", f"<p>Sans fin <b>{AVDL}"),
        ("1 < 2 AVDL", f"1 < 2 {AVDL}"),
    ],
)
def test_an_acronym_is_spelt_out_the_first_time_it_is_read_as_prose(html, expected):
    assert spell_out(html=html, expansions=EXPANSIONS) == expected


def test_an_expansion_cannot_bring_markup():
    html = spell_out(html="<p>XY</p>", expansions={"XY": '"><script>alert(1)</script>'})
    assert html == '<p><abbr title="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;">XY</abbr></p>'


def test_without_vocabulary_the_page_is_left_alone():
    assert spell_out(html="<p>AVDL</p>", expansions={}) == "<p>AVDL</p>"


@pytest.mark.django_db
def test_acronyms_come_from_the_vocabulary_in_one_query(django_assert_num_queries):
    SchemeFactory(acronym="ASLL", expansion="Accompagnement social lié au logement")
    SchemeFactory(acronym="", expansion="Logement d’abord")
    with django_assert_num_queries(1):
        assert known_acronyms() == {"ASLL": "Accompagnement social lié au logement"}


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>Une règle : oui ; non ! quoi ?</p>", "<p>Une règle\u00a0: oui\u00a0; non\u00a0! quoi\u00a0?</p>"),
        ("<p>« mot »</p>", "<p>«\u00a0mot\u00a0»</p>"),
        ("<p>88 % et 52 €</p>", "<p>88\u00a0% et 52\u00a0€</p>"),
        ("<em>mot</em> : suite", "<em>mot</em>\u00a0: suite"),
        ('<a title="a : b" href="/?q=a :b">a : b</a>', '<a title="a : b" href="/?q=a :b">a\u00a0: b</a>'),
        ("<pre>a : b</pre><textarea>a ?</textarea>", "<pre>a : b</pre><textarea>a ?</textarea>"),
        ("<p>\n      : en retrait</p>", "<p>\n      : en retrait</p>"),
        ("<p>http ://x :8080</p>", "<p>http ://x :8080</p>"),
        ("<p>déjà\u00a0: bien</p>", "<p>déjà\u00a0: bien</p>"),
    ],
)
def test_punctuation_stays_with_its_word(html, expected):
    assert no_break_spaces(html=html) == expected
