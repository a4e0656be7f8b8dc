"""Inclusive writing, in entries and in queries, finds what the plain word finds."""

import pytest

from search.compiler import Reach
from tests.search.contract.conftest import ids
from tests.search.factories import record

FORMS = """
réfugié·e·s réfugié⋅e⋅s réfugié•e•s réfugié.e.s réfugié-e-s réfugié/e/s réfugié(e)s réfugié(e)(s) réfugié·es RÉFUGIÉ·E·S
""".split()


@pytest.mark.parametrize("form", FORMS)
def test_an_entry_in_inclusive_writing_is_found_by_the_plain_word_and_by_any_other_form(catalogue, form):
    search = catalogue(record(1, f"Accueil des {form} en ville"), record(2, "Accueil des étudiants"))
    for typed in ("réfugiés", "réfugiée", "refugie", "accueil réfugiés", '"accueil des réfugiés"', *FORMS):
        assert ids(search(typed, reach=Reach.EXACT)) == [1], typed
    assert ids(search(f"accueil -{form}")) == [2]


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("travailleurs·euses sociaux·ales", "travailleur social"),
        ("acteur/trice local", "acteurs"),
        ("directeurs", "directeur·rice·s"),
        ("bénévoles", "bénévole·s"),
        ("logement(s) vacant(s)", "logement vacant"),
        ("citoyens", "citoyen(ne)s"),
    ],
)
def test_endings_of_every_kind(catalogue, written, typed):
    assert ids(catalogue(record(1, written), record(2, "Autre chose"))(typed)) == [1]


@pytest.mark.parametrize("typed", ["ville", "commune", "ville/commune", "e-mail", "mail", "peut-être 24/7", "EPCI"])
def test_what_only_looks_like_it_stays_several_words(catalogue, typed):
    search = catalogue(
        record(1, "Une ville/commune, un CD/EPCI, un e-mail : peut-être ouvert 24/7"), record(2, "Autre")
    )
    assert ids(search(typed)) == [1]


def test_the_whole_word_is_marked(catalogue):
    (hit,) = catalogue(record(1, "Fiche", summary="Accueil des réfugié·e·s de l’Ain"))("réfugié").hits
    assert [text for text, is_match in hit.extract if is_match] == ["réfugié·e·s"]
