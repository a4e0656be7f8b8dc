"""When few entries have everything, those that have enough of it follow."""

import itertools

import pytest

from search.compiler import Reach
from search.enums import Scope, Sort
from search.synonyms import AliasedEntry, Equivalence, SynonymTable
from tests.search.contract.conftest import counts, ids
from tests.search.factories import AIN, AURA, BOURG, FRANCE, record


def filler(first: int, count: int, text: str):
    return [record(number, text) for number in range(first, first + count)]


def missing(results):
    return {hit.page_id: hit.missing for hit in results.hits}


def test_entries_that_have_everything_come_first_then_those_that_have_enough(catalogue):
    search = catalogue(
        record(1, "Accueil", body="Des chiens sont admis, des SDF aussi."),
        record(2, "Maraude auprès des SDF"),
        record(3, "Chien et chat"),
        record(4, "Jardins partagés"),
        *filler(10, 20, "Tout autre sujet"),
    )
    results = search("SDF avec chien")
    assert ids(results)[0] == 1
    assert sorted(ids(results)) == [1, 2, 3]
    assert (results.total, results.near_total) == (3, 2)
    assert missing(results) == {1: (), 2: ("chien",), 3: ("SDF",)}


def test_a_word_no_entry_has_does_not_empty_the_page(catalogue):
    search = catalogue(record(1, "Maraude auprès des SDF"), *filler(10, 20, "Tout autre sujet"))
    results = search("SDF avec perroquet", reach=Reach.NEAR)
    assert missing(results) == {1: ("perroquet",)}
    assert search("perroquet", reach=Reach.NEAR).total == 0


def test_a_rare_word_weighs_more_than_common_ones(catalogue):
    search = catalogue(
        record(1, "Logement", body="Un bidonville"),
        record(2, "Logement et accueil des habitants"),
        *filler(10, 30, "Logement et accueil"),
        *filler(50, 30, "Accueil des habitants"),
    )
    results = search("accueil habitants bidonville logement", size=5)
    assert ids(results)[:2] == [1, 2]


def test_half_of_the_words_by_weight_is_wanted(catalogue):
    search = catalogue(
        record(1, "alpha bravo charlie delta"),
        record(2, "alpha bravo"),
        record(3, "alpha"),
        record(4, "bravo"),
        record(5, "charlie delta"),
        record(6, "charlie"),
        record(7, "delta"),
    )
    results = search("alpha bravo charlie delta")
    assert sorted(ids(results)) == [1, 2, 5]  # a word alone is not half of four


@pytest.mark.parametrize("exact", [0, 1, 9])
def test_with_fewer_than_ten_the_second_tier_follows_and_both_are_counted(catalogue, exact):
    search = catalogue(*filler(1, exact, "Colocation intergénérationnelle"), *filler(100, 15, "Colocation"))
    results = search("colocation intergénérationnelle", reach=Reach.NEAR, size=10)
    assert (results.total, results.near_total) == (exact + 15, 15)
    assert counts(results, "type") == {"initiative": exact + 15}
    assert [not hit.missing for hit in results.hits] == [True] * exact + [False] * (10 - exact)


def test_with_ten_entries_that_have_everything_nothing_else_is_found_or_counted(catalogue):
    search = catalogue(*filler(1, 10, "Colocation intergénérationnelle"), *filler(100, 15, "Colocation"))
    results = search("colocation intergénérationnelle")
    assert (results.total, results.near_total) == (10, 0)
    assert counts(results, "type") == {"initiative": 10}


def test_pages_go_through_both_tiers_without_a_gap_or_a_repetition(catalogue):
    search = catalogue(*filler(1, 7, "Bail mobilité"), *filler(100, 23, "Bail"))
    whole = ids(search("bail mobilité", size=100))
    assert len(set(whole)) == 30
    for size in (1, 3, 7, 10):
        pages = itertools.chain.from_iterable(
            ids(search("bail mobilité", size=size, page=page)) for page in range(1, 30 // size + 2)
        )
        assert list(pages) == whole
    beyond = search("bail mobilité", size=10, page=5)
    assert (ids(beyond), beyond.total) == ([], 30)


def test_what_is_quoted_or_left_out_stays_so_in_both_tiers(catalogue):
    search = catalogue(
        record(1, "Le bail glissant des jeunes"),
        record(2, "Bail glissant"),
        record(3, "Bail des jeunes", body="glissant"),
        record(4, "Bail glissant en foyer"),
        record(5, "Jeunes"),
        *filler(10, 20, "Tout autre sujet"),
    )
    assert ids(search('"bail glissant" jeunes mobilité -foyer', reach=Reach.NEAR)) == [1]
    assert sorted(ids(search('"bail glissant" jeunes', reach=Reach.NEAR))) == [1]
    assert sorted(ids(search("glissant jeunes -foyer", reach=Reach.NEAR))) == [1, 2, 3, 5]
    assert sorted(ids(search('"jeunes" bail mobilité', reach=Reach.NEAR))) == [1, 3]


def test_filters_are_strict_in_both_tiers(catalogue):
    search = catalogue(
        record(1, "Colocation étudiante", axes=("logement",)),
        record(2, "Colocation", axes=("logement",)),
        record(3, "Colocation", axes=("sante",)),
    )
    results = search("colocation étudiante", axes=("logement",))
    assert ids(results) == [1, 2]
    assert counts(results, "axes") == {"logement": 2, "sante": 1}


def test_the_territory_is_strict_and_its_own_entries_come_first_within_each_tier(catalogue):
    search = catalogue(
        record(1, "Colocation étudiante", territories=[FRANCE]),
        record(2, "Colocation", territories=[BOURG]),
        record(3, "Colocation", territories=[AURA]),
        record(4, "Colocation étudiante", territories=[AIN]),
        record(5, "Colocation étudiante", territories=["commune-71270"]),
        record(6, "Colocation", territories=["commune-71270"]),
    )
    results = search("colocation étudiante", territory=BOURG)
    assert ids(results) == [4, 1, 2, 3]
    assert (results.total, results.near_total, results.located_total) == (4, 2, 1)
    assert ids(search("colocation étudiante", territory=BOURG, scope=Scope.WITHIN)) == [2]


@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.OLDEST])
def test_tiers_hold_in_every_order(catalogue, sort):
    search = catalogue(record(1, "Colocation étudiante"), record(2, "Colocation"), record(3, "Colocation étudiante"))
    results = search("colocation étudiante", sort=sort)
    assert [bool(hit.missing) for hit in results.hits] == [False, False, True]


