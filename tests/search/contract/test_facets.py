"""Audiences, axes, schemes… : what they keep, and what they count."""

from tests.search.contract.conftest import counts, ids
from tests.search.factories import UNIVERSAL, record

RECORDS = (
    record(1, "Un", audiences=("jeunes", "jeunes-ase"), axes=("logement",), type="initiative", years=("2021", "2022")),
    record(2, "Deux", audiences=("jeunes",), axes=("sante",), type="atelier", years=("2022",), has_replay=True),
    record(3, "Trois", audiences=("familles",), axes=("logement", "sante"), organisations=("adil-01",)),
    record(4, "Quatre", audiences=(UNIVERSAL,), axes=("emploi",), schemes=("avdl",), tags=("bail",)),
)


def test_tous_publics_always_matches(catalogue):
    search = catalogue(*RECORDS)
    assert sorted(ids(search(audiences=("jeunes",)))) == [1, 2, 4]
    assert sorted(ids(search(audiences=("jeunes-ase",)))) == [1, 4]
    assert sorted(ids(search(audiences=("familles",)))) == [3, 4]
    assert ids(search(audiences=(UNIVERSAL,))) == [4]


def test_values_of_a_facet_are_alternatives_and_facets_add_up(catalogue):
    search = catalogue(*RECORDS)
    assert sorted(ids(search(axes=("sante", "emploi")))) == [2, 3, 4]
    assert ids(search(axes=("sante",), types=("atelier",))) == [2]
    assert search(axes=("emploi",), types=("atelier",)).total == 0


def test_every_facet_filters(catalogue):
    search = catalogue(*RECORDS)
    assert ids(search(organisations=("adil-01",))) == [3]
    assert ids(search(schemes=("avdl",))) == [4]
    assert ids(search(tags=("bail",))) == [4]
    assert ids(search(years=("2021",))) == [1]
    assert ids(search(replay=True)) == [2]
    assert sorted(ids(search(replay=False))) == [1, 3, 4]


def test_counts_ignore_the_facets_own_choice_and_obey_the_others(catalogue):
    results = catalogue(*RECORDS)(axes=("sante",), types=("atelier",))
    assert counts(results, "axes") == {"sante": 1}
    assert counts(results, "type") == {"atelier": 1, "initiative": 1}
    assert counts(results, "has_replay") == {"oui": 1}


def test_counts_say_what_choosing_the_value_would_give(catalogue):
    search = catalogue(*RECORDS)
    for field, attribute in (("audiences", "audiences"), ("axes", "axes"), ("type", "types"), ("years", "years")):
        for value, count in counts(search(), field).items():
            assert search(**{attribute: (value,)}).total == count, (field, value)


def test_tous_publics_counts_for_every_audience(catalogue):
    results = catalogue(*RECORDS)()
    assert counts(results, "audiences") == {"jeunes": 3, "familles": 2, "jeunes-ase": 2, UNIVERSAL: 1}


def test_chosen_values_stay_in_view_at_zero(catalogue):
    results = catalogue(*RECORDS)(axes=("emploi",), types=("atelier",))
    assert results.total == 0
    assert counts(results, "axes") == {"sante": 1, "emploi": 0}
    assert [count.value for count in results.facets["axes"] if count.is_selected] == ["emploi"]


def test_the_order_of_counts_is_stable(catalogue):
    search = catalogue(*RECORDS)
    assert [count.value for count in search().facets["axes"]] == ["logement", "sante", "emploi"]
    assert [count.value for count in search().facets["years"]] == ["2022", "2021"]


def test_counts_obey_the_words_and_the_territory(catalogue):
    search = catalogue(
        record(1, "Logement", axes=("a",), territories=("departement-01",)),
        record(2, "Logement", axes=("b",), territories=("departement-71",)),
        record(3, "Santé", axes=("c",), territories=("departement-01",)),
    )
    assert counts(search("logement"), "axes") == {"a": 1, "b": 1}
    assert counts(search("logement", territory="departement-01"), "axes") == {"a": 1}


def test_an_empty_index_answers(catalogue):
    results = catalogue()("logement", axes=("sante",))
    assert results.total == 0
    assert results.is_ready
    assert counts(results, "axes") == {"sante": 0}
