"""The terms of a text: what both engines index, and what extracts are marked by."""

import time

import pytest

from search import analysis


def terms(text):
    return analysis.analyse(analysis.clean(text)).terms


def test_stop_words_keep_their_place():
    assert terms("sortie de la rue") == "sort _ _ ru"


def test_an_article_is_no_word_of_its_own():
    assert terms("L’accès à l'hébergement") == "acce _ heberg"


@pytest.mark.parametrize("text", ["SIAO", "S.I.A.O.", "siao", "l’SIAO"])
def test_acronyms_have_one_term(text):
    assert terms(text) == "siao"


def test_titles_in_capitals_are_ordinary_words_and_lists_of_acronyms_are_not():
    assert terms("LOGEMENT DES JEUNES") == terms("Logement des jeunes")
    assert terms("FSL, CHRS, CLES") == "fsl chrs cles"


def test_words_and_the_indexed_text_agree():
    text = "L’hébergement d'urgence,\nÀ L'ÉCOLE DES FAMILLES\nle S.I.A.O. et la 86e édition_2 : aujourd’hui 52 M€.Fin"
    assert " ".join(word.term or analysis.STOP_MARK for word in analysis.words(text)) == terms(text)
    for word in analysis.words(text):
        assert text[word.start : word.end] == word.surface


def test_accents_never_matter():
    for word in (
        "précarité",
        "accompagnées",
        "étrangère",
        "bénéficièrent",
        "réfugié",
        "élève",
        "très",
        "santé",
        "mobilités",
    ):
        assert terms(word) == terms(analysis.fold(word)), word


def test_spellings_give_the_word_as_written():
    assert analysis.spellings("L’Hébergement de S.I.A.O.") == {"hebergement|hébergement", "siao|siao"}


def test_megabytes_are_analysed_in_linear_time():
    started = time.process_time()
    terms("l'" * 200_000)
    terms("a.b." * 200_000)
    terms("x" * 1_000_000)
    terms("ÉÉÉ " * 200_000)
    assert time.process_time() - started < 10


def test_terms_are_bounded():
    assert len(terms("x" * 10_000)) == analysis.MAX_TERM_LENGTH


@pytest.mark.parametrize(
    "family",
    [
        "former formation formateur", "insérer insertion", "prévenir prévention", "colocataire colocation",
        "domicilié domiciliation", "addiction addictologie addict", "louer location locatif",
        "vieillir vieillissement vieux",
        "tenir tenus tient", "maintenir maintien maintenu", "soutenir soutien", "médiateur médiation médiatrice",
        "hôpital hospitalisation hospitalier", "pauvre pauvreté", "précaire précarité", "énergie énergétique",
        "détenu détention", "scolaire scolarisation", "partenaire partenariat", "chômeur chômage", "urgent urgence",
        "expulser expulsion", "endetté endettement", "loger logement", "reloger relogement", "héberger hébergement",
    ],
)  # fmt: skip
def test_words_that_say_the_same_have_one_term(family):
    assert len({terms(word) for word in family.split()}) == 1, [terms(word) for word in family.split()]


@pytest.mark.parametrize(
    "pair",
    ["forme formation", "domicile domiciliation", "étude étudiant", "relogement logement", "départ partir",
     "tuteur tuyau", "endettement surendettement", "locataire location", "mineur minorité"],
)  # fmt: skip
def test_words_that_are_only_near_keep_their_own_term(pair):
    first, second = pair.split()
    assert terms(first) != terms(second)


def test_conjugated_auxiliaries_are_stop_words():
    assert terms("ils auront serait eurent") == "_ _ _ _"
