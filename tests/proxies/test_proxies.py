"""Each proxy as the guide gives it: what visitors get through it, and what nobody gets past it."""

import contextlib
import time
from pathlib import Path

import pytest

from tests.proxies.asking import SITE, Answer, ask, connect, head, read
from tests.proxies.running import PROXIES, program, running_proxy
from tests.servers.processes import free_port

pytestmark = pytest.mark.slow

SECURITY = (
    "content-security-policy",
    "cross-origin-opener-policy",
    "permissions-policy",
    "referrer-policy",
    "strict-transport-security",
    "x-content-type-options",
    "x-frame-options",
)
FORGED = (
    "X-Forwarded-For: 198.51.100.7",
    "X-Forwarded-For: 198.51.100.8, 127.0.0.1",
    "X_Forwarded_For: 198.51.100.9",
    "X-Real-IP: 198.51.100.7",
    "Forwarded: for=198.51.100.7;proto=http;host=autre.example.org",
    "X-Forwarded-Host: autre.example.org",
    "X-Forwarded-Port: 80",
    "X-Forwarded-Ssl: on",
    "X-Forwarded-Protocol: ssl",
    "SCRIPT_NAME: /ailleurs",
    "PATH_INFO: /ailleurs",
    "REMOTE_USER: chef",
    "REMOTE_ADDR: 198.51.100.7",
)
FORTY = 40
MANY_BYTES = 31 * 1024**2
SOON = 5.0  # seconds; far above what a page takes, far below what a slow sender takes


def protected(answer: Answer) -> bool:
    """Whether each header is there, once."""
    missing = {name: answer.headers.get(name) for name in SECURITY if len(answer.headers.get(name, ())) != 1}
    assert missing == {}
    return True


@pytest.mark.parametrize("forged", [(), FORGED, ("X-Forwarded-Proto: http",), ("X-Forwarded-Proto: https, http",)])
def test_each_visitor_is_where_they_are_whatever_they_write(proxy: int, forged: tuple[str, ...]) -> None:
    for source in ("127.0.0.2", "127.0.0.3"):
        answer = ask(*forged, port=proxy, source=source)
        assert answer.seen == {
            "address": source,
            "scheme": "https",
            "host": SITE,
            "path": "/vu/",
            "rest": "",
            "body": 0,
            "prefix": "",
            "user": "",
        }


def try_to_sign_in(*, port: int, source: str, forged: str) -> int:
    """Send the sign-in form as a browser does; return the status of the answer."""
    page = ask(port=port, path="/compte/connexion/", source=source)
    cookie = next(value.split(";")[0] for value in page.headers["set-cookie"] if "csrf" in value)
    token = page.body.split(b'name="csrfmiddlewaretoken" value="')[1].split(b'"')[0]
    form = b"csrfmiddlewaretoken=" + token + b"&email=pas+une+adresse"
    lines = (
        f"Cookie: {cookie}",
        f"Referer: https://{SITE}/compte/connexion/",
        "Content-Type: application/x-www-form-urlencoded",
        f"X-Forwarded-For: {forged}",
    )
    return ask(*lines, port=port, path="/compte/connexion/", method="POST", body=form, source=source).status


def test_one_visitor_s_tries_are_counted_and_stop_nobody_else(proxy: int, request: pytest.FixtureRequest) -> None:
    network = PROXIES.index(request.node.callspec.params["proxy"]) + 1
    first, second = f"127.0.{network}.1", f"127.0.{network}.2"
    tries = [try_to_sign_in(port=proxy, source=first, forged=f"198.51.100.{number}") for number in range(5)]
    assert tries == [200, 200, 200, 429, 429]
    assert try_to_sign_in(port=proxy, source=second, forged=first) == 200


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "TRACK"])
def test_a_method_that_no_page_has_is_refused(proxy: int, method: str) -> None:
    answer = ask("X-Secret: oui", port=proxy, method=method)
    assert answer.status in {400, 405, 501}
    assert b"oui" not in answer.body


