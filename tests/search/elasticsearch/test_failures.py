"""A server that answers in part, late, or not at all: a failure each time, and never longer than allowed."""

import socket
import threading
import time
from contextlib import contextmanager

import pytest
from elasticsearch import Elasticsearch

from search.engines.base import EngineError, PageChange
from search.engines.elasticsearch import translation
from search.engines.elasticsearch.connection import Connection
from search.engines.elasticsearch.documents import fingerprint, index_body
from search.engines.elasticsearch.engine import ElasticsearchEngine
from tests.search.elasticsearch.conftest import page, publish, titles, words, write
from tests.servers import elasticsearch as nodes
from tests.servers.elasticsearch import running_node
from tests.servers.processes import free_port
from tests.support.silent import silent_port

SLACK = 0.7  # seconds: a busy machine


def engine_at(*hosts, alias="essai", timeout=10):
    return ElasticsearchEngine(connection=Connection(hosts=hosts, timeout=timeout), alias=alias)


@contextmanager
def silent_server():
    """The address of a server that never says a word."""
    with silent_port() as port:
        yield f"http://127.0.0.1:{port}"


@contextmanager
def slow_way_to(url, *, delay):
    """A way to a server that holds back each of its answers for ``delay`` seconds."""
    host, port = url.removeprefix("http://").split(":")

    def serve(asked):
        with asked, socket.create_connection((host, int(port))) as server:
            threading.Thread(target=pass_on, args=(server, asked, delay), daemon=True).start()
            pass_on(asked, server, 0)

    def accept():
        while True:
            try:
                asked, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(asked,), daemon=True).start()

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(16)
        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)


def pass_on(source, target, delay):
    try:
        while data := source.recv(65536):
            time.sleep(delay)
            target.sendall(data)
    except OSError:  # either side has left
        return


def failing_search(engine, *, seconds):
    """Search, and return what the engine said and how long it took to say it."""
    started = time.monotonic()
    with pytest.raises(EngineError) as told:
        engine.search(words("bail"), seconds=seconds)
    return str(told.value), time.monotonic() - started


def unavailable_index(client, name):
    """Make an index that no node may hold."""
    body = index_body()
    body["settings"]["index"]["routing.allocation.require._name"] = "nowhere"
    client.indices.create(index=name, body=body, wait_for_active_shards=0)


def test_a_closed_index_is_a_failure_until_it_is_opened(engine, client, alias):
    name = publish(engine, "Bail glissant")
    client.indices.close(index=name)
    with pytest.raises(EngineError, match="est fermé"):
        engine.search(words("bail"))
    client.indices.open(index=name, wait_for_active_shards=1)
    assert titles(engine, "bail") == ["Bail glissant"]


def test_an_answer_cut_short_by_its_time_is_partial():
    whole = {"timed_out": False, "_shards": {"failed": 0}}
    assert not translation.is_partial(whole)
    assert translation.is_partial({**whole, "timed_out": True})


def test_a_refused_connection_is_told_at_once():
    said, elapsed = failing_search(engine_at(f"http://127.0.0.1:{free_port()}"), seconds=5)
    assert "Rien n’écoute" in said
    assert elapsed < SLACK


@pytest.mark.parametrize("silent_hosts", [1, 2, 3])
def test_servers_that_say_nothing_cost_the_time_allowed_and_no_more(silent_hosts):
    with silent_server() as first, silent_server() as second, silent_server() as third:
        engine = engine_at(*(first, second, third)[:silent_hosts])
        said, elapsed = failing_search(engine, seconds=0.8)
    assert "ne répond pas assez vite" in said
    assert 0.7 < elapsed < 0.8 + SLACK


def test_another_server_answers_within_the_time_when_one_is_silent(engine, elasticsearch_server, alias):
    publish(engine, "Bail glissant")
    with silent_server() as silent:
        several = engine_at(silent, elasticsearch_server, alias=alias)
        for _ in range(4):
            started = time.monotonic()
            assert several.search(words("bail"), seconds=4).total == 1
            assert time.monotonic() - started < 4


def test_another_server_answers_at_once_when_one_is_down(engine, elasticsearch_server, alias):
    publish(engine, "Bail glissant")
    several = engine_at(f"http://127.0.0.1:{free_port()}", elasticsearch_server, alias=alias)
    for _ in range(4):
        assert several.search(words("bail"), seconds=4).total == 1


