"""What comes first."""

from datetime import date, timedelta

from search.enums import Sort
from tests.search.contract.conftest import change, ids
from tests.search.factories import record

FILLER = "Une phrase de remplissage pour donner de la longueur au texte. " * 5


def test_title_then_keywords_then_summary_then_body_then_transcript(catalogue):
    search = catalogue(
        record(1, transcript=f"{FILLER} médiation {FILLER}"),
        record(2, body=f"{FILLER} médiation {FILLER}"),
        record(3, summary="Un chapô qui parle de médiation"),
        record(4, keywords="médiation\nbail"),
        record(5, "La médiation locative"),
        *(record(n, body=FILLER) for n in range(10, 30)),
    )
    assert ids(search("médiation")) == [5, 4, 3, 2, 1]


def test_who_was_present_is_found_after_every_mention(catalogue):
    search = catalogue(
        record(1, attendance="Bailleur social\nSIAO\nADIL", date=date(2026, 1, 1)),
        record(2, transcript=f"{FILLER} le SIAO {FILLER}", date=date(2010, 1, 1)),
        record(3, body=f"{FILLER} un service intégré d’accueil et d’orientation {FILLER}"),
        record(4, summary="Le SIAO oriente"),
        *(record(n, body=FILLER) for n in range(10, 30)),
    )
    assert ids(search("SIAO")) == [4, 3, 2, 1]
    assert ids(search("adil")) == [1]
    shown = next(hit for hit in search("SIAO").hits if hit.page_id == 1)
    assert shown.extract == ()


def test_one_word_in_the_title_beats_many_in_the_body(catalogue):
    search = catalogue(
        record(1, body="médiation " * 30),
        record(2, "La médiation"),
        *(record(n, body=FILLER) for n in range(10, 30)),
    )
    assert ids(search("médiation")) == [2, 1]


def test_the_newer_is_a_little_above_the_older_at_equal_relevance(catalogue):
    search = catalogue(
        record(1, "Médiation", date=date(2015, 1, 1)),
        record(2, "Médiation", date=date(2024, 1, 1)),
        record(3, "Médiation", date=date(2020, 6, 1)),
        record(4, "Médiation", date=date(2020, 6, 2)),
    )
    assert ids(search("médiation")) == [2, 4, 3, 1]


def test_relevance_beats_a_few_years(catalogue):
    search = catalogue(
        record(1, "Médiation", date=date(2015, 1, 1)), record(2, body=f"médiation {FILLER}", date=date(2024, 1, 1))
    )
    assert ids(search("médiation")) == [1, 2]


def test_equals_keep_one_order_whatever_the_order_of_writing(engine, catalogue):
    records = [record(n, "Médiation") for n in range(1, 31)]
    search = catalogue(*reversed(records))
    expected = list(range(30, 0, -1))
    assert ids(search("médiation", size=30)) == expected
    change(engine, records[4], records[20])
    assert ids(search("médiation", size=30)) == expected
    assert [page_id for page in range(1, 7) for page_id in ids(search("médiation", size=5, page=page))] == expected


def test_orders_by_date(catalogue):
    day = date(2020, 1, 1)
    search = catalogue(*(record(n, "Médiation", date=day + timedelta(days=n % 3)) for n in range(1, 7)))
    assert ids(search("médiation", sort=Sort.NEWEST)) == [5, 2, 4, 1, 6, 3]
    assert ids(search("médiation", sort=Sort.OLDEST)) == [3, 6, 1, 4, 2, 5]
    assert ids(search(sort=Sort.OLDEST)) == [3, 6, 1, 4, 2, 5]


def test_without_words_the_newest_come_first(catalogue):
    search = catalogue(
        record(1, date=date(2020, 1, 1)), record(2, date=date(2022, 1, 1)), record(3, date=date(2021, 1, 1))
    )
    assert ids(search()) == [2, 3, 1]


def test_filters_weigh_nothing(catalogue):
    search = catalogue(
        record(1, "Médiation", axes=("rare",), date=date(2020, 1, 1)),
        *(record(n, "Médiation", axes=("courant",), date=date(2020, 1, n)) for n in range(2, 9)),
    )
    assert ids(search("médiation", axes=("rare", "courant"))) == [8, 7, 6, 5, 4, 3, 2, 1]


def test_pages_beyond_the_last_are_empty(catalogue):
    search = catalogue(record(1, "Médiation"))
    assert search("médiation", page=100).total == 1
    assert ids(search("médiation", page=100)) == []
    assert ids(search(page=100)) == []


def test_with_only_words_to_leave_out_the_newest_come_first(catalogue):
    search = catalogue(*(record(n, "Médiation" if n % 2 else "Santé", date=date(2020, 1, n)) for n in range(1, 9)))
    assert ids(search("-santé")) == [7, 5, 3, 1]
