"""Acronyms match what they stand for, and the reverse."""

import pytest

from search.compiler import Reach
from tests.search.contract.conftest import ids
from tests.search.factories import record

EXPANDED = record(1, "Une équipe", body="L’Accompagnement vers et dans le logement des ménages.")
SHORT = record(2, "L’AVDL en Isère")
OTHER = record(3, "Accompagnement social", body="dans un logement")


@pytest.mark.parametrize("typed", ["avdl", "AVDL", "A.V.D.L.", "l'AVDL", "Avdl"])
def test_an_acronym_finds_its_expansion(catalogue, typed):
    assert sorted(ids(catalogue(EXPANDED, SHORT, OTHER)(typed))) == [1, 2]


@pytest.mark.parametrize(
    "typed",
    [
        "accompagnement vers et dans le logement",
        "Accompagnement vers et dans le Logement",
        "accompagnements vers dans logement",
    ],
)
def test_an_expansion_finds_its_acronym(catalogue, typed):
    assert sorted(ids(catalogue(EXPANDED, SHORT, OTHER)(typed))) == [1, 2]


def test_an_acronym_among_other_words(catalogue):
    search = catalogue(EXPANDED, SHORT, OTHER)
    assert ids(search("avdl isère", reach=Reach.EXACT)) == [2]
    assert ids(search("ménages AVDL", reach=Reach.EXACT)) == [1]
    assert ids(search("isère accompagnement vers et dans le logement", reach=Reach.EXACT)) == [2]


def test_an_acronym_left_out_leaves_out_its_expansion(catalogue):
    assert ids(catalogue(EXPANDED, SHORT, OTHER)("-avdl")) == [3]


def test_a_quoted_acronym_is_taken_literally(catalogue):
    assert ids(catalogue(EXPANDED, SHORT, OTHER)('"AVDL"')) == [2]


@pytest.mark.parametrize("written", ["CHRS", "C.H.R.S.", "chrs", "les CHRS,"])
@pytest.mark.parametrize("typed", ["chrs", "CHRS", "c.h.r.s"])
def test_an_acronym_is_one_however_it_is_written(catalogue, written, typed):
    assert catalogue(record(1, written))(typed).total == 1


def test_acronyms_are_not_stemmed(catalogue):
    search = catalogue(record(1, "Le CLES de l’Ain"), record(2, "Les clés du logement"), record(3, "Une clé"))
    assert ids(search("CLES")) == [1]
    assert sorted(ids(search("clés"))) == [1, 2, 3]  # typed as a word it may be either


def test_an_acronym_the_table_does_not_know_is_found_in_any_case(catalogue):
    search = catalogue(record(1, "La DDETS de l’Ain"), record(2, "la Ddets du Rhône"), record(3, "Autre"))
    assert sorted(ids(search("ddets"))) == sorted(ids(search("DDETS"))) == [1, 2]


def test_the_table_is_read_at_each_query(catalogue):
    search = catalogue(record(1, "Pension de famille"), record(2, "La PDF de Belley"))
    assert ids(search("pdf", acronyms=())) == [2]
    assert sorted(ids(search("pdf", acronyms=[("PDF", "pension de famille")]))) == [1, 2]
    assert sorted(ids(search("pensions de famille", acronyms=[("PDF", "pension de famille")]))) == [1, 2]


def test_two_schemes_may_share_an_acronym_and_an_expansion(catalogue):
    table = [
        ("AIS", "aide à l’insertion sociale"),
        ("AIS", "action immobilière solidaire"),
        ("AIS2", "aide à l’insertion sociale"),
    ]
    search = catalogue(
        record(1, "Aide à l’insertion sociale"), record(2, "Action immobilière solidaire"), record(3, "AIS2")
    )
    assert sorted(ids(search("ais", acronyms=table))) == [1, 2]
    assert sorted(ids(search("aide à l'insertion sociale", acronyms=table))) == [1, 3]
