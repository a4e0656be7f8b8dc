"""The life of the indices behind the alias, on a real server."""

import re
import threading

import pytest

from search.engines.base import EngineError, EngineNotReadyError, EngineState
from search.engines.elasticsearch.documents import CatalogueIndices, fingerprint, index_body
from tests.search.elasticsearch.conftest import page, publish, titles, words, write

OTHER_VERSION = "0123456789ab"


def names_of(client, pattern):
    """What is really there: pattern by pattern, hidden and closed indices too."""
    return sorted(client.indices.get(index=pattern, expand_wildcards="all").body)


def behind(client, alias):
    return sorted(client.indices.get_alias(name=alias).body)


def test_a_new_index_bears_the_fingerprint_of_the_mapping(engine, alias):
    name = publish(engine, "Bail glissant")
    assert re.fullmatch(rf"{re.escape(alias)}-{fingerprint()}-\d{{8}}t\d{{6}}-[0-9a-f]{{4}}", name)
    assert engine.generation() == name
    assert engine.state() is EngineState.READY
    assert engine.document_count() == 1


def test_before_the_first_rebuild_there_is_nothing_to_search_nor_to_write_to(engine):
    assert engine.state() is EngineState.MISSING
    assert engine.generation() == ""
    assert engine.document_count() == 0
    assert not engine.search(words("bail")).is_ready
    with pytest.raises(EngineNotReadyError), engine.writing(wait_seconds=5):
        pass


def test_a_new_index_is_not_searched_before_it_is_published(engine, client, alias):
    first = publish(engine, "Ancien")

    def nothing_changed():
        assert behind(client, alias) == [first]
        assert titles(engine) == ["Ancien"]

    second = publish(engine, "Nouveau", before=nothing_changed)
    assert behind(client, alias) == [second]
    assert titles(engine) == ["Nouveau"]


def test_no_search_meets_an_empty_index_while_indices_follow_one_another(engine):
    publish(engine, "Fiche 0")
    found, over = [], threading.Event()

    def keep_searching():
        while not over.is_set():
            results = engine.search(words("fiche"))
            found.append((results.is_ready, results.total))

    searcher = threading.Thread(target=keep_searching)
    searcher.start()
    try:
        for number in range(1, 4):
            publish(engine, f"Fiche {number}")
    finally:
        over.set()
        searcher.join(timeout=30)
    assert len(found) > 3
    assert set(found) == {(True, 1)}


def test_the_index_before_is_kept_and_older_ones_are_removed(engine, client, alias):
    made = [publish(engine, f"Fiche {number}") for number in range(3)]
    assert names_of(client, f"{alias}-*") == sorted(made[1:])


def test_what_an_interrupted_rebuild_left_is_removed_by_the_next_one(engine, client, alias):
    published = publish(engine, "Fiche")
    left = CatalogueIndices(client, alias=alias).create()
    assert left in names_of(client, f"{alias}-*")
    following = publish(engine, "Fiche")
    assert names_of(client, f"{alias}-*") == sorted([published, following])


def test_a_rebuild_that_fails_leaves_nothing_and_the_index_in_use(engine, client, alias):
    published = publish(engine, "Fiche")

    def fail():
        assert len(names_of(client, f"{alias}-*")) == 2
        raise RuntimeError("panne")

    with pytest.raises(RuntimeError, match="panne"):
        publish(engine, "Fiche", "Autre", before=fail)
    assert names_of(client, f"{alias}-*") == [published]
    assert titles(engine) == ["Fiche"]


def test_a_rebuild_that_is_not_published_leaves_nothing(engine, client, alias):
    with engine.rebuilding():
        pass
    assert names_of(client, f"{alias}-*") == []


def test_indices_of_others_are_never_touched(engine, client, alias):
    others = [
        f"{alias}-other",
        f"{alias}-test-{fingerprint()}-20260101t000000-abcd",  # of an alias named alike, on the same server
        f"{alias}-{fingerprint()}-20260101t000000-abcd-restored",
        f"{alias}2-{fingerprint()}-20260101t000000-abcd",
    ]
    for name in others:
        client.indices.create(index=name)
    client.indices.put_alias(index=others[1], name=f"{alias}-test")
    for number in range(3):
        publish(engine, f"Fiche {number}")
    engine.roll_back()
    publish(engine, "Fiche")
    assert set(others) <= set(names_of(client, f"{alias}*"))
    assert behind(client, f"{alias}-test") == [others[1]]


