"""The moments of recordings, found under their entry or alone, by the same rules as entries."""

from collections.abc import Iterator
from datetime import date

import pytest

from hub.pages.records import CatalogueCard, Moment
from search.engines.elasticsearch.connection import Connection
from search.engines.elasticsearch.engine import ElasticsearchEngine
from search.engines.embedded.engine import EmbeddedEngine
from search.enums import Scope, Sort
from search.synonyms import AliasedEntry, Equivalence, SynonymTable
from tests.search.contract.conftest import Search, change, counts, fill, ids, searching
from tests.search.contract.test_results import marked, text_of
from tests.search.factories import AIN, BOURG, MACON, UNIVERSAL, record
from tests.support.search_server import remove_indices

ALONE = {"types": ("passage",)}
SYNONYMS = SynonymTable(
    equivalences=[Equivalence(("horloge", "sablier"), is_mutual=True)],
    aliased=[AliasedEntry("audiences", "jeunes", ("Jeunes",), aliases=("jouvenceaux",))],
)


def workshop(page_id, title, *moments, **values):
    said = "\n".join(moment.text for moment in moments)
    card = CatalogueCard(url=f"/ateliers/{page_id}/", type_label="Atelier", title=title)
    speakers = tuple(dict.fromkeys(moment.speaker for moment in moments if moment.speaker))
    given = {"type": "atelier", "transcript": said, "moments": moments, "speakers": speakers, "has_replay": True}
    return record(page_id, title, **{"card": card, **given, **values})


def moment(start, text, *, speaker="", overlap="", length=40):
    return Moment(start=start, end=start + length, text=text, speaker=speaker, overlap=overlap)


RECORDS = [
    workshop(
        1,
        "Les permanences",
        moment(0, "Bonjour à tous, nous ouvrons la séance.", speaker="Claire Martin"),
        moment(40, "Le bail des jeunes majeurs tourne comme un sablier.", speaker="Ali Ben Salah"),
        moment(80, "Les réponses viennent lentement. On parle de garantie", speaker="Ali Ben Salah"),
        moment(120, "universelle, et du bail glissant.", overlap="On parle de garantie"),
        moment(160, "Encore un bail, encore un sablier.", speaker="Claire Martin"),
        moment(200, "Le sablier est vide, merci.", overlap="Encore un bail, encore un sablier."),
        audiences=("jeunes",),
        territories=[BOURG],
        date=date(2024, 5, 2),
    ),
    workshop(
        2,
        "Le sablier des familles",
        moment(0, "Un sablier, une famille."),
        moment(40, "Les impayés, enfin."),
        summary="Les familles d’abord.",
        audiences=(UNIVERSAL,),
        territories=[MACON],
        date=date(2023, 5, 2),
    ),
    record(3, "Le sablier écrit", body="Un sablier et un bail, sur le papier.", audiences=("familles",)),
]