@pytest.mark.parametrize("kind", ["body", "head"])
def test_forty_who_send_slowly_keep_nobody_waiting(proxy: int, kind: str) -> None:
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(connect(port=proxy, source="127.0.0.4")) for _ in range(FORTY)]
        for connection in slow:
            if kind == "body":  # past what a proxy looks at before it passes a body on
                connection.sendall(head("POST", "/vu/", "Content-Length: 100000") + b"a" * 40_000)
            else:
                connection.sendall(f"GET /vu/ HTTP/1.1\r\nHost: {SITE}\r\nX-Lent: ".encode())
        for _ in range(3):
            for connection in slow:
                connection.sendall(b"a")
            for path in ("/sante/vif", "/vu/"):
                began = time.monotonic()
                assert ask(port=proxy, path=path, source="127.0.0.5").status == 200
                assert time.monotonic() - began < SOON


def test_a_form_that_arrives_in_pieces_arrives_whole(proxy: int) -> None:
    with connect(port=proxy) as connection:
        connection.sendall(head("POST", "/vu/", "Connection: close", "Content-Length: 300000"))
        for _ in range(3):
            connection.sendall(b"a" * 100_000)
            time.sleep(0.2)
        assert read(connection).seen["body"] == 300_000


def test_what_is_too_large_is_refused_clearly_and_recordings_of_editors_pass(proxy: int) -> None:
    answer = ask(f"Content-Length: {MANY_BYTES}", port=proxy, method="POST", body=b"a" * 1000)
    assert answer.status == 413
    assert "Envoi trop volumineux" in answer.body.decode()
    assert protected(answer)
    taken = ask(port=proxy, path="/gestion/documents/vu/", method="POST", body=b"a" * MANY_BYTES)
    assert taken.status == 400  # the view reads it into memory, which Django bounds: the proxy let it through


TWO_IN_ONE = b"GET /vu/cachee HTTP/1.1\r\nHost: hub.example.gouv.fr\r\n\r\n"


