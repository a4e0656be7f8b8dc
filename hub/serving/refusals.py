"""The whole answer to a request that the hub itself never sees, as gunicorn's worker writes it to the socket."""

from http import HTTPStatus

from django.template import TemplateDoesNotExist, loader

from hub.security_headers import security_headers

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
