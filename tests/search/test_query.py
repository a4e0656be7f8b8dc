"""A search read from an address, and printed back."""

import pytest
from django.http import QueryDict

from search.enums import Scope, Sort
from search.query import SearchQuery


def read(querystring):
    return SearchQuery.from_params(QueryDict(querystring))


def test_a_full_address_is_read_and_printed_back():
    address = (
        "q=bail+glissant&public=familles&public=jeunes&territoire=commune-01004&portee=dans&axe=logement&dispositif=avdl"
        "&structure=adil-01&type=initiative&annee=2021&annee=2022&replay=oui&motcle=bail&tri=recent&page=3"
    )
    query, notices = read(address)
    assert notices == []
    assert query == SearchQuery(
        text="bail glissant",
        audiences=("familles", "jeunes"),
        territory="commune-01004",
        scope=Scope.WITHIN,
        axes=("logement",),
        schemes=("avdl",),
        organisations=("adil-01",),
        types=("initiative",),
        years=("2021", "2022"),
        replay=True,
        tags=("bail",),
        sort=Sort.NEWEST,
        page=3,
    )
    assert query.querystring() == address
    assert read(query.querystring()) == (query, [])


def test_equal_searches_have_one_address():
    assert (
        read("public=b&public=a&q=+x++y+")[0].querystring() == read("q=x y&public=a&public=b&public=a")[0].querystring()
    )


def test_defaults_are_left_out_of_the_address():
    assert read("q=&public=&portee=tous&tri=pertinence&page=1")[0].querystring() == ""
    assert SearchQuery().is_blank


@pytest.mark.parametrize(
    ("address", "expected", "said"),
    [
        ("page=-1", SearchQuery(), "page"),
        ("page=0", SearchQuery(), "page"),
        ("page=9223372036854775808", SearchQuery(page=100), "100 premières pages"),
        ("page=²", SearchQuery(), "page"),
        ("page=abc", SearchQuery(), "page"),
        ("tri=%27", SearchQuery(), "tri"),
        ("portee=partout", SearchQuery(), "portée"),
        ("replay=peut-etre", SearchQuery(), "Replay"),
        ("annee=20222", SearchQuery(), "Année"),
        ("annee=٢٠٢٢", SearchQuery(), "Année"),
        ("public=<script>", SearchQuery(), "Public"),
        ("public=" + "a" * 500, SearchQuery(), "Public"),
        ("territoire=<b>", SearchQuery(), "territoire"),
        (
            "territoire=commune-01004&territoire=departement-01",
            SearchQuery(territory="commune-01004"),
            "Un seul territoire",
        ),
        ("q=a%00b", SearchQuery(text="a b"), "illisibles"),
        ("q=%ff%fe", SearchQuery(), "illisibles"),
    ],
)
def test_bad_parameters_are_set_aside_and_told(address, expected, said):
    query, notices = read(address)
    assert query == expected
    assert any(said in notice for notice in notices), notices


def test_lone_surrogates_are_taken_out():
    query, notices = SearchQuery.from_params({"q": ["a\ud800b"], "public": ["\udfff"]})
    assert query == SearchQuery(text="a b")
    assert len(notices) == 2


def test_long_texts_are_cut_between_words():
    query, notices = read("q=" + "+".join(["accompagnement"] * 5_000))
    assert len(query.text) <= 200
    assert set(query.text.split()) == {"accompagnement"}
    assert any("200 premiers caractères" in notice for notice in notices)
    query, notices = read("q=" + "+".join("abcdefghijklmnopqrstuvwxyz"))
    assert len(query.text.split()) == 20
    assert any("20 premiers mots" in notice for notice in notices)
    assert len(read("q=" + "x" * 60_000)[0].text) == 200


def test_facet_values_are_capped():
    query, notices = read("&".join(f"public=p{number}" for number in range(900)))
    assert len(query.audiences) == 20
    assert any("20 premières valeurs" in notice for notice in notices)


def test_a_value_is_added_and_taken_away():
    query = SearchQuery(text="bail", audiences=("jeunes",), page=4)
    more = query.with_value(field="audiences", value="familles")
    assert (more.audiences, more.page) == (("familles", "jeunes"), 1)
    assert more.without_value(field="audiences", value="jeunes").audiences == ("familles",)
    assert query.with_value(field="has_replay", value="oui").replay is True
    assert query.replace(replay=False).without_value(field="has_replay", value="non").replay is None


def test_a_query_is_a_value():
    assert len({SearchQuery(text="a"), SearchQuery(text="a"), SearchQuery(text="b")}) == 2
