"""Requests written byte by byte: what no library would send, from any address of this machine."""

import contextlib
import json
import socket
import ssl
from dataclasses import dataclass
from typing import Any

SITE = "hub.example.gouv.fr"
LIMIT = 20.0  # seconds


@dataclass(frozen=True)
class Answer:
    """One answer. ``headers`` holds each name, in lower case, with all its values."""

    status: int
    headers: dict[str, list[str]]
    body: bytes

    @property
    def seen(self) -> dict[str, Any]:
        """What the hub says it understood."""
        return dict(json.loads(self.body))


def connect(*, port: int, source: str = "127.0.0.1", secure: bool = True) -> socket.socket:
    """Open a connection from one of this machine's addresses."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=LIMIT, source_address=(source, 0))
    if not secure:
        return connection
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["http/1.1"])
    return context.wrap_socket(connection, server_hostname=SITE)


def head(method: str, path: str, *lines: str, host: str = SITE) -> bytes:
    """Return the first lines of a request, its end included."""
    return "\r\n".join((f"{method} {path} HTTP/1.1", f"Host: {host}", *lines, "", "")).encode()


def ask(
    *lines: str,
    port: int,
    path: str = "/vu/",
    method: str = "GET",
    body: bytes = b"",
    source: str = "127.0.0.1",
    host: str = SITE,
    secure: bool = True,
    raw: bytes | None = None,
) -> Answer:
    """Send a request, or ``raw`` as it is; return its answer. ``lines`` are headers."""
    if body and not any(line.lower().startswith(("content-length", "transfer-encoding")) for line in lines):
        lines = (*lines, f"Content-Length: {len(body)}")
    with connect(port=port, source=source, secure=secure) as connection:
        sent = raw if raw is not None else head(method, path, "Connection: close", *lines, host=host) + body
        with contextlib.suppress(OSError):  # refused before it was whole: the answer is there
            connection.sendall(sent)
        return read(connection, method=method)


def read(connection: socket.socket, *, method: str = "GET") -> Answer:
    """Read one answer to its end. Raises ``OSError`` when there is none."""
    data = b""
    try:
        while piece := connection.recv(65536):
            data += piece
            if _is_whole(data, method=method):
                break
    except (ConnectionResetError, ssl.SSLError):
        pass  # what came before is the answer
    if not data:
        raise ConnectionResetError("no answer")
    top, _, body = data.partition(b"\r\n\r\n")
    first, *lines = top.decode("latin-1").split("\r\n")
    headers: dict[str, list[str]] = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers.setdefault(name.lower(), []).append(value.strip())
    if headers.get("transfer-encoding") == ["chunked"]:
        body = _unchunked(body)
    return Answer(int(first.split(" ")[1]), headers, body)


def _is_whole(data: bytes, *, method: str) -> bool:
    top, separator, body = data.partition(b"\r\n\r\n")
    if not separator:
        return False
    lines = [line.split(b":", 1) for line in top.lower().split(b"\r\n")[1:]]
    lengths = [int(line[1]) for line in lines if line[0] == b"content-length"]
    if method == "HEAD" or lengths:
        return method == "HEAD" or len(body) >= lengths[0]
    return body.endswith(b"0\r\n\r\n") if b"chunked" in top.lower() else False


def _unchunked(body: bytes) -> bytes:
    whole = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size or b"0", 16)
        whole, body = whole + rest[:length], rest[length + 2 :]
        if not length:
            break
    return whole
