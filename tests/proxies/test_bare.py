"""gunicorn by itself, as production runs it: what protects the site when the proxy in front holds nothing back."""

import contextlib
import socket
import time

import pytest

from tests.proxies.asking import SITE, ask, connect, head, read
from tests.proxies.test_proxies import SECURITY, SOON

pytestmark = pytest.mark.slow

FROM_THE_PROXY = ("X-Forwarded-Proto: https", "X-Forwarded-For: 198.51.100.1")
SLOW = 200  # many times the threads


@pytest.mark.parametrize("kind", ["body", "head", "kept"])
def test_whoever_sends_a_byte_a_second_keeps_nobody_waiting(hub: int, kind: str) -> None:
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(connect(port=hub, secure=False)) for _ in range(SLOW)]
        for connection in slow:
            if kind == "kept":  # a first request in due form
                connection.sendall(head("GET", "/sante/vif"))
                assert read(connection).status == 200
            if kind == "body":
                connection.sendall(head("POST", "/compte/connexion/", *FROM_THE_PROXY, "Content-Length: 5000"))
            else:
                connection.sendall(f"GET / HTTP/1.1\r\nHost: {SITE}\r\nX-Lent: ".encode())
        for _ in range(3):
            for connection in slow:
                connection.sendall(b"a")
            for path in ("/sante/vif", "/vu/"):
                began = time.monotonic()
                assert ask(*FROM_THE_PROXY, port=hub, path=path, secure=False).status == 200
                assert time.monotonic() - began < SOON


def test_whoever_does_not_close_after_the_answer_keeps_nobody_waiting(hub: int) -> None:
    with contextlib.ExitStack() as stack:
        began = time.monotonic()
        for _ in range(20):
            connection = stack.enter_context(connect(port=hub, secure=False))
            connection.sendall(head("GET", "/sante/vif", "Connection: close"))
            assert read(connection).status == 200
        assert ask(port=hub, path="/sante/vif", secure=False).status == 200
        assert time.monotonic() - began < 2 * SOON  # gunicorn itself waits two seconds for each


def test_two_requests_on_a_connection_are_answered_one_by_one_or_sent_together(hub: int) -> None:
    first, second = (head("GET", f"/vu/{name}", *FROM_THE_PROXY) for name in ("un", "deux"))
    with connect(port=hub, secure=False) as connection:
        connection.sendall(first)
        assert read(connection).seen["rest"] == "un"
        connection.sendall(second)
        assert read(connection).seen["rest"] == "deux"
        posted = head("POST", "/vu/trois", *FROM_THE_PROXY, "Content-Length: 3") + b"abc"
        connection.sendall(posted + head("GET", "/vu/quatre", *FROM_THE_PROXY, "Connection: close"))
        heard = b""
        while piece := connection.recv(65536):
            heard += piece
    assert [part in heard for part in (b'"rest": "trois"', b'"body": 3', b'"rest": "quatre"')] == [True] * 3


def test_a_large_form_arrives_whole_byte_by_byte_or_after_it_was_asked_for(hub: int) -> None:
    with connect(port=hub, secure=False) as connection:
        request = head("POST", "/vu/", *FROM_THE_PROXY, "Content-Length: 200000", "Expect: 100-continue")
        for position in range(len(request)):
            connection.sendall(request[position : position + 1])
        assert connection.recv(100).startswith(b"HTTP/1.1 100 Continue")
        connection.sendall(b"a" * 200_000)
        heard = b""
        while b'"body": 200000' not in heard:
            piece = connection.recv(65536)
            assert piece, heard
            heard += piece


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        (head("POST", "/", "Content-Length: 40000000"), 413, "Envoi trop volumineux"),
        (head("POST", "/", "Transfer-Encoding: chunked"), 411, "Demande incomprise"),
        (head("POST", "/", "Content-Length: 1", "Content-Length: 2"), 400, "Demande incomprise"),
        (head("POST", "/", "Content-Length: 1", "Transfer-Encoding: chunked") + b"0\r\n\r\n", 400, "Demande"),
        (head("POST", "/", "Content-Length: ²"), 400, "Demande incomprise"),
        (head("POST", "/", "Content-Length: -1"), 400, "Demande incomprise"),
        (b"GET / HTTP/1.1\nHost: hub\n\n", 400, "Demande incomprise"),
        (b"n'importe quoi\r\n\r\n", 400, "Demande incomprise"),
        (head("GET", "/", "X-Long: " + "a" * 9000), 431, "Demande incomprise"),
        (head("GET", "/", *(f"X-{number}: a" for number in range(200))), 431, "Demande incomprise"),
        (b"GET / HTTP/1.1\r\nX-Long: " + b"a" * 300_000, 431, "Demande incomprise"),
        (head("GET", "/" + "a" * 9000), 414, "Demande incomprise"),
        (head("GET", "/vu/", *FROM_THE_PROXY, host="autre.example.org"), 400, "Demande incomprise"),
        (head("TRACE", "/vu/", *FROM_THE_PROXY), 405, ""),
    ],
)
def test_what_is_refused_before_the_hub_sees_it_is_refused_in_french_with_every_header(
    hub: int, sent: bytes, status: int, said: str
) -> None:
    answer = ask(port=hub, secure=False, raw=sent)
    assert answer.status == status
    assert said in answer.body.decode()
    assert [name for name in SECURITY if len(answer.headers.get(name, ())) != 1] == []
    assert "gunicorn" not in answer.body.decode()


@pytest.mark.parametrize("source", ["127.0.0.1", "127.0.0.9"])
def test_a_header_with_an_underscore_or_of_another_habit_says_nothing(hub: int, source: str) -> None:
    lines = ("SCRIPT_NAME: /ailleurs", "PATH_INFO: /ailleurs", "REMOTE_USER: chef", "X-Forwarded-Ssl: on")
    answer = ask(*lines, port=hub, secure=False, source=source)
    assert answer.status == 301  # plain HTTP is sent to HTTPS: nothing said otherwise
    assert answer.headers["location"] == [f"https://{SITE}/vu/"]
    seen = ask(*lines, "X-Forwarded-Proto: https", port=hub, secure=False)
    assert (seen.seen["prefix"], seen.seen["path"], seen.seen["user"]) == ("", "/vu/", "")


def test_a_proxy_that_does_not_say_where_visitors_are_is_not_one_of_them(hub: int) -> None:
    assert ask("X-Forwarded-Proto: https", port=hub, secure=False).seen["address"] == "0.0.0.0"  # noqa: S104
    # From elsewhere than a trusted proxy, nothing is believed of the scheme either.
    assert ask("X-Forwarded-Proto: https", port=hub, secure=False, source="127.0.0.9").status == 301


def test_a_client_that_leaves_at_any_moment_does_no_harm(hub: int) -> None:
    whole = head("POST", "/vu/", *FROM_THE_PROXY, "Content-Length: 10") + b"0123456789"
    for position in range(0, len(whole), 7):
        with socket.create_connection(("127.0.0.1", hub)) as connection:
            connection.sendall(whole[:position])
    assert ask(*FROM_THE_PROXY, port=hub, secure=False).status == 200