@pytest.mark.parametrize(
    "lines",
    [
        ("Content-Length: 4", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked", "Transfer-Encoding: identity"),
        ("Transfer-Encoding: xchunked",),
        ("Transfer-Encoding : chunked", "Content-Length: 5"),
        ("Content-Length: 5", "Content-Length: 6"),
        ("Content-Length: +5",),
        ("Content-Length: 5,5",),
        ("Content_Length: 5", "Transfer-Encoding: chunked"),
    ],
)
def test_a_request_hidden_in_another_is_answered_to_nobody_else(proxy: int, lines: tuple[str, ...]) -> None:
    with connect(port=proxy) as connection:
        connection.sendall(head("POST", "/vu/", *lines) + b"0\r\n\r\n" + TWO_IN_ONE)
        first = read(connection)
        # Refused, or read to the same end by the proxy and by the hub.
        assert first.status in {200, 400, 411, 501}
        for number in range(3):
            assert ask(port=proxy, path=f"/vu/{number}").seen["rest"] == str(number)


@pytest.mark.parametrize(("path", "host"), [("/vu/", "autre.example.org"), ("https://autre.example.org/vu/", SITE)])
def test_another_name_than_the_site_s_gets_nothing(proxy: int, path: str, host: str) -> None:
    answer = ask(port=proxy, path=path, host=host)
    assert answer.status in {400, 421}
    assert b'"scheme"' not in answer.body


def test_an_address_with_the_site_s_own_name_is_the_same_page(proxy: int) -> None:
    assert ask(port=proxy, path=f"https://{SITE}/vu/").seen["path"] == "/vu/"


@pytest.fixture(scope="session")
def media(folder: Path, hub: int) -> None:
    """A file in each folder of the media."""
    for name in ("images", "original_images", "documents"):
        place = folder / "var" / "media" / name
        place.mkdir(parents=True)
        (place / "photo.png").write_bytes(b"un secret")


@pytest.mark.usefixtures("media")
@pytest.mark.parametrize(
    "path",
    [
        "/media/documents/photo.png",
        "/media/original_images/photo.png",
        "/media/images/../documents/photo.png",
        "/media/images/%2e%2e/documents/photo.png",
        "/media/images/..%2fdocuments/photo.png",
        "/media/images//../original_images/photo.png",
        "/media//documents/photo.png",
        "/media/images/../../hub.sqlite3",
        "/media/images/..%5cdocuments/photo.png",
        "/media/images%2f..%2fdocuments/photo.png",
        "//media/documents/photo.png",
        "/hub-erreurs/400.html",
    ],
)
def test_the_proxy_reads_no_document_and_no_original(proxy: int, path: str) -> None:
    answer = ask(port=proxy, path=path)
    assert answer.status in {301, 302, 400, 404}
    assert b"un secret" not in answer.body


@pytest.mark.usefixtures("media")
def test_images_as_pages_show_them_are_shown(proxy: int, request: pytest.FixtureRequest) -> None:
    answer = ask(port=proxy, path="/media/images/photo.png")
    if request.node.callspec.params["proxy"] == "haproxy":
        assert answer.status == 404  # it reads no file: SERVE_IMAGES=1 has the hub do so
        return
    assert (answer.status, answer.body) == (200, b"un secret")
    assert answer.headers["content-type"] == ["image/png"]
    assert "max-age=2592000" in answer.headers["cache-control"]
    assert protected(answer)


def test_a_player_gets_the_part_of_a_recording_it_asks_for(proxy: int) -> None:
    whole = ask(port=proxy, path="/film/")
    assert (whole.status, whole.headers["accept-ranges"]) == (200, ["bytes"])
    size = len(whole.body)
    for asked, first, last in (
        ("100-199", 100, 199),
        ("-50", size - 50, size - 1),
        (f"{size - 9}-", size - 9, size - 1),
    ):
        part = ask(f"Range: bytes={asked}", "Accept-Encoding: gzip", port=proxy, path="/film/")
        assert (part.status, part.body) == (206, whole.body[first : last + 1])
        assert part.headers["content-range"] == [f"bytes {first}-{last}/{size}"]
    assert ask(f"Range: bytes={size}-", port=proxy, path="/film/").status == 416


@pytest.mark.usefixtures("media")
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/vu/", 200),
        ("/static/essai.css", 200),
        ("/static/absente.css", 404),
        ("/sante/vif", 200),
        ("/robots.txt", 200),
        ("/.well-known/security.txt", 200),
        ("/compte/connexion/", 200),
        ("/gestion/", 302),
        ("/adresse-inconnue/", 404),
        ("/media/images/absente.png", 404),
        ("/media/documents/photo.png", 404),
    ],
)
def test_every_answer_says_once_what_a_browser_may_do_with_it(proxy: int, path: str, status: int) -> None:
    answer = ask(port=proxy, path=path)
    assert answer.status == status
    assert protected(answer)


@pytest.mark.parametrize("lines", [("X-Long: " + "a" * 20_000,), ("X-Long: " + "a" * 9_000,)])
def test_a_head_that_is_too_long_is_refused(proxy: int, lines: tuple[str, ...]) -> None:
    assert ask(*lines, port=proxy).status in {400, 431}


@pytest.mark.parametrize("name", PROXIES)
def test_a_hub_that_is_away_is_said_to_be_in_french(name: str, folder: Path) -> None:
    if program(name) is None:
        pytest.skip(f"{name} n’est pas installé (apt install {name})")
    with running_proxy(name=name, folder=folder, hub=free_port(), healthy=False) as port:
        answer = ask(port=port)
        assert answer.status == 503
        assert "Service indisponible" in answer.body.decode()
        assert protected(answer)
