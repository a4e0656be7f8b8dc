"""Whatever the recap comes as, its words are read; what is no recap is refused with a clear reason."""

import time
import zipfile
from io import BytesIO

import pytest

from events.recap.read.reading import read_recap
from events.recap.read.sources import MAX_BYTES
from events.recap.read.text import BlockKind, split_sentences
from hub.files import FileRefused
from tests.events.recap.conftest import SAMPLES

TITLE = "Retour sur le 90e atelier de la Dihal « L’été à l’œuvre » du 3 août 2022"
RECAP = f"{TITLE}\n\nCet atelier a réuni 40 participants.\n"


def texts(recap):
    return [block.text for block in recap.blocks]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_every_usual_encoding_gives_the_same_words(encoding):
    assert texts(read_recap(data=RECAP.encode(encoding))) == [TITLE, "Cet atelier a réuni 40 participants."]


def test_old_latin_1_files_are_read():
    recap = RECAP.replace("’", "'").replace("œ", "oe")
    assert "L'été à l'oeuvre" in texts(read_recap(data=recap.encode("latin-1")))[0]


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n", "\u2028"])
def test_line_ends_of_every_system_separate_paragraphs(end):
    assert texts(read_recap(data=RECAP.replace("\n", end).encode())) == [TITLE, "Cet atelier a réuni 40 participants."]


def test_invisible_characters_and_odd_spaces_do_not_break_words():
    recap = read_recap(data=f"{TITLE}\n\nL’accom\u00adpagne\u200bment a coûté 21\u2009000\u00a0€.\n")
    assert texts(recap)[1] == "L’accompagnement a coûté 21\u202f000\u00a0€."


def test_entities_left_in_a_text_are_read():
    assert texts(
        read_recap(data="Retour sur le 90e atelier de la Dihal &laquo;&nbsp;L&rsquo;&eacute;t&eacute;&nbsp;&raquo;")
    )[0].endswith("«\u00a0L’été\u00a0»")


def test_a_wrapped_mail_is_put_back_into_paragraphs():
    blocks = read_recap(data=(SAMPLES / "courriel.txt").read_bytes()).blocks
    assert len(blocks) == 4
    assert blocks[1].text.endswith("venus de toute la France.")


def test_lists_headings_and_links_of_a_text_are_seen():
    recap = read_recap(data=f"# {TITLE}\n\n- un point\n• un autre\n\nVoir https://exemple.fr/a_(b).\n")
    assert [block.kind for block in recap.blocks] == [
        BlockKind.HEADING,
        BlockKind.LIST_ITEM,
        BlockKind.LIST_ITEM,
        BlockKind.PARAGRAPH,
    ]
    assert recap.blocks[3].links[0].href == "https://exemple.fr/a_(b)"


def test_a_page_keeps_its_content_and_sets_its_furniture_aside():
    recap = read_recap(data=(SAMPLES / "page-drupal.html").read_bytes())
    content = " ".join(texts(recap))
    furniture = [block.text for block in recap.chrome]
    assert "dataLayer" not in content
    assert "Partager" not in content
    assert "Texte caché" not in content
    assert {"Partager la page", "Les ateliers", "Mentions légales", "Aller au contenu principal"} <= set(furniture)
    assert recap.blocks[0].kind is BlockKind.HEADING
    assert recap.blocks[0].level == 1
    assert recap.base_url == "https://www.exemple.gouv.fr/actualites/retour-94e-atelier"


def test_links_of_a_page_keep_their_words_and_full_address_and_scripts_are_dropped():
    recap = read_recap(
        data=f'<base href="https://exemple.fr/a/"><h1>{TITLE}</h1><p>Voir <a href="/b.pdf">le\n <b>guide</b></a>, '
        '<a href="javascript:alert(1)">rien</a>, <a href="http://[">cassé</a>.</p>'
    )
    paragraph = recap.blocks[1]
    assert paragraph.text == "Voir le guide, rien, cassé."
    assert [(link.href, paragraph.text[link.start : link.end]) for link in paragraph.links] == [
        ("https://exemple.fr/b.pdf", "le guide")
    ]


def test_a_page_that_is_one_big_form_or_menu_is_still_read():
    recap = read_recap(
        data=f'<body><form id="menu"><div class="share"><h1>{TITLE}</h1><p>Du texte.</p></div></form></body>'
    )
    assert texts(recap) == [TITLE, "Du texte."]


