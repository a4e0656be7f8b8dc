"""What becomes of changes, late, doubled, refused or too many, on a real server."""

import time

import pytest

from hub.pages.records import Moment
from search.engines.base import EngineError, EngineNotReadyError, PageChange
from search.engines.elasticsearch.documents import CHUNK_BYTES, CHUNK_DOCUMENTS, ElasticsearchWriter
from tests.search.elasticsearch.conftest import page, publish, titles, write

FORGOTTEN_WITHIN = 20  # seconds, when the server is told to remember no deletion
LONGEST_KEYWORD = 32_766  # bytes; a longer one Elasticsearch refuses


@pytest.fixture
def requests(engine, monkeypatch):
    """The size in bytes of each ``_bulk`` request that leaves, which goes on its way."""
    sizes = []
    transport = engine._client().transport  # noqa: SLF001
    perform = transport.perform_request

    def listening(method, target, *, body=None, **options):
        if target.startswith("/_bulk"):
            sizes.append(sum(len(line) + 1 for line in body))
        return perform(method, target, body=body, **options)

    monkeypatch.setattr(transport, "perform_request", listening)
    return sizes


def test_an_older_state_never_replaces_a_newer_one(engine):
    publish(engine)
    assert write(engine, page(1, 5, "Nouveau")) == {}
    assert write(engine, page(1, 4, "Ancien")) == {}
    assert titles(engine) == ["Nouveau"]


def test_delivering_the_same_state_again_changes_nothing(engine):
    publish(engine)
    for _ in range(2):
        assert write(engine, page(1, 5, "Fiche"), PageChange(2, 3)) == {}
    assert titles(engine) == ["Fiche"]
    assert engine.document_count() == 1


def test_a_late_delivery_does_not_bring_a_deleted_page_back(engine, client, alias):
    publish(engine)
    write(engine, page(1, 5, "Fiche"))
    write(engine, PageChange(1, 6))
    client.indices.flush(index=alias, force=True)
    client.indices.forcemerge(index=alias)
    assert write(engine, page(1, 5, "Fiche")) == {}
    assert titles(engine) == []
    assert write(engine, page(1, 7, "Publiée de nouveau")) == {}
    assert titles(engine) == ["Publiée de nouveau"]


def test_a_deletion_is_remembered_for_an_hour(engine, client, alias):
    name = publish(engine)
    assert client.indices.get_settings(index=name)[name]["settings"]["index"]["gc_deletes"] == "1h"


def test_without_that_memory_a_late_delivery_would_bring_it_back(engine, client, alias):
    """What the memory of deletions is for: the test above would see nothing if the server needed none."""
    publish(engine)
    client.indices.put_settings(index=alias, settings={"index": {"gc_deletes": "0s"}})
    write(engine, page(1, 5, "Fiche"))
    write(engine, PageChange(1, 6))
    # The server forgets while it refreshes, and looks at the time once in a while only.
    for version in range(1, FORGOTTEN_WITHIN + 1):
        write(engine, page(2, version, "Autre"))
        client.indices.flush(index=alias, force=True)
        write(engine, page(1, 5, "Fiche"))
        if "Fiche" in titles(engine):
            return
        time.sleep(1)
    pytest.fail("The server still remembers the deletion.")


def said(count):
    return tuple(Moment(start=rank, end=rank + 1, text=f"Bail {rank}") for rank in range(count))


def moments_in(client, alias):
    return client.count(index=alias, query={"term": {"type": "passage"}})["count"]


def test_the_moments_of_an_older_state_never_come_back(engine, client, alias):
    publish(engine)
    write(engine, page(1, 6, "Fiche", moments=said(1)), page(2, 6, "Autre", moments=said(2)))
    write(engine, page(1, 5, "Fiche", moments=said(4)))
    assert (moments_in(client, alias), engine.document_count()) == (3, 2)
    write(engine, PageChange(1, 7), page(2, 7, "Autre", moments=said(1)))
    assert (moments_in(client, alias), engine.document_count()) == (1, 1)


