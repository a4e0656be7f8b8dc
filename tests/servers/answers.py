"""Speak to a search server, with the standard library: is it Elasticsearch, and what does it answer?"""

import base64
import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

from .errors import ServerError

PRODUCT_HEADER = "X-Elastic-Product"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered; an error status is an answer too."""

    status: int
    product: str
    data: Any


def ask(
    *,
    url: str,
    path: str = "/",
    method: str = "GET",
    body: Any = None,
    authorization: str = "",
    ca_file: Path | None = None,
    verified: bool = True,
    timeout: float = 5,
) -> Answer:
    """Send one request, through no proxy; ``data`` is the decoded JSON, or the text when it is none.

    Args:
        url: the address of the server, which may carry ``user:password@``.
        path: what is asked for, with its leading slash.
        method: the HTTP method.
        body: a value sent as JSON, or text sent as it is (``_bulk``).
        authorization: the header of that name, instead of the user of ``url``.
        ca_file: the certificate that vouches for the server.
        verified: whether the server must be vouched for.
        timeout: seconds of silence that are borne.

    Raises:
        OSError: nothing answers there (refused, too slow, untrusted certificate…), or not in HTTP.
    """
    address, credentials = split_credentials(url)
    request = urllib.request.Request(address + path, method=method)  # noqa: S310 — an address of ours
    if authorization or credentials:
        request.add_header("Authorization", authorization or credentials)
    if body is not None:
        request.data = (body if isinstance(body, str) else json.dumps(body)).encode()
        request.add_header("Content-Type", "application/x-ndjson" if isinstance(body, str) else "application/json")
    context = ssl.create_default_context(cafile=ca_file)
    if not verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    try:
        with opener.open(request, timeout=timeout) as response:
            return _read(response)
    except urllib.error.HTTPError as error:
        with error:
            return _read(error)
    except HTTPException as error:
        raise OSError(f"not HTTP: {error!r}") from error


def split_credentials(url: str) -> tuple[str, str]:
    """Return an address without its user, and the ``Authorization`` header of that user (empty without one)."""
    parts = urllib.parse.urlsplit(url.rstrip("/"))
    if parts.username is None:
        return url.rstrip("/"), ""
    pair = f"{urllib.parse.unquote(parts.username)}:{urllib.parse.unquote(parts.password or '')}"
    address = urllib.parse.urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    return address, f"Basic {base64.b64encode(pair.encode()).decode()}"


def is_elasticsearch(*, url: str, timeout: float = 2) -> bool:
    """Tell whether an Elasticsearch answers at that address, and lets whoever asks in."""
    try:
        return ask(url=url, timeout=timeout).product == "Elasticsearch"
    except (OSError, ValueError):
        return False


def check_is_elasticsearch(*, url: str, ca_file: Path | None = None, timeout: float = 5) -> None:
    """Make sure that an Elasticsearch answers at that address.

    Raises:
        ServerError: nothing does, or something else.
    """
    shown = split_credentials(url)[0]
    try:
        answer = ask(url=url, ca_file=ca_file, timeout=timeout)
    except ValueError as error:
        raise ServerError(f"« {shown} » n’est pas une adresse de serveur ({error}).") from error
    except OSError as error:
        raise ServerError(f"Rien ne répond sur {shown} ({getattr(error, 'reason', error)}).") from error
    if answer.status in {401, 403}:
        raise ServerError(f"{shown} refuse cet utilisateur ou ce mot de passe (réponse {answer.status}).")
    if answer.product != "Elasticsearch":
        raise ServerError(f"Ce qui répond sur {shown} n’est pas Elasticsearch (pas d’en-tête {PRODUCT_HEADER}).")


def _read(response: Any) -> Answer:
    text = response.read().decode(errors="replace")
    try:
        data = json.loads(text)
    except ValueError:
        data = text
    return Answer(status=response.status, product=response.headers.get(PRODUCT_HEADER, ""), data=data)