def test_spelling_help_does_not_make_a_search_longer_than_allowed(engine, elasticsearch_server, alias):
    publish(engine, "Hébergement")
    with slow_way_to(elasticsearch_server, delay=0.6) as slow:
        late = engine_at(slow, alias=alias)
        assert late.search(words("hebergemant"), seconds=30).corrections
        said, elapsed = failing_search_or_answer(late, seconds=1.0)
    assert elapsed < 1.0 + SLACK, said


def failing_search_or_answer(engine, *, seconds):
    started = time.monotonic()
    said = ""
    try:
        engine.search(words("hebergemant"), seconds=seconds)
    except EngineError as error:
        said = str(error)
    return said, time.monotonic() - started


@pytest.fixture
def narrow_node(monkeypatch):
    """A node that takes one small batch at a time, and has next to no memory for what waits."""
    settings = nodes.node_settings
    narrow = {
        "thread_pool.write.size": "1",
        "thread_pool.write.queue_size": "1",
        "indexing_pressure.memory.limit": "64kb",
    }
    monkeypatch.setattr(nodes, "node_settings", lambda **given: {**settings(**given), **narrow})
    with running_node() as node:
        yield node


@pytest.mark.slow
@pytest.mark.elasticsearch
@pytest.mark.usefixtures("elasticsearch_server")
def test_a_server_with_too_much_to_do_is_told_and_the_same_batch_passes_later(narrow_node):
    engine = engine_at(narrow_node.url)
    publish(engine)
    heavy = [page(number, 1, f"Fiche {number}", body="logement " * 5_000) for number in range(1, 5)]
    with pytest.raises(EngineError, match="saturé"):
        write(engine, *heavy)
    assert engine.document_count() == 0

    refused, over = [], threading.Event()

    def keep_writing(writer):
        for version in range(1, 400):
            if over.is_set():
                return
            try:
                with engine.writing(wait_seconds=10) as writing:
                    found = writing.apply([page(writer, version, "Fiche"), PageChange(1000 + writer, version)])
            except EngineError as error:
                refused.append(str(error))
                over.set()
            else:
                refused.extend(refusal.reason for refusal in found.values() if not refusal.is_final)

    writers = [threading.Thread(target=keep_writing, args=(number,)) for number in range(1, 17)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=120)
    assert refused
    assert all("saturé" in reason for reason in refused)
    for number in range(1, 17):
        assert write(engine, page(number, 1000, f"Fiche {number}")) == {}
    assert engine.document_count() == 16


@pytest.mark.slow
@pytest.mark.elasticsearch
@pytest.mark.usefixtures("elasticsearch_server")
def test_half_an_answer_is_a_failure_and_so_is_an_index_no_node_holds():
    # On a node of its own: an index without a node makes the whole server look unwell.
    with running_node() as node, Elasticsearch(node.url) as client:
        engine = engine_at(node.url)
        held = publish(engine, "Bail glissant")
        missing = f"essai-{fingerprint()}-20260101t000000-abcd"
        unavailable_index(client, missing)
        client.indices.put_alias(index=missing, name="essai")
        raw = client.search(index="essai")
        assert raw["hits"]["total"]["value"] == 1
        assert raw["_shards"]["failed"] == 1
        with pytest.raises(EngineError, match="n’a répondu qu’en partie"):
            engine.search(words("bail"))
        client.indices.delete(index=held)
        with pytest.raises(EngineError, match="n’a pas l’index disponible"):
            engine.search(words("bail"))


@pytest.mark.slow
@pytest.mark.elasticsearch
@pytest.mark.usefixtures("elasticsearch_server")
def test_a_frozen_server_costs_the_time_allowed_and_answers_again_when_thawed():
    with running_node() as node:
        engine = engine_at(node.url)
        publish(engine, "Bail glissant")
        node.freeze()
        try:
            for _ in range(2):
                said, elapsed = failing_search(engine, seconds=0.8)
                assert "ne répond pas assez vite" in said
                assert 0.7 < elapsed < 0.8 + SLACK
        finally:
            node.thaw()
        assert titles(engine, "bail") == ["Bail glissant"]
        node.kill()
        said, elapsed = failing_search(engine, seconds=5)
        assert "Rien n’écoute" in said or "injoignable" in said or "coupée" in said
        assert elapsed < SLACK