def test_words_that_are_there_count_before_the_fields_they_stand_in(catalogue):
    search = catalogue(
        record(1, "alpha"),
        record(2, body="alpha bravo charlie"),
        record(3, "alpha bravo", keywords="alpha bravo"),
        record(4, body="delta"),
    )
    assert ids(search("alpha bravo charlie delta", reach=Reach.NEAR))[:2] == [2, 3]


def test_the_exact_reach_stops_at_the_first_tier(catalogue):
    search = catalogue(record(1, "Colocation étudiante"), record(2, "Colocation"))
    results = search("colocation étudiante", reach=Reach.EXACT)
    assert (ids(results), results.total, results.near_total) == ([1], 1, 0)


def test_twenty_words_are_no_burden(catalogue):
    words = [f"mot{letter}{other}" for letter, other in itertools.product("abcde", "wxyz")]
    search = catalogue(
        record(1, " ".join(words)),
        record(2, " ".join(words[:11])),
        record(3, " ".join(words[:9])),
        *filler(10, 40, "Tout autre sujet"),
    )
    assert ids(search(" ".join(words), reach=Reach.NEAR)) == [1, 2]


def test_words_of_a_question_count_for_nothing_beside_others(catalogue):
    search = catalogue(record(1, "Relogement des habitants du bidonville"), *filler(10, 20, "Tout autre sujet"))
    results = search("comment faire le relogement des habitants d’un bidonville ?")
    assert missing(results) == {1: ()}


def test_a_synonym_finds_and_weighs_less_than_the_word_itself(catalogue):
    table = SynonymTable(equivalences=[Equivalence(("bidonville", "campement", "habitat informel"), is_mutual=True)])
    search = catalogue(
        record(1, "Campement"),
        record(2, "Bidonville"),
        record(3, "Habitat informel"),
        record(4, "Habitat"),
        record(5, summary="Un bidonville"),
    )
    found = ids(search("bidonville", synonyms=table))
    assert (found[0], sorted(found)) == (2, [1, 2, 3, 5])
    assert sorted(ids(search("habitat informel", synonyms=table))) == [1, 2, 3, 5]
    assert ids(search('"bidonville"', synonyms=table)) == [2, 5]
    assert sorted(ids(search("-bidonville", synonyms=table))) == [1, 3, 4]


def test_an_alias_finds_the_entries_that_carry_the_vocabularys_entry(catalogue):
    table = SynonymTable(
        aliased=[AliasedEntry("audiences", "sans-domicile", ("Personnes sans domicile",), aliases=("SDF",))]
    )
    search = catalogue(
        record(1, "Maraude", audiences=("sans-domicile",)),
        record(2, "Personnes sans domicile"),
        record(3, "Maraude"),
        record(4, "Accueil des SDF"),
    )
    assert sorted(ids(search("SDF", synonyms=table))) == [1, 2, 4]
    assert ids(search("maraude SDF", synonyms=table))[0] == 1


def test_a_word_and_its_synonyms_are_one_thing(catalogue):
    table = SynonymTable(equivalences=[Equivalence(("aînés", "seniors", "personnes âgées"), is_mutual=True)])
    search = catalogue(record(1, "Logement des seniors"), record(2, "Logement des personnes âgées"), record(3, "Aînés"))
    results = search("logement aînés", synonyms=table)
    assert missing(results) == {1: (), 2: (), 3: ("logement",)}


def test_a_thing_said_in_several_words_counts_for_as_many(catalogue):
    table = SynonymTable(
        equivalences=[Equivalence(("femmes victimes de violences",), meanings=("violences conjugales",))]
    )
    search = catalogue(
        record(1, "Femmes victimes de violences"), record(2, "Campagne"), *filler(10, 20, "Tout autre sujet")
    )
    results = search("femmes victimes de violences campagne isolées", synonyms=table, reach=Reach.NEAR)
    assert ids(results) == [1]


@pytest.mark.parametrize("typed", ["sur endettement", "sur-endettement", "surendettement"])
def test_a_beginning_written_apart_is_read_as_meant(catalogue, typed):
    search = catalogue(record(1, "Prévenir le surendettement"), record(2, "Tout autre sujet"))
    assert ids(search(typed, reach=Reach.EXACT)) == [1]


def test_both_halves_of_a_word_written_apart_are_still_found(catalogue):
    search = catalogue(record(1, "Colocation"), record(2, "Co-location"), record(3, "Location"))
    assert sorted(ids(search("co location", reach=Reach.EXACT))) == [1, 2]
