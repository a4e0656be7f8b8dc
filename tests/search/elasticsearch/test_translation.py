"""What is asked of the server, word for word. ``pytest --snapshot-update`` after a change that is meant."""

import json

import pytest
from syrupy.extensions.json import JSONSnapshotExtension

from search.compiler import compile_query
from search.engines.elasticsearch.documents import document_of, index_body
from search.engines.elasticsearch.translation import preference, request_body, said_body
from search.enums import Scope, Sort
from search.query import SearchQuery
from search.synonyms import AcronymTable
from search.tiers import said_query
from tests.search.factories import ACRONYMS, AIN, CONTAINERS, UNIVERSAL, record


@pytest.fixture
def snapshot(snapshot):
    return snapshot.use_extension(JSONSnapshotExtension)


def compiled(text="", *, with_facets=False, size=10, **criteria):
    query = SearchQuery(text=text, **criteria)
    return compile_query(
        query=query,
        acronyms=AcronymTable(ACRONYMS),
        universal_audience=UNIVERSAL,
        containers=CONTAINERS.get(query.territory, ()),
        size=size,
        with_facets=with_facets,
    )


QUERIES = {
    "nothing": compiled(),
    "facets": compiled(with_facets=True),
    "word": compiled("logement"),
    "acronym": compiled("avdl"),
    "phrase": compiled('"bail glissant"'),
    "exclusion": compiled("logement -santé"),
    "only_an_exclusion": compiled("-santé"),
    "beginning": compiled("héberg*"),
    "common_words": compiled("de la"),
    "chosen_values": compiled(audiences=("jeunes",), axes=("logement", "sante"), with_facets=True),
    "within": compiled(territory=AIN, scope=Scope.WITHIN),
    "covering": compiled(territory=AIN, scope=Scope.COVERING),
    "both_scopes": compiled("logement", territory=AIN),
    "both_scopes_by_date": compiled("logement", territory=AIN, sort=Sort.NEWEST),
    "oldest_first": compiled("logement", sort=Sort.OLDEST),
    "third_page": compiled("logement", page=3, size=20),
    "moments_alone": compiled('"bail glissant" -santé', types=("passage",), sort=Sort.OLDEST, with_facets=True),
}


@pytest.mark.parametrize("name", QUERIES)
def test_what_is_asked(name, snapshot):
    assert request_body(QUERIES[name], seconds=1.5) == snapshot


def test_what_is_asked_for_the_moments_of_a_page(snapshot):
    asked = said_query(compiled('bail glissant "logement"', speakers=("Claire Martin",), territory=AIN))
    assert said_body(asked, page_ids=[12, 7], seconds=1.5) == snapshot


def test_the_mapping_of_a_new_index(snapshot):
    body = index_body()
    body["mappings"]["_meta"].pop("fingerprint")
    assert body == snapshot


def test_the_document_of_a_record(snapshot):
    whole = record(12, "L’AVDL des jeunes", summary="Un chapô", body="Le corps.", axes=("sante",), territories=[AIN])
    assert json.loads(json.dumps(document_of(whole))) == snapshot


def test_nothing_typed_reaches_the_servers_own_syntax():
    body = json.dumps(request_body(compiled('title:x OR {"match_all":{}} */ \\'), seconds=1))
    assert "query_string" not in body
    assert "match_all" not in body


def test_every_page_of_a_search_asks_the_same_copy_of_the_index():
    pages = {preference(compiled("logement", page=page)) for page in range(1, 6)}
    assert len(pages) == 1
    assert preference(compiled("santé")) not in pages
