"""The role the operator's guide gives the hub, on a server with security and TLS: enough, and no more."""

import copy
import json
from pathlib import Path

import pytest
from django.conf import settings

from hub.pages.records import Moment
from search.engines.base import EngineError, EngineState, PageChange
from search.engines.elasticsearch.connection import Connection
from search.engines.elasticsearch.engine import ElasticsearchEngine
from tests.search.elasticsearch.conftest import page, publish, titles, words, write
from tests.servers.certificates import make_certificate
from tests.servers.elasticsearch import Security, running_node

pytestmark = [pytest.mark.slow, pytest.mark.elasticsearch]

ROLE = json.loads(Path(settings.BASE_DIR, "hub", "deploy", "search_role.json").read_text(encoding="utf-8"))
PASSWORD = "mot-de-passe-du-hub"
NEEDED = [("cluster", name) for name in ROLE["cluster"]]
NEEDED += [("privileges", name) for name in ROLE["indices"][0]["privileges"]]
NEEDED += [("names", name) for name in ROLE["indices"][0]["names"]]


@pytest.fixture(scope="module")
def node(tmp_path_factory, elasticsearch_server):
    certificate = make_certificate(folder=tmp_path_factory.mktemp("certificate"))
    with running_node(secured=Security(certificate=certificate)) as started:
        yield started


@pytest.fixture(autouse=True)
def clean(node):
    yield
    for row in node.request(path="/_cat/indices?format=json&h=index").data:
        node.request(path=f"/{row['index']}", method="DELETE")


def accepted(answer):
    assert answer.status in {200, 201}, answer.data
    return answer.data


def with_account(node, *, role=ROLE):
    """The engine as the guide says to set it up, with a user and a password."""
    accepted(node.request(path="/_security/role/hub", method="PUT", body=role))
    accepted(node.request(path="/_security/user/hub", method="PUT", body={"password": PASSWORD, "roles": ["hub"]}))
    return _engine(node, user="hub", password=PASSWORD)


def with_api_key(node, *, role=ROLE):
    """The engine as the guide says to set it up, with an API key."""
    body = {"name": "hub", "role_descriptors": {"hub": role}}
    return _engine(node, api_key=accepted(node.request(path="/_security/api_key", method="POST", body=body))["encoded"])


def _engine(node, **who):
    connection = Connection(hosts=(node.url,), ca_cert=str(node.ca_file), timeout=15, **who)
    return ElasticsearchEngine(connection=connection, alias="hub")


def whole_life(engine):
    """Everything the hub asks of the server."""
    engine.require_supported()
    assert engine.state() is EngineState.MISSING
    assert engine.document_count() == 0
    first = publish(engine, "Bail glissant")
    publish(engine, "Bail glissant", "Pension de famille")
    publish(engine, "Bail glissant", "Résidence")
    assert engine.state() is EngineState.READY
    said = Moment(start=0, end=40, text="Un bail")
    assert write(engine, page(3, 4, "Colocation", moments=(said,)), PageChange(2, 4)) == {}
    assert titles(engine) == ["Bail glissant", "Colocation"]
    assert engine.search(words("colocatoin")).corrections
    assert engine.document_count() == 2
    assert engine.roll_back() != first
    assert titles(engine) == ["Bail glissant", "Pension de famille"]


@pytest.mark.parametrize("identified", [with_account, with_api_key])
def test_the_role_of_the_guide_is_enough_for_the_whole_life_of_the_index(node, identified):
    whole_life(identified(node))


@pytest.mark.parametrize(("part", "name"), NEEDED)
def test_each_right_of_the_role_is_needed(node, part, name):
    role = copy.deepcopy(ROLE)
    holder = role if part == "cluster" else role["indices"][0]
    holder[part].remove(name)
    if part == "names" and not holder[part]:
        role["indices"] = []
    with pytest.raises(EngineError, match="n’a pas les droits du rôle décrit dans le guide"):
        whole_life(with_api_key(node, role=role))


def test_the_account_of_the_hub_reads_and_changes_nothing_else(node):
    accepted(node.request(path="/paie", method="PUT"))
    engine = with_account(node)
    client = engine._client()  # noqa: SLF001 — the hub's own way in
    refused = client.options(ignore_status=403)
    assert refused.search(index="paie").meta.status == 403
    assert refused.indices.delete(index="paie").meta.status == 403
    assert refused.indices.create(index="autre").meta.status == 403
    assert refused.cluster.put_settings(persistent={"cluster.routing.allocation.enable": "all"}).meta.status == 403
    assert refused.security.get_user().meta.status == 403
    stranger = ElasticsearchEngine(connection=engine.connection, alias="paie")
    with pytest.raises(EngineError, match="n’a pas les droits"):
        stranger.search(words("bail"))