@pytest.mark.parametrize(("later", "left"), [(page(1, 6, "Fiche", moments=said(1)), 1), (PageChange(1, 6), 0)])
def test_a_writer_frozen_before_the_moments_of_its_page_takes_them_back(
    engine, client, alias, monkeypatch, later, left
):
    publish(engine)
    replace = ElasticsearchWriter._replace_moments  # noqa: SLF001

    def frozen(self, changes):
        monkeypatch.setattr(ElasticsearchWriter, "_replace_moments", replace)
        write(engine, later)
        return replace(self, changes)

    monkeypatch.setattr(ElasticsearchWriter, "_replace_moments", frozen)
    write(engine, page(1, 5, "Fiche", moments=said(4)))
    assert moments_in(client, alias) == left


def test_deleting_what_the_index_never_had_is_done(engine):
    publish(engine)
    assert write(engine, PageChange(12, 1)) == {}


def test_a_page_the_server_cannot_take_is_refused_for_good_and_the_others_pass(engine):
    publish(engine)
    refused = write(
        engine,
        page(1, 1, "Avant"),
        page(2, 1, "Mot-clé sans fin", tags=("x" * (LONGEST_KEYWORD + 1),)),
        page(3, 1, "Après"),
    )
    assert titles(engine) == ["Après", "Avant"]
    assert set(refused) == {2}
    assert refused[2].is_final
    assert refused[2].reason.startswith("Elasticsearch refuse cette page (400 ")
    assert "tags" in refused[2].reason


def test_a_page_refused_alone_is_refused_for_good_too(engine):
    publish(engine)
    refused = write(engine, page(2, 1, "Mot-clé sans fin", tags=("x" * (LONGEST_KEYWORD + 1),)))
    assert refused[2].is_final


def test_a_rebuild_says_which_pages_the_server_cannot_take(engine):
    with engine.rebuilding() as new:
        refused = new.add([page(1, 0, "Fiche"), page(2, 0, "Sans fin", tags=("x" * (LONGEST_KEYWORD + 1),))])
        assert new.document_count() == 1
    assert refused[2].is_final


@pytest.mark.parametrize(
    ("block", "why"),
    [
        ("write", "son index est en lecture seule."),
        ("read_only", "son index est en lecture seule."),
        # What a server does by itself when its disk is nearly full.
        ("read_only_allow_delete", "son disque est presque plein, faites de la place."),
    ],
)
def test_an_index_that_may_not_be_written_to_fails_the_whole_batch_for_now(engine, client, alias, block, why):
    publish(engine)
    client.indices.put_settings(index=alias, settings={"index": {"blocks": {block: True}}})
    with pytest.raises(EngineError) as told:
        write(engine, page(1, 1, "Une"), page(2, 1, "Deux"))
    assert str(told.value) == f"Elasticsearch, à {engine.connection.label}, refuse les écritures : {why}"
    assert titles(engine) == []
    client.indices.put_settings(index=alias, settings={"index": {"blocks": {block: None}}})
    assert write(engine, page(1, 1, "Une"), page(2, 1, "Deux")) == {}
    assert titles(engine) == ["Deux", "Une"]


def test_an_index_removed_under_the_writer_fails_the_whole_batch_and_makes_no_index(engine, client, alias):
    name = publish(engine)
    with engine.writing(wait_seconds=5) as writer:
        client.indices.delete(index=name)
        with pytest.raises(EngineError, match="n’existe pas"):
            writer.apply([page(1, 1, "Fiche")])
    assert not client.indices.get(index=f"{alias}*").body
    with pytest.raises(EngineNotReadyError):
        write(engine, page(1, 1, "Fiche"))


def test_a_batch_is_sent_in_requests_of_a_bounded_number_of_documents(engine, requests):
    publish(engine)
    requests.clear()
    changes = [page(number, 1, f"Fiche {number}") for number in range(1, 2 * CHUNK_DOCUMENTS + 2)]
    assert write(engine, *changes) == {}
    assert len(requests) == 3
    assert engine.document_count() == len(changes)


def test_a_batch_is_sent_in_requests_of_a_bounded_size(engine, requests):
    publish(engine)
    requests.clear()
    long_body = "logement des jeunes " * 60_000  # 1.2 million characters, kept twice
    changes = [page(number, 1, f"Fiche {number}", body=long_body) for number in range(1, 9)]
    assert write(engine, *changes) == {}
    assert len(requests) > 1
    assert max(requests) <= CHUNK_BYTES
    assert sum(requests) > CHUNK_BYTES
    assert engine.document_count() == len(changes)