def test_broken_html_is_read_to_the_end():
    recap = read_recap(data=f"<p>{TITLE}<p>Un<b> deux<i>.</b> <li>Trois<div></p>Quatre<!-- jamais fermé <p>Cinq")
    assert " ".join(texts(recap)).startswith(f"{TITLE} Un deux. Trois Quatre")
    assert "Cinq" in texts(recap)[-1]


def test_a_line_break_after_a_bold_title_separates_it_from_the_text():
    recap = read_recap(data=(SAMPLES / "fragment-gras.html").read_bytes())
    strong = [block.text for block in recap.blocks if block.is_strong]
    assert strong[1:] == ["Le modèle et ses publics", "Construire dans les territoires ruraux", "Et la suite ?"]


def _archive() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", RECAP)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "vide"),
        ("", "vide"),
        (b" \r\n\t\n", "vide"),
        ("\ufeff".encode(), "vide"),
        (b"\x00" * 4000, "vide"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3" + RECAP.encode(), "PDF"),
        (_archive(), "Word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 50, "ancien document Office"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "PNG"),
        (b"\xff\xd8\xff\xe0" + b"x" * 50, "JPEG"),
        (bytes(range(256)) * 20, "binaire"),
        (RECAP.replace("a", "a\x00").encode(), "binaire"),
        ("Bonjour,\n\nla réunion de mardi est reportée.\n", "ni numéro ni sujet"),
        ("<html><body><h1>Recette</h1><p>Un atelier de cuisine.</p></body></html>", "ni numéro ni sujet"),
        ("<html><script>var a = 1;</script></html>", "aucun texte"),
        ("Le 3 mai.\n" * 60_000, "paragraphes"),
        (f"<h1>{TITLE}</h1>" + "<p>a</p>" * 40_000, "trop complexe"),
    ],
)
def test_what_is_no_recap_is_refused_with_its_reason(data, said):
    with pytest.raises(FileRefused, match=said):
        read_recap(data=data)


@pytest.mark.parametrize("size", [MAX_BYTES + 1, 50 * 1024 * 1024])
def test_a_huge_file_is_refused_by_its_size_at_once(size):
    data = b"a" * size
    start = time.process_time()
    with pytest.raises(FileRefused, match="limite : 5 Mo"):
        read_recap(data=data)
    assert time.process_time() - start < 0.05


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Un. Deux ! Trois ?", ["Un.", "Deux !", "Trois ?"]),
        ("M. Martin et Mme. Durand, cf. p. 12, sont venus. J. Dupont aussi.", 2),
        ("1. Présenter le bilan. Puis le reste.", 2),
        ("« Il parle. » Elle répond.", ["« Il parle. »", "Elle répond."]),
        ("Le coût est de 1.200 euros. Fin", 2),
        ("Associations… Et autres etc. Ensuite.", 3),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_would_say(text, sentences):
    found = [sentence.text for sentence in split_sentences(text=text)]
    assert found == sentences if isinstance(sentences, list) else len(found) == sentences
    assert "".join("".join(found).split()) == "".join(text.split())


@pytest.mark.parametrize(
    "line",
    [
        "Accueil > Actualités > Le bail glissant",
        "Vous êtes ici : Accueil / Ateliers",
        "Temps de lecture : 4 minutes",
        "Sauf mention explicite de propriété intellectuelle, les contenus de ce site sont sous licence etalab-2.0",
        "Cette page vous a-t-elle été utile ?",
        "À lire aussi",
        "service-public.gouv.fr",
        "Partager sur Bluesky",
    ],
)
def test_the_furniture_of_a_page_is_set_aside_and_not_in_the_text(understand, line):
    head = "Retour sur le 12e atelier de la Dihal « Le bail glissant » du 3 mars 2022"
    parsed = understand(f"{line}\n\n{head}\n\nL’atelier a réuni 90 participants.\n\n{line}\n")
    told = [block.text for block in (*parsed.introduction, *parsed.conclusion, *parsed.leftovers)]
    assert told == ["L’atelier a réuni 90 participants."]
    assert [aside.block.text for aside in parsed.asides].count(line) == 2
