"""Inclusive writing is read as the plain word, and what only looks like it is left alone."""

import time

import pytest

from search import analysis
from search.compiler import read_text
from search.inclusive import plain_writing
from search.synonyms import AcronymTable

INCLUSIVE = [
    ("réfugié·e·s", "réfugiés"),
    ("réfugié⋅e⋅s", "réfugiés"),
    ("réfugié•e•s", "réfugiés"),
    ("réfugié‧e‧s", "réfugiés"),
    ("réfugié.e.s", "réfugiés"),
    ("réfugié-e-s", "réfugiés"),
    ("réfugié‑e‑s", "réfugiés"),
    ("réfugié/e/s", "réfugiés"),
    ("réfugié(e)s", "réfugiés"),
    ("réfugié(e)(s)", "réfugiés"),
    ("réfugié(e-s)", "réfugiés"),
    ("réfugié·es", "réfugiés"),
    ("RÉFUGIÉ·E·S", "réfugiés"),
    ("refugie.e.s", "réfugiés"),
    ("étudiant·e", "étudiant"),
    ("l’étudiant·e", "l’étudiant"),
    ("travailleurs·euses", "travailleurs"),
    ("travailleur·se·s", "travailleurs"),
    ("travailleur(se)s", "travailleurs"),
    ("acteur/trice", "acteur"),
    ("acteur·rice·s", "acteurs"),
    ("conseiller·ère·s", "conseillers"),
    ("professionnel·le·s", "professionnels"),
    ("citoyen(ne)s", "citoyens"),
    ("nouveaux·elles", "nouveaux"),
    ("bénévole·s", "bénévoles"),
    ("tou·te·s", "tous"),
    ("logement(s)", "logements"),
    ("logement.s", "logements"),
    ("veuf·ve", "veuf"),
    ("locataire(s)", "locataires"),
]
LEFT_ALONE = [
    "ville/commune",
    "et/ou",
    "24/7",
    "CD/EPCI",
    "e-mail",
    "peut-être",
    "a-t-elle",
    "dit-elle",
    "celle-ci",
    "envoyez-le",
    "km/h",
    "il/elle",
    "porte-à-porte",
    "www.caf.fr",
    "quartier.Les",
    "local.Les",
    "quartier.le",
    "FSL(s)",
    "S.I.A.O.",
    "vis-à-vis",
    "jeunes/adultes",
    "(e)",
    "·e·s",
]


def terms(text):
    return analysis.analyse(analysis.clean(text)).terms


def compiled(text):
    return read_text(text=text, acronyms=AcronymTable()).node


@pytest.mark.parametrize(("written", "plain"), INCLUSIVE)
def test_an_entry_has_the_term_of_the_plain_word(written, plain):
    assert terms(f"Un {written} là") == terms(f"Un {plain} là")


@pytest.mark.parametrize(("written", "plain"), INCLUSIVE)
def test_a_query_is_that_of_the_plain_word(written, plain):
    assert compiled(f"accueil {written}, ville") == compiled(f"accueil {plain.lower()} ville")
    assert compiled(f"-{written}") == compiled(f"-{plain}")


def test_the_two_genders_side_by_side_are_two_words():
    assert plain_writing("étudiant·e/salarié·e") == "étudiant/salarié"
    assert terms("étudiant·e/salarié·e·s") == terms("étudiant salarié")


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_only_looks_like_it_is_left_alone(text):
    assert plain_writing(text) == text
    assert "".join(word.surface for word in analysis.words(text)) == "".join(
        word.surface for word in analysis.words(text.replace("/", " ").replace("-", " ").replace("(", " ( "))
    )


def test_the_whole_word_is_marked_in_extracts():
    text = "Les réfugié·e·s de l’Ain"
    word = analysis.word_at(text, 4)
    assert (text[word.start : word.end], word.surface) == ("réfugié·e·s", "réfugiés")
    assert [text[word.start : word.end] for word in analysis.words(text)] == ["Les", "réfugié·e·s", "de", "Ain"]


def test_words_and_the_indexed_text_agree():
    text = "\n".join([written for written, _ in INCLUSIVE] + LEFT_ALONE + ["réfugié.e.s.Fin réfugié.e·s a_bc·e l'x·e"])
    assert " ".join(word.term or analysis.STOP_MARK for word in analysis.words(text)) == terms(text)


def test_plain_words_are_suggested():
    assert analysis.spellings("acteur·rice·s") == {"acteurs|acteurs"}


@pytest.mark.parametrize(
    "piece", ["réfugié·e·s·", "l(e", "ab·", "a/e/s/", "(e)(s)", "mot.e.s.", "-e-s", "a", "eur·euses(s)·"]
)
def test_hostile_texts_take_a_time_in_proportion(piece):
    def seconds(times):
        started = time.process_time()
        terms(piece * times)
        plain_writing(piece * times)
        return time.process_time() - started

    seconds(1_000)
    assert seconds(20_000) < 40 * max(seconds(2_000), 0.01)
