"""What typed words also mean: the table of the thesaurus and of the vocabularies' other names."""

from search import analysis
from search.compiler import read_text
from search.synonyms import AcronymTable, AliasedEntry, Equivalence, SynonymTable
from search.tree import Phrase, Term

FAMILY = Equivalence(wordings=("personnes âgées", "seniors", "aînés"), is_mutual=True)
CABIN = Equivalence(wordings=("cabane",), meanings=("bidonville", "habitat précaire"))
HOMELESS = AliasedEntry(
    field="audiences", slug="sans-domicile", names=("Personnes sans domicile",), aliases=("SDF", "sans domicile fixe")
)
HOUSING_FIRST = AliasedEntry(
    field="schemes", slug="siao", names=("SIAO", "Service intégré d’accueil et d’orientation"), aliases=("115", "CLES")
)
TABLE = SynonymTable(equivalences=(FAMILY, CABIN), aliased=(HOMELESS, HOUSING_FIRST))


def labels(*surfaces):
    return [synonym.label for synonym in TABLE.alternatives(surfaces=surfaces)]


def test_each_word_of_a_family_means_the_others():
    assert labels("seniors") == ["personnes âgées", "aînés"]
    assert labels("personnes", "âgées") == ["seniors", "aînés"]


def test_accents_capitals_and_inflections_make_no_difference():
    assert labels("SENIOR") == labels("séniors") == labels("Senior") == ["personnes âgées", "aînés"]
    assert labels("personne", "agee") == ["seniors", "aînés"]


def test_a_one_way_entry_goes_one_way():
    assert labels("cabanes") == ["bidonville", "habitat précaire"]
    assert labels("bidonville") == []


def test_several_words_are_found_word_after_word():
    nodes = [synonym.node for synonym in TABLE.alternatives(surfaces=("cabane",))]
    assert nodes == [Term("bidonvill"), Phrase(((0, "habitat"), (1, "precar")))]


def test_another_name_means_the_label_and_the_facet():
    (synonym,) = TABLE.alternatives(surfaces=("sdf",))
    assert synonym.facet == ("audiences", "sans-domicile")
    assert synonym.origin == "autre nom de « Personnes sans domicile »"
    assert [synonym.label for synonym in TABLE.alternatives(surfaces=("115",))] == [
        "SIAO",
        "Service intégré d’accueil et d’orientation",
    ]


def test_an_acronym_is_compared_as_it_is_written():
    assert labels("clés") == labels("CLES") != []
    assert labels("clé") == []


def test_the_longest_beginning_known_wins():
    known, unknown = read_text(text="sans domicile fixe chien", acronyms=AcronymTable(), synonyms=TABLE).concepts
    assert known.typed.endswith("domicile fixe")
    assert [synonym.origin for synonym in known.synonyms] == ["autre nom de « Personnes sans domicile »"]
    assert (unknown.typed, unknown.synonyms) == ("chien", ())


def test_wordings_of_any_kind_are_accepted():
    table = SynonymTable(
        equivalences=[Equivalence(("", "de la", "« »", "mot " * 50, "\x00", "chien"), ("", "chat"), is_mutual=True)],
        aliased=[AliasedEntry("axes", "x", ("",), ("y z",))],
    )
    assert [synonym.label for synonym in table.alternatives(surfaces=("chien",))] == ["chat"]


def test_a_look_up_touches_nothing_but_its_own_entries():
    many = [Equivalence((f"mot{rank}", f"terme{rank}", f"long mot {rank}"), is_mutual=True) for rank in range(2_000)]
    table = SynonymTable(equivalences=many)
    assert table.longest == 3
    assert [synonym.label for synonym in table.alternatives(surfaces=("mot1999",))] == ["terme1999", "long mot 1999"]


def test_a_word_of_a_question_is_told_by_its_exact_form():
    assert all(map(analysis.is_question_word, ("Comment", "existe", "aider", "créer", "Trouver")))
    assert not any(map(analysis.is_question_word, ("aide", "logement", "FAUT", "existence", "trouvaille")))