def test_one_goes_back_to_the_index_before_and_forth_again(engine, client, alias):
    first, second = publish(engine, "Ancien"), publish(engine, "Nouveau")
    assert engine.roll_back() == first
    assert behind(client, alias) == [first]
    assert titles(engine) == ["Ancien"]
    assert write(engine, page(2, 7, "Écrit après le retour")) == {}
    assert titles(engine) == ["Ancien", "Écrit après le retour"]
    assert engine.roll_back() == second
    assert titles(engine) == ["Nouveau"]


def test_one_does_not_go_back_to_what_an_interrupted_rebuild_left(engine, client, alias):
    publish(engine, "Fiche")
    CatalogueIndices(client, alias=alias).create()
    with pytest.raises(EngineError, match="aucun index antérieur"):
        engine.roll_back()


def test_after_going_back_a_rebuild_keeps_the_index_that_was_in_use(engine, client, alias):
    good, _bad = publish(engine, "Bon"), publish(engine, "Mauvais")
    engine.roll_back()
    third = publish(engine, "Mauvais encore")
    assert names_of(client, f"{alias}-*") == sorted([good, third])
    assert engine.roll_back() == good


def test_an_index_of_another_version_answers_and_refuses_to_be_written_to(engine, client, alias):
    name = f"{alias}-{OTHER_VERSION}-20260101t000000-abcd"
    ours = publish(engine, "Bail glissant")
    client.indices.create(index=name, body=index_body())
    client.reindex(source={"index": ours}, dest={"index": name}, refresh=True)
    document = client.search(index=ours)["hits"]["hits"][0]["_source"]
    client.index(index=name, id="page-1", document={**document, "title": "bail gliss"}, refresh=True)
    client.indices.delete(index=ours)
    client.indices.put_alias(index=name, name=alias)

    assert engine.state() is EngineState.OUTDATED
    assert titles(engine, "bail") == ["Bail glissant"]
    with pytest.raises(EngineNotReadyError, match="autre version"), engine.writing(wait_seconds=5):
        pass
    publish(engine, "Bail glissant")
    assert engine.state() is EngineState.READY


def test_without_its_alias_there_is_no_index_until_it_is_back(engine, client, alias):
    name = publish(engine, "Fiche")
    client.indices.delete_alias(index=name, name=alias)
    assert engine.state() is EngineState.MISSING
    assert not engine.search(words("fiche")).is_ready
    with pytest.raises(EngineNotReadyError), engine.writing(wait_seconds=5):
        pass
    client.indices.put_alias(index=name, name=alias)
    assert titles(engine) == ["Fiche"]


def test_an_index_that_bears_the_name_of_the_alias_is_told(engine, client, alias):
    client.indices.create(index=alias)
    client.index(index=alias, document={"title": "égaré"}, refresh=True)
    asked = (engine.state, engine.generation, lambda: publish(engine, "Fiche"), lambda: titles(engine))
    for ask in asked:
        with pytest.raises(EngineError, match=f"« {alias} »") as told:
            ask()
        assert "ELASTICSEARCH_INDEX" in str(told.value)
    assert names_of(client, f"{alias}*") == [alias]


def test_an_alias_that_names_an_index_of_others_is_told(engine, client, alias):
    client.indices.create(index=f"{alias}-restored", aliases={alias: {}})
    with pytest.raises(EngineError, match=f"{alias}-restored"):
        engine.state()
    with pytest.raises(EngineError, match=f"{alias}-restored"):
        publish(engine, "Fiche")


def test_the_mapping_refuses_what_the_hub_did_not_describe(engine, client, alias):
    publish(engine, "Fiche")
    with pytest.raises(Exception, match="strict_dynamic_mapping_exception"):
        client.index(index=alias, document={"unknown_field": 1})