@pytest.fixture(scope="module", params=["embedded", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    """One engine for the module, filled once; a test that changes a page has pages of its own."""
    if request.param == "embedded":
        engine = EmbeddedEngine(folder=tmp_path_factory.mktemp("moments"), name="embedded:moments")
        fill(engine, RECORDS)
        yield engine
        return
    address = request.getfixturevalue("elasticsearch_server")
    alias = f"moments-{tmp_path_factory.mktemp('alias').parent.name}-{id(request):x}"
    engine = ElasticsearchEngine(connection=Connection(hosts=(address,), timeout=10), alias=alias)
    fill(engine, RECORDS)
    yield engine
    remove_indices(url=address, prefix=alias)


@pytest.fixture
def search(made) -> Search:
    return searching(made)


def starts(results) -> list[tuple[int, int]]:
    """The page and the beginning of each moment found alone: its second is that of a word in it."""
    return [(hit.page_id, hit.moments[0].seconds // 40 * 40) for hit in results.hits]


def test_an_entry_comes_with_three_moments_at_most_in_order_of_time(search):
    results = search("sablier bail", with_moments=True)
    hits = {hit.page_id: hit for hit in results.hits}
    assert [one.seconds // 40 * 40 for one in hits[1].moments] == [40, 160, 200]
    assert hits[3].moments == ()  # it has no recording
    first = hits[1].moments[0]
    assert (first.speaker, marked(first.extract)) == ("Ali Ben Salah", ["bail", "sablier"])
    # « bail » is the fourth letter of fifty: four seconds after the beginning of a moment of forty.
    assert (first.seconds, first.url) == (42, "/ateliers/1/#t=42")
    assert hits[1].extract == ()  # the transcript says nothing more than its moments
    assert search("sablier bail").hits[0].moments == ()


def test_an_extract_that_was_written_stays_beside_the_moments(search):
    (hit,) = [hit for hit in search("famille", with_moments=True).hits if hit.page_id == 2]
    assert [one.seconds for one in hit.moments] == [26]
    assert marked(hit.extract) == ["familles"]


def test_totals_and_facets_count_entries_and_tell_how_many_moments_there_are(search):
    results = search("sablier")
    assert results.total == 3
    assert counts(results, "type") == {"atelier": 2, "initiative": 1, "passage": 4}
    assert counts(results, "audiences") == {"jeunes": 2, "familles": 2, UNIVERSAL: 1}
    results = search("sablier", types=("atelier",))
    assert (results.total, counts(results, "type")["passage"]) == (2, 4)


def test_moments_alone_are_counted_and_filtered_by_all_that_filters_their_entry(search):
    results = search("sablier", **ALONE)
    assert (results.total, {hit.type for hit in results.hits}) == (4, {"passage"})
    assert counts(results, "type") == {"atelier": 2, "initiative": 1, "passage": 4}
    assert counts(results, "speakers") == {"Ali Ben Salah": 1, "Claire Martin": 1}
    assert results.hits[0].card.type_label == "Moment de replay"
    assert ids(search("sablier", **ALONE, audiences=("familles",))) == [2]  # all publics
    assert len(ids(search("sablier", **ALONE, audiences=("jeunes",)))) == 4
    assert ids(search("sablier", **ALONE, territory=AIN, scope=Scope.WITHIN)) == [1, 1, 1]
    near = search("sablier", **ALONE, territory=AIN)
    assert near.located_total == 3
    assert starts(search("sablier", **ALONE, speakers=("Claire Martin",))) == [(1, 160)]
    assert ids(search("sablier", speakers=("Claire Martin",))) == [1]
    assert search("", **ALONE).total == 8


def test_a_speaker_is_shown_and_filters_and_was_not_said(search):
    assert search("martin", **ALONE).total == 0
    assert search("martin").total == 0


def test_the_end_of_the_moment_before_helps_to_find_and_is_not_found_twice(search):
    assert starts(search("garantie", **ALONE)) == [(1, 80)]
    assert starts(search('"garantie universelle"', **ALONE)) == [(1, 120)]
    shown = search('"garantie universelle"', **ALONE).hits[0].moments[0]
    assert text_of(shown.extract) == "universelle, et du bail glissant."
    assert starts(search("vide encore", **ALONE))[0] == (1, 200)


def test_phrases_exclusions_and_beginnings_are_strict(search):
    assert starts(search('"bail glissant"', **ALONE)) == [(1, 120)]
    assert sorted(starts(search("sablier -famille", **ALONE))) == [(1, 40), (1, 160), (1, 200)]
    assert starts(search("impay*", **ALONE)) == [(2, 40)]


def test_synonyms_count_and_carrying_a_public_is_not_saying_it(search):
    assert search("horloge", **ALONE, synonyms=SYNONYMS).total == 4
    assert search("jouvenceaux", synonyms=SYNONYMS).total == 1
    assert starts(search("jouvenceaux", **ALONE, synonyms=SYNONYMS)) == [(1, 40)]  # says « jeunes »


def test_moments_that_say_half_of_the_words_come_after_those_that_say_all(search):
    results = search("bail sablier", **ALONE)
    assert (results.total, results.near_total) == (5, 2)
    assert [hit.missing for hit in results.hits[:3]] == [(), (), ()]
    assert {hit.missing for hit in results.hits[3:]} == {("bail",), ("sablier",)}


def test_a_word_nobody_said_is_corrected_by_what_was_said(search):
    (found,) = search("sabler", **ALONE).corrections
    assert found.replacement == "sablier"
    assert search("papier", **ALONE).total == 0


def test_the_moments_of_a_page_stay_in_order_of_time_whatever_the_order_of_pages(search):
    first = [(1, 40), (1, 160), (1, 200)]
    assert starts(search("sablier", **ALONE, sort=Sort.NEWEST)) == [*first, (2, 0)]
    assert starts(search("sablier", **ALONE, sort=Sort.OLDEST)) == [(2, 0), *first]


def test_a_page_that_changes_or_leaves_takes_its_moments_with_it(made, search):
    entries = made.document_count()
    long = workshop(9, "Atelier", *(moment(40 * rank, f"Perroquet numéro {rank}.") for rank in range(5)))
    change(made, long, version=1)
    assert (search("perroquet", **ALONE).total, made.document_count()) == (5, entries + 1)
    change(made, workshop(9, "Atelier", moment(0, "Perroquet seul.")), version=2)
    assert search("perroquet", **ALONE).total == 1
    change(made, workshop(9, "Atelier"), version=3)
    assert (search("perroquet", **ALONE).total, search("perroquet").total) == (0, 0)
    change(made, long, version=4)
    change(made, deleted=(9,), version=5)
    assert (search("perroquet", **ALONE).total, made.document_count()) == (0, entries)
