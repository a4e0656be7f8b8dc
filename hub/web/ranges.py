"""Parts of files (RFC 9110, 14): a player asks for the minute one wants, a download goes on where it stopped.

Documents go through the hub on every server, since it knows who may read them; so the parts do too.
"""

import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import IO

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

# Of one answer to a player that asks for all that follows: it asks again for what it plays next. A whole recording
# would hold a thread of the hub for as long as somebody watches.
PLAYER_BYTES = 2 * 1024**2
_BLOCK = 64 * 1024
_PLAYERS = {"video", "audio"}
_ONE_RANGE = re.compile(r"bytes[ \t]*=[ \t]*(\d{0,18})-(\d{0,18})", re.ASCII | re.IGNORECASE)


class RangeMiddleware:
    """Answers 206 for a part of a file that a view answered whole.

    To come outside the compression, which would count other bytes. Several parts at once, and what is not understood,
    get the whole file, as the standard allows.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not isinstance(response, FileResponse) or response.status_code != HTTPStatus.OK:
            return response
        file: IO[bytes] | None = response.file_to_stream
        if file is None or not hasattr(file, "seekable") or not file.seekable():
            return response
        if response.headers.get("Content-Encoding") == "None":  # Wagtail's word for a file that is not compressed
            del response.headers["Content-Encoding"]
        if "Content-Encoding" in response.headers or not response.headers.get("Content-Length", "").isdecimal():
            return response
        response.headers["Accept-Ranges"] = "bytes"
        asked = request.headers.get("Range", "")
        # HEAD has no parts. A part of what the file was before it was replaced would be joined to another file's.
        if request.method != "GET" or not asked or not _is_same(request.headers.get("If-Range", ""), response):
            return response
        return _part(response, file, asked, is_player=request.headers.get("Sec-Fetch-Dest") in _PLAYERS)


def _part(response: FileResponse, file: IO[bytes], asked: str, *, is_player: bool) -> HttpResponseBase:
    size = int(response.headers["Content-Length"])
    found = _ONE_RANGE.fullmatch(asked.strip())
    if found is None or found.groups() == ("", ""):
        return response
    first, last = _bounds(*found.groups(), size=size)
    if found[1] and found[2] and int(found[2]) < int(found[1]):
        return response  # no range at all, says the standard
    if first >= size:
        response.close()
        return HttpResponse(
            status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
            headers={"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"},
            content_type="text/plain; charset=utf-8",
        )
    if is_player and not found[2]:
        last = min(last, first + PLAYER_BYTES - 1)
    response.status_code = HTTPStatus.PARTIAL_CONTENT
    response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    response.headers["Content-Length"] = str(last - first + 1)
    file.seek(first)
    response.streaming_content = _blocks(file, last - first + 1)
    return response


def _bounds(start: str, end: str, *, size: int) -> tuple[int, int]:
    """Return the first and the last byte asked for: « 0-499 », « 500- », or « -500 », the last five hundred."""
    if not start:
        return (max(0, size - int(end)) if int(end) else size), size - 1
    return int(start), min(int(end), size - 1) if end else size - 1


def _is_same(condition: str, response: FileResponse) -> bool:
    """Whether the file is the one of which the reader has the beginning; a weak tag never says so."""
    if not condition:
        return True
    if condition.startswith(('"', "W/")):
        return condition.startswith('"') and condition == response.headers.get("ETag")
    return condition == response.headers.get("Last-Modified")


def _blocks(file: IO[bytes], length: int) -> Iterator[bytes]:
    while length > 0 and (block := file.read(min(_BLOCK, length))):
        length -= len(block)
        yield block
