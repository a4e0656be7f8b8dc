"""A request on its way: when a thread can read it without waiting, and what is refused before that."""

import re
import tempfile
import time
from http import HTTPStatus
from typing import IO

from django.conf import settings

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
    """A request that is not received further. ``status`` is what it is answered."""

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
        """Whether a thread can read it to its end without waiting."""
        return self._expected is not None and self.received >= self._expected

    @property
    def deadline(self) -> float:
        """The moment of the monotonic clock at which it has taken too long."""
        if self._expected is None:
            return self.began + HEAD_SECONDS
        return self.began + BODY_SECONDS + self.received / BYTES_A_SECOND

    def receive(self, data: bytes) -> None:
        """Keep what came.

        Raises:
            RefusedError: the head or the body is larger than any of ours, or does not say its length.
        """
        self.received += len(data)
        self.file.write(data)
        if self._expected is None:
            self._look_for_the_end_of_the_head(data)

    def _look_for_the_end_of_the_head(self, data: bytes) -> None:
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

    Raises:
        RefusedError: the body is larger than its address takes, or comes in chunks: browsers say its length first.
    """
    framing = _FRAMING.findall(head)
    if not framing:
        return 0
    if len(framing) > 1:
        return 0  # two lengths, or a length and a transfer coding
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
