"""From typed text to the tree engines translate. No database, no engine."""

import random

import pytest

from search.compiler import compile_query, read_text
from search.enums import Scope
from search.query import SearchQuery
from search.synonyms import AcronymTable
from search.tree import AllOf, AnyOf, Not, Phrase, Prefix, Term
from tests.search.factories import ACRONYMS, UNIVERSAL

TABLE = AcronymTable(ACRONYMS)


def compiled(text):
    return read_text(text=text, acronyms=TABLE).node


def test_words_must_all_match_as_stem_or_as_acronym():
    assert compiled("hébergement jeunes") == AllOf(
        (AnyOf((Term("heberg"), Term("hebergement"))), AnyOf((Term("jeun"), Term("jeunes"))))
    )


def test_an_acronym_is_itself_or_its_expansion():
    phrase = Phrase(((0, "accompagn"), (1, "ver"), (5, "log")))
    assert compiled("AVDL") == AnyOf((Term("avdl"), phrase))
    assert compiled("-AVDL") == Not(AnyOf((Term("avdl"), phrase)))


def test_an_expansion_is_its_words_or_its_acronym():
    words = AllOf((Term("accompagn"), Term("ver"), Term("log")))
    assert compiled("accompagnement vers et dans le logement") == AnyOf((words, Term("avdl")))


def test_phrases_exclusions_and_beginnings():
    assert compiled('"bail glissant" -loyer héberg*') == AllOf(
        (Phrase(((0, "bail"), (1, "gliss"))), Prefix("heberg"), Not(Term("loyer")))
    )


def test_twenty_words_at_most():
    node = compiled(" ".join(f"mot{number}x" for number in range(50)))
    assert len(node.children) == 20


def test_no_text_is_an_error():
    draw = random.Random(86)  # noqa: S311
    alphabet = "aéœ'’\"«»-*()[]{}:\\/~^+ .\x00\ud800\u202e0中🙂l\t\n"
    for _ in range(3_000):
        compiled("".join(draw.choices(alphabet, k=draw.randint(0, 40))))


def test_acronym_rows_of_any_kind_are_accepted():
    table = AcronymTable([("", "x"), ("ABC", ""), ("de", "le la"), ('"', "-"), ("A" * 300, "mot " * 300)])
    assert read_text(text="abc de", acronyms=table).node == Term("abc")


@pytest.mark.parametrize("text", ["", "   ", "de la", '"', '""', "l'", "*", "-"])
def test_nothing_to_look_for(text):
    assert compiled(text) is None


def test_tous_publics_is_added_to_the_publics_chosen():
    query = SearchQuery(audiences=("jeunes",), axes=("sante",), territory="commune-01004", scope=Scope.COVERING, page=3)
    result = compile_query(
        query=query, acronyms=TABLE, universal_audience=UNIVERSAL, containers=("departement-01", "pays-FR"), size=10
    )
    assert [(chosen.field, chosen.values) for chosen in result.filters] == [
        ("audiences", ("jeunes", UNIVERSAL)),
        ("axes", ("sante",)),
    ]
    assert result.territory.containers == ("departement-01", "pays-FR")
    assert (result.offset, result.size) == (20, 10)
    assert result.selected == {"audiences": ("jeunes",), "axes": ("sante",)}
