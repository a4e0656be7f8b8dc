"""The three rules of territory."""

import pytest

from search.enums import Scope, Sort
from tests.search.contract.conftest import ids
from tests.search.factories import AIN, AURA, BOURG, CA_BOURG, CA_MACON, FRANCE, MACON, SAONE_ET_LOIRE, record

RECORDS = (
    record(1, "Commune", territories=(BOURG,)),
    record(2, "Agglomération", territories=(CA_BOURG,)),
    record(3, "Département", territories=(AIN,)),
    record(4, "Région", territories=(AURA,)),
    record(5, "Nationale", territories=(FRANCE,)),
    record(6, "À cheval", territories=(CA_MACON,)),
    record(7, "Voisine", territories=(SAONE_ET_LOIRE,)),
    record(8, "Double", territories=(MACON, BOURG)),
)


@pytest.mark.parametrize(
    ("territory", "expected"),
    [
        (BOURG, {1, 8}),
        (CA_BOURG, {1, 2, 8}),
        (AIN, {1, 2, 3, 6, 8}),
        (SAONE_ET_LOIRE, {6, 7, 8}),
        (AURA, {1, 2, 3, 4, 6, 8}),
        (FRANCE, {1, 2, 3, 4, 5, 6, 7, 8}),
    ],
)
def test_within_keeps_what_lies_inside_or_meets_it(catalogue, territory, expected):
    assert set(ids(catalogue(*RECORDS)(territory=territory, scope=Scope.WITHIN))) == expected


@pytest.mark.parametrize(
    ("territory", "expected"),
    [
        (BOURG, {2, 3, 4, 5}),
        (CA_BOURG, {3, 4, 5}),
        (AIN, {4, 5}),
        (FRANCE, set()),
        (MACON, {5, 6, 7}),
    ],
)
def test_covering_keeps_the_entries_of_what_contains_it_up_to_france(catalogue, territory, expected):
    search = catalogue(*RECORDS)
    assert set(ids(search(territory=territory, scope=Scope.COVERING))) == expected


def test_both_puts_located_entries_first(catalogue):
    search = catalogue(*RECORDS)
    results = search(territory=AIN)
    assert set(ids(results)[:5]) == {1, 2, 3, 6, 8}
    assert set(ids(results)[5:]) == {4, 5}
    assert (results.total, results.located_total) == (7, 5)


def test_located_entries_come_first_whatever_their_score(catalogue):
    search = catalogue(
        record(1, "Logement logement logement", keywords="logement", territories=(FRANCE,)),
        record(2, "Fiche", body="un logement", territories=(BOURG,)),
    )
    assert ids(search("logement", territory=AIN)) == [2, 1]


def test_pages_run_through_both_groups_without_gap_or_repeat(catalogue):
    records = [record(n, "Logement", territories=(BOURG if n % 2 else AURA,)) for n in range(1, 26)]
    search = catalogue(*records)
    for text in ("", "logement"):
        pages = [ids(search(text, territory=AIN, page=page, size=4)) for page in range(1, 9)]
        flat = [found for page in pages for found in page]
        assert sorted(flat) == list(range(1, 26))
        assert all(n % 2 for n in flat[:13])
        assert [len(page) for page in pages] == [4, 4, 4, 4, 4, 4, 1, 0]


def test_an_explicit_order_by_date_is_not_cut_in_two_groups(catalogue):
    search = catalogue(*RECORDS)
    assert ids(search(territory=AIN, sort=Sort.NEWEST)) == [8, 6, 5, 4, 3, 2, 1]
    assert ids(search(territory=AIN, sort=Sort.OLDEST)) == [1, 2, 3, 4, 5, 6, 8]


def test_an_entry_without_territory_is_nowhere(catalogue):
    search = catalogue(record(1, "Nulle part"), record(2, "Nationale", territories=(FRANCE,)))
    assert ids(search(territory=AIN)) == [2]
    assert ids(search(territory=FRANCE, scope=Scope.WITHIN)) == [2]
    assert search().total == 2
