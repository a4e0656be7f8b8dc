"""A request has an id, from the proxy or from us: on the answer, and on what is logged on the way."""

import json
import logging
import re
import sys

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.http import HttpResponse
from django.test import Client, RequestFactory

from hub.web.logs import (
    JsonFormatter,
    LineFormatter,
    QueryStringFilter,
    RequestIdFilter,
    RequestIdMiddleware,
    SecretsFilter,
    current_request_id,
)
from tests.accounts.signing_in import ask, last_mail, link_of
from tests.factories import build_home

GIVEN = "3f2b8c1e-proxy.1"


@pytest.fixture
def lines():
    """What the handlers of production write, parsed."""
    written = []

    class Kept(logging.Handler):
        def emit(self, record):
            written.append(json.loads(self.format(record)))

    handler = Kept()
    handler.setFormatter(JsonFormatter())
    for kept in (RequestIdFilter(), SecretsFilter()):
        handler.addFilter(kept)
    root, requests = logging.getLogger(), logging.getLogger("hub.requests")
    level = requests.level
    root.addHandler(handler)
    requests.setLevel(logging.INFO)
    yield written
    root.removeHandler(handler)
    requests.setLevel(level)


def test_an_answer_carries_the_id_the_proxy_gave(client):
    assert client.get("/sante/vif", headers={"x-request-id": GIVEN}).headers["X-Request-ID"] == GIVEN


@pytest.mark.parametrize(
    "given", ["", "court", "a" * 65, 'x"}, {"level": "CRITICAL', "retour\nligne-et-suite", "é" * 10]
)
def test_an_id_that_is_not_one_is_replaced(rf: RequestFactory, given):
    answer = RequestIdMiddleware(lambda _request: HttpResponse())(rf.get("/", headers={"x-request-id": given}))
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-ID"])


def test_two_requests_have_two_ids_and_none_is_left_behind(client):
    first, second = (client.get("/sante/vif").headers["X-Request-ID"] for _ in range(2))
    assert first != second
    assert current_request_id() == ""


def test_each_record_of_a_request_has_its_id(client, db, lines):
    client.get("/adresse-inconnue/", headers={"x-request-id": GIVEN})
    assert {line["logger"] for line in lines} == {"django.request", "hub.requests"}
    assert {line["request_id"] for line in lines} == {GIVEN}


def test_the_line_of_a_request_says_what_happened(client, db, lines):
    client.get("/adresse-inconnue/")
    line = next(line for line in lines if line["logger"] == "hub.requests")
    assert (line["method"], line["path"], line["status"]) == ("GET", "/adresse-inconnue/", 404)
    assert 0 < line["duration_ms"] < 60_000
    assert line["level"] == "INFO"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line["timestamp"])


def test_what_a_visitor_searched_for_is_not_written(client, db, lines):
    build_home()
    client.get("/recherche/?q=violences-conjugales&courriel=anne@example.org")
    client.get("/adresse-inconnue/?q=violences-conjugales&courriel=anne@example.org")
    written = json.dumps(lines, ensure_ascii=False)
    assert "/recherche/" in written
    assert "violences" not in written
    assert "anne@" not in written


def test_a_link_that_opens_an_account_is_not_written(client, admin_user, lines):
    ask(client, email=admin_user.email)
    token = link_of(last_mail(email=admin_user.email)).split("/")[-2]
    key = default_token_generator.make_token(admin_user)
    addresses = {
        f"/compte/connexion/lien/{token}/": (token, 403),  # opened in another browser than the one that asked
        f"/compte/mot-de-passe/nouveau/{user_pk_to_url_str(admin_user)}-{key}/": (key, 302),
        f"/espace/structures/invitation/{token}/": (token, 404),
    }
    for address, (secret, status) in addresses.items():
        lines.clear()
        assert Client().get(address).status_code == status
        assert [line["path"][-2:] for line in lines if line["logger"] == "hub.requests"] == ["…/"]
        assert secret not in json.dumps(lines)


def test_probes_that_go_well_do_not_fill_the_log(client, lines):
    client.get("/sante/vif")
    assert lines == []
    client.post("/sante/vif")
    assert [(line["path"], line["status"]) for line in lines if line["logger"] == "hub.requests"] == [
        ("/sante/vif", 405)
    ]


def test_an_exception_is_one_line_with_its_trace_in_one_field():
    try:
        int("cassé")
    except ValueError:
        record = logging.getLogger("essai").makeRecord(
            "essai", logging.ERROR, __file__, 1, "échec de %s", ("tout",), sys.exc_info()
        )
    text = JsonFormatter().format(record)
    assert "\n" not in text
    line = json.loads(text)
    assert line["message"] == "échec de tout"
    assert line["exception"].splitlines()[0].startswith("Traceback")
    assert line["exception"].endswith("'cassé'")


def test_what_libraries_attach_to_a_record_is_left_out():
    record = logging.makeLogRecord({"name": "django.request", "msg": "Not Found: /", "request": "<GET '/?q=secret'>"})
    assert "secret" not in JsonFormatter().format(record)


def test_a_readable_line_shows_the_beginning_of_the_id():
    record = logging.makeLogRecord({"name": "essai", "levelname": "INFO", "msg": "bonjour", "request_id": GIVEN})
    assert LineFormatter().format(record).endswith("INFO essai [3f2b8c1e] bonjour")


def test_an_address_gunicorn_quotes_loses_its_parameters():
    record = logging.makeLogRecord({"msg": "Error handling request %s", "args": ("/recherche/?q=secret&page=2",)})
    QueryStringFilter().filter(record)
    assert record.getMessage() == "Error handling request /recherche/?…"
