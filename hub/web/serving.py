"""A worker of gunicorn that bounds how long a request may arrive."""

import contextlib
import errno
import re
import selectors
import socket
import struct
import tempfile
import time
from functools import partial
from http import HTTPStatus
from typing import IO, Any

from django.conf import settings
from django.template import TemplateDoesNotExist, loader
from gunicorn.http.unreader import SocketUnreader  # type: ignore[import-untyped]
from gunicorn.workers.gthread import TConn, ThreadWorker  # type: ignore[import-untyped]

from hub.web.policies import security_headers

HEAD_SECONDS = 20.0  # for the request line and the headers
BODY_SECONDS = 60.0  # for a body, however small; then as much as this rate asks for:
BYTES_A_SECOND = 4_096
HEAD_BYTES = 256 * 1024
IN_MEMORY_BYTES = 64 * 1024  # of each request; a longer one is on the disk
FORM_BYTES = 30 * 1024**2  # of a body: a form and the largest file it takes, as in the proxies (hub/deploy/proxies)
ADMIN_FORM_BYTES = 10 * 1024**2  # beside the largest file an editor may send

_LENGTH = re.compile(rb"^content-length[ \t]*:[ \t]*(\d{1,18})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_FRAMING = re.compile(rb"^(?:content-length|transfer-encoding)[ \t]*:", re.IGNORECASE | re.MULTILINE)
_CHUNKED = re.compile(rb"^transfer-encoding[ \t]*:[ \t]*chunked[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_EXPECTS = re.compile(rb"^expect[ \t]*:[ \t]*100-continue[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_END_OF_HEAD = re.compile(rb"\r\n\r\n|\n\n")


class RefusedError(Exception):
    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class Arrival:
    """What has come of one request so far. It looks at the framing only; gunicorn reads the request itself."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.received = 0
        self.expects_continue = False
        # Closed by its connection, once a thread has read it.
        self.file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115
        self._head = bytearray()
        self._expected: int | None = None

    @property
    def is_whole(self) -> bool:
        return self._expected is not None and self.received >= self._expected

    @property
    def deadline(self) -> float:
        if self._expected is None:
            return self.began + HEAD_SECONDS
        return self.began + BODY_SECONDS + self.received / BYTES_A_SECOND

    def receive(self, data: bytes) -> None:
        self.received += len(data)
        self.file.write(data)
        if self._expected is not None:
            return
        already = max(0, len(self._head) - 3)
        self._head += data
        if end := _END_OF_HEAD.search(self._head, already):
            head = bytes(self._head[: end.end()])
            self._head.clear()
            self._expected = end.end() + body_length(head=head)
            self.expects_continue = _EXPECTS.search(head) is not None
        elif len(self._head) > HEAD_BYTES:
            raise RefusedError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)


def body_length(*, head: bytes) -> int:
    """Return the bytes to wait for after the head: none when it is for gunicorn to refuse what the head says of them.

    Raises ``RefusedError`` for a body larger than its address takes, or in chunks: browsers say its length first.
    """
    if len(_FRAMING.findall(head)) != 1:
        return 0  # no body; or two lengths, or a length and a transfer coding
    if _CHUNKED.search(head):
        raise RefusedError(HTTPStatus.LENGTH_REQUIRED)
    found = _LENGTH.search(head)
    length = int(found[1]) if found else 0
    if length > largest_body(head=head):
        raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return length


def largest_body(*, head: bytes) -> int:
    """Return the bytes taken at the address of this head: editors send recordings."""
    address = head.lstrip(b"\r\n").split(b" ", 2)[1:2]
    if address and address[0].startswith(f"/{settings.ADMIN_PATH}".encode()):
        return int(settings.WAGTAILDOCS_MAX_UPLOAD_SIZE) + ADMIN_FORM_BYTES
    return FORM_BYTES


PAGES = {HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "413.html", HTTPStatus.SERVICE_UNAVAILABLE: "503.html"}


def refusal(*, status: HTTPStatus) -> bytes:
    """Return the whole answer to a request that the hub itself never sees."""
    template = PAGES.get(status, "500.html" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "400.html")
    try:
        body = loader.render_to_string(template).encode()
    except TemplateDoesNotExist:
        body = status.phrase.encode()
    headers = {
        "Connection": "close",
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        # How the request came is not known: behind a proxy of ours, over HTTPS.
        **security_headers(is_page=True, is_secure=True),
    }
    lines = [f"HTTP/1.1 {status.value} {status.phrase}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


LEAVING_SECONDS = 2.0  # for a client to close once it has its answer
STOPPING_SECONDS = 2.0  # for what is on its way when the worker is told to stop
SEND_SECONDS = 30  # for a client to take the next part of an answer
FAIR_SECONDS = 2.0  # a request younger than this leaves its place to no other
SPARE_PLACES = 0.1  # of the connections of a worker
ON_ITS_WAY_BYTES = 2 * 1024**3  # of all requests together


class ArrivedUnreader(SocketUnreader):
    """Gives gunicorn's parser what has arrived, then what the socket has."""

    arrived: IO[bytes] | None = None

    def chunk(self, size_hint: int | None = None) -> bytes:
        data = self.arrived.read(max(self.mxchunk, size_hint or 0)) if self.arrived else b""
        return data or super().chunk(size_hint)

    def take_all(self) -> bytes:
        """Return what follows the request that was read: the beginning of another one, if anything."""
        rest = self.arrived.read() if self.arrived else b""
        return bytes(self.take_buffered()) + rest


class Connection(TConn):
    arrival: Arrival | None = None

    def init(self) -> None:
        is_new = self.parser is None
        super().init()
        if is_new:
            self.parser.unreader = ArrivedUnreader(self.sock)
        self.read_what_arrived()

    def read_what_arrived(self) -> None:
        if self.arrival and self.parser is not None:
            self.arrival.file.seek(0)
            self.parser.unreader.arrived = self.arrival.file

    def forget_arrival(self) -> int:
        """Return how many bytes it was."""
        if self.arrival is None:
            return 0
        received = self.arrival.received
        self.arrival.file.close()
        self.arrival = None
        if self.parser is not None:
            self.parser.unreader.arrived = None
        return received


class PatientWorker(ThreadWorker):
    """``gthread``, whose loop receives the requests; the threads only answer them."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.arriving: dict[Connection, None] = {}  # in the order they began
        self.leaving: dict[Connection, float] = {}  # and until when each is waited for
        self.held_bytes = 0

    # --- receiving, in the loop ---------------------------------------------------------------------------------------

    def accept(self, listener: socket.socket) -> None:
        self._make_room()
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in {errno.EMFILE, errno.ENFILE}:
                self._make_room(always=True)
            elif error.errno not in {errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED}:
                raise
            return
        # Nobody holds a thread by leaving an answer where it is.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_SECONDS, 0))
        self.nr_conns += 1
        self.enqueue_req(Connection(self.cfg, client, address, listener.getsockname()))

    def enqueue_req(self, conn: Connection) -> None:
        """Watch for a request to arrive on this connection, then have a thread answer it."""
        begun = conn.parser.unreader.take_all() if conn.parser is not None else b""
        self.held_bytes -= conn.forget_arrival()
        conn.arrival = Arrival()
        conn.sock.settimeout(0)
        self.arriving[conn] = None
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._on_arriving, conn))
        if begun:
            self._receive(conn, begun)
        self._on_arriving(conn, conn.sock)

    def _on_arriving(self, conn: Connection, client: socket.socket) -> None:
        if conn not in self.arriving:
            return
        try:
            data = client.recv(IN_MEMORY_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if data:
            self._receive(conn, data)
        else:
            self._stop_watching(conn)
            self.held_bytes -= conn.forget_arrival()
            self.nr_conns -= 1
            conn.close()

    def _receive(self, conn: Connection, data: bytes) -> None:
        arrival = conn.arrival
        if arrival is None:
            return
        try:
            self.held_bytes += len(data)
            arrival.receive(data)
        except RefusedError as refused:
            self._refuse(conn, refused.status)
            return
        except OSError:  # the disk is full, or no file can be opened
            self.log.exception("A request could not be kept")
            self._refuse(conn, HTTPStatus.SERVICE_UNAVAILABLE)
            return
        if self.held_bytes > ON_ITS_WAY_BYTES:
            self._refuse(conn, HTTPStatus.SERVICE_UNAVAILABLE)
        elif arrival.is_whole:
            self._stop_watching(conn)
            conn.data_ready = True  # a thread waits for nothing
            super().enqueue_req(conn)
        elif arrival.expects_continue:
            arrival.expects_continue = False
            with contextlib.suppress(OSError):
                conn.sock.send(b"HTTP/1.1 100 Continue\r\n\r\n")

    def handle(self, conn: Connection) -> bool:
        conn.read_what_arrived()  # a new connection, which has no parser yet, does so when it makes it
        return bool(super().handle(conn))

    # --- ending -------------------------------------------------------------------------------------------------------

    def finish_request(self, conn: Connection, fs: Any) -> None:
        """Keep the connection or close it, in the loop, as gunicorn does but without waiting for the client."""
        if not fs.cancelled() and fs.exception() is None and fs.result():
            rest = conn.parser.unreader.take_all()
            self.held_bytes -= conn.forget_arrival()
            conn.parser.unreader.unread(rest)
            super().finish_request(conn, fs)
        else:
            self._leave(conn)

    def murder_pending(self) -> None:
        """Close what has taken too long, at each turn of the loop."""
        super().murder_pending()
        self._make_room()
        now = time.monotonic()
        for conn in list(self.arriving):
            arrival = conn.arrival
            if arrival and (now > arrival.deadline or (not self.alive and now > arrival.began + STOPPING_SECONDS)):
                self._refuse(conn, HTTPStatus.REQUEST_TIMEOUT)
        for conn, until in list(self.leaving.items()):
            if now > until:
                self._left(conn)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Refuse what gunicorn does not understand, in French and with the headers of every other answer."""
        heard = _Heard()
        super().handle_error(req, heard, addr, exc)
        with contextlib.suppress(OSError):
            client.sendall(refusal(status=heard.status))

    def _refuse(self, conn: Connection, status: HTTPStatus) -> None:
        self.log.debug("Request refused: %s %s", status.value, status.phrase)
        self._stop_watching(conn)
        if conn.arrival and conn.arrival.received:
            with contextlib.suppress(OSError):
                conn.sock.send(refusal(status=status))
        self._leave(conn)

    def _make_room(self, *, always: bool = False) -> None:
        """Close the requests that have been on their way longest, but those of a moment ago, while places run out."""
        fair = time.monotonic() - FAIR_SECONDS
        while always or self.nr_conns >= self.worker_connections * (1 - SPARE_PLACES):
            always = False
            oldest = next(iter(self.arriving), None)
            if oldest is None or oldest.arrival is None or oldest.arrival.began > fair:
                return
            self._refuse(oldest, HTTPStatus.REQUEST_TIMEOUT)
            self._left(oldest)

    def _stop_watching(self, conn: Connection) -> None:
        if conn in self.arriving:
            del self.arriving[conn]
            self.poller.unregister(conn.sock)

    def _leave(self, conn: Connection) -> None:
        """Send the end of the answer, then give the client a moment to read it before the connection is closed."""
        self.held_bytes -= conn.forget_arrival()
        try:
            conn.sock.settimeout(0)
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.nr_conns -= 1
            conn.close()
            return
        self.leaving[conn] = time.monotonic() + LEAVING_SECONDS
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._on_leaving, conn))

    def _on_leaving(self, conn: Connection, client: socket.socket) -> None:
        try:
            if client.recv(IN_MEMORY_BYTES):
                return
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            pass
        self._left(conn)

    def _left(self, conn: Connection) -> None:
        if self.leaving.pop(conn, None) is not None:
            self.poller.unregister(conn.sock)
            self.nr_conns -= 1
            conn.close()


class _Heard:
    """Stands for the client while gunicorn says what it would answer; the status alone is kept."""

    status = HTTPStatus.BAD_REQUEST

    def sendall(self, data: bytes) -> None:
        self.status = HTTPStatus(int(data.split(b" ", 2)[1]))

    send = sendall

    def gettimeout(self) -> float:
        return 0.0

    def setblocking(self, flag: object) -> None:
        """It never blocks."""
