"""What people type, and the rich text it becomes: nothing is lost on the way, nothing typed is HTML."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.pages.markup import to_html, to_plain
from hub.pages.markup.content import content_blocks, plain_of
from hub.pages.markup.html import addresses_in, write_html
from hub.pages.markup.segments import Block, Segment, canonical_blocks
from hub.pages.markup.typed import typed_lists
from initiatives.models import InitiativePage

EXISTING_LINKS = addresses_in(html='<a linktype="page" id="3">x</a><a href="/glossaire/">x</a>')
ADDRESSES = ["", "", "", "https://exemple.fr/a_b", "page:3", "mailto:a@exemple.fr", "/glossaire/"]
WORDS = st.text(alphabet="ab1 é\n*_[]()^\\#-.<>&\"'\xa0", min_size=1, max_size=8)
MARKS = st.sampled_from(["- a", "1. b", "### c", "## d", "> e", "\n> f", "\n* g", "\n\\> h", "](https://exemple.fr)"])
SEGMENTS = st.builds(
    Segment, WORDS | MARKS, st.frozensets(st.sampled_from(["b", "i", "sup"])), st.sampled_from(ADDRESSES)
)
BLOCKS = st.builds(
    Block,
    st.sampled_from(["p", "p", "h3", "h4", "ul", "ol"]),
    st.lists(SEGMENTS, max_size=5).map(tuple),
    st.integers(0, 3),
)


@given(st.lists(BLOCKS, max_size=5))
def test_rich_text_edited_as_plain_text_is_the_same_rich_text(blocks):
    html = write_html(blocks=canonical_blocks(blocks))
    assert to_html(text=to_plain(html=html), known=EXISTING_LINKS) == html


@given(st.text(alphabet='ab1 \n\t*_[]()^\\#-.<>&"', max_size=40))
def test_what_was_typed_means_the_same_when_it_is_edited_again(text):
    html = to_html(text=text)
    assert to_html(text=to_plain(html=html)) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Un.\n\nDeux.", "<p>Un.</p><p>Deux.</p>"),
        ("Une ligne\r\nune autre", "<p>Une ligne<br/>une autre</p>"),
        ("Avec :\n- un\n- deux", "<p>Avec :</p><ul><li>un</li><li>deux</li></ul>"),
        ("1. un\n2. deux\n  - et", "<ol><li>un</li><li>deux<ul><li>et</li></ul></li></ol>"),
        ("### Titre\n#### Sous-titre", "<h3>Titre</h3><h4>Sous-titre</h4>"),
        ("**gras** et _italique_, 1^(er)", "<p><b>gras</b> et <i>italique</i>, 1<sup>er</sup></p>"),
        ("[le site](https://exemple.fr)", '<p><a href="https://exemple.fr">le site</a></p>'),
        ("[écrire](mailto:a@exemple.fr)", '<p><a href="mailto:a@exemple.fr">écrire</a></p>'),
        ("jean_paul_b@exemple.fr, 2 * 3", "<p>jean_paul_b@exemple.fr, 2 * 3</p>"),
        (r"\*\*pas gras\*\*", "<p>**pas gras**</p>"),
        ("", ""),
    ],
)
def test_the_light_markup_says_paragraphs_lists_headings_and_links(text, html):
    assert to_html(text=text) == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](page:12)",
        "[x](document:4)",
        "[x](/gestion/)",
        '[x](https://a.fr"onclick="alert(1))',
        "<b>gras</b>",
    ],
)
def test_nothing_typed_becomes_html_or_an_unsafe_link(text):
    html = to_html(text=text)
    assert html.count("<") == 2
    assert html.startswith("<p>")


def test_links_to_pages_and_documents_stay_while_their_text_is_edited():
    html = '<p data-block-key="a1">Voir <a linktype="document" id="4">le bilan</a>.</p>'
    text = to_plain(html=html)
    assert text == "Voir [le bilan](document:4)."
    edited = to_html(text=text.replace("Voir", "Lire"), known=addresses_in(html=html))
    assert edited == '<p>Lire <a linktype="document" id="4">le bilan</a>.</p>'


def test_words_that_the_markup_cannot_style_are_kept():
    html = "<h2>Titre</h2><blockquote>Une <code>citation</code></blockquote><hr/><p>Fin</p>"
    assert to_plain(html=html) == "### Titre\n\nUne citation\n\nFin"


def test_a_numbered_list_goes_on_after_an_empty_line():
    assert to_html(text="1. un\n\n2. deux") == "<ol><li>un</li><li>deux</li></ol>"


@pytest.mark.parametrize(
    ("pasted", "html"),
    [
        # A cell of a spreadsheet.
        ("Trois temps :\n• un\n• deux", "<p>Trois temps :</p><ul><li>un</li><li>deux</li></ul>"),
        ("·\tun\n·\tdeux", "<ul><li>un</li><li>deux</li></ul>"),
        ("– un\n– deux\n— trois", "<ul><li>un</li><li>deux</li><li>trois</li></ul>"),
        # Word, and its fonts of signs.
        ("•\tun\no\tdedans\n•\tdeux", "<ul><li>un<ul><li>dedans</li></ul></li><li>deux</li></ul>"),
        (
            "\uf0b7 un\no   dedans\n\uf0a7 plus loin",
            "<ul><li>un<ul><li>dedans<ul><li>plus loin</li></ul></li></ul></li></ul>",
        ),
        ("• un\r\n– dedans\r\n• deux", "<ul><li>un<ul><li>dedans</li></ul></li><li>deux</li></ul>"),
        # LibreOffice and Google Docs.
        ("• un\n    ◦ dedans\n• deux", "<ul><li>un<ul><li>dedans</li></ul></li><li>deux</li></ul>"),
        ("* un\n   * dedans\n* deux", "<ul><li>un<ul><li>dedans</li></ul></li><li>deux</li></ul>"),
        ("1. un\n• dedans\n2. deux", "<ol><li>un<ul><li>dedans</li></ul></li><li>deux</li></ol>"),
        ("• un,\nla suite\n• deux", "<ul><li>un,<br/>la suite</li><li>deux</li></ul>"),
        ("▪ seul\n▪ signe", "<ul><li>seul</li><li>signe</li></ul>"),
        # No list.
        ("Une baisse\n-5 % en un an", "<p>Une baisse<br/>-5 % en un an</p>"),
        ("o le matin", "<p>o le matin</p>"),
        ("A • B · C", "<p>A • B · C</p>"),
        ("2 000.\n*important*", "<p>2 000.<br/>*important*</p>"),
    ],
)  # fmt: skip
def test_lists_pasted_from_elsewhere_are_lists_without_their_signs(pasted, html):
    assert to_html(text=pasted) == html


@given(st.text(alphabet='ab1 \n\t*_-.#"', max_size=40))
def test_a_text_without_pasted_lists_is_left_as_it_was_typed(text):
    lines = text.split("\n")
    if not any(line.lstrip(" \t").startswith("* ") or line.lstrip(" \t").startswith("*\t") for line in lines):
        assert typed_lists(text) == text


def stored(raw):
    """The raw blocks of a free content, as a sheet keeps them."""
    return InitiativePage._meta.get_field("body").to_python(json.dumps(raw))


HTML = st.lists(BLOCKS, max_size=3).map(lambda blocks: write_html(blocks=canonical_blocks(blocks)))
TITLES = (WORDS | MARKS).map(lambda words: " ".join(words.split()))


@st.composite
def contents(draw):
    """Titles, call-outs and texts that say something; two texts in a row would be one."""
    raw = []
    for kind in draw(st.lists(st.sampled_from(["heading", "callout", "text"]), max_size=5)):
        title, html = draw(TITLES), draw(HTML)
        if kind == "heading" and title:
            raw.append({"type": kind, "value": title})
        elif kind == "callout" and html:
            raw.append({"type": kind, "value": {"title": title, "text": html}})
        elif html and not (raw and raw[-1]["type"] == "text"):
            raw.append({"type": "text", "value": html})
    return raw


@given(contents())
def test_free_content_edited_as_plain_text_is_the_same_content(raw):
    assert content_blocks(text=plain_of(body=stored(raw)), known=EXISTING_LINKS) == raw


@given(st.text(alphabet="ab1 \n#>*_-.\\[]()", max_size=40))
def test_free_content_means_the_same_when_it_is_edited_again(text):
    plain = plain_of(body=stored(content_blocks(text=text)))
    assert plain_of(body=stored(content_blocks(text=plain))) == plain


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        (
            "Un.\n\nDeux.\n\n## Titre\n\n> À compléter\nLe nom.\n\nTrois.",
            [
                {"type": "text", "value": "<p>Un.</p><p>Deux.</p>"},
                {"type": "heading", "value": "Titre"},
                {"type": "callout", "value": {"title": "À compléter", "text": "<p>Le nom.</p>"}},
                {"type": "text", "value": "<p>Trois.</p>"},
            ],
        ),
        (
            "Avant :\n> À _retenir_\n> Un **point**.\n>\n> - un\n>   - dedans\n## 1. Suite\nFin.",
            [
                {"type": "text", "value": "<p>Avant :</p>"},
                {
                    "type": "callout",
                    "value": {
                        "title": "À retenir",
                        "text": "<p>Un <b>point</b>.</p><ul><li>un<ul><li>dedans</li></ul></li></ul>",
                    },
                },
                {"type": "heading", "value": "1. Suite"},
                {"type": "text", "value": "<p>Fin.</p>"},
            ],
        ),
        ("> Seul", [{"type": "callout", "value": {"title": "", "text": "<p>Seul</p>"}}]),
        (
            ">\n> Une ligne\n> et l’autre",
            [{"type": "callout", "value": {"title": "", "text": "<p>Une ligne<br/>et l’autre</p>"}}],
        ),
        (">50 %\n\\> 50 %", [{"type": "text", "value": "<p>&gt;50 %<br/>&gt; 50 %</p>"}]),
        ("> \n>", [{"type": "text", "value": "<p>&gt;<br/>&gt;</p>"}]),
        (" \n\n ", []),
    ],
)
def test_titles_and_call_outs_are_blocks_and_the_rest_is_text(text, blocks):
    assert content_blocks(text=text) == blocks
