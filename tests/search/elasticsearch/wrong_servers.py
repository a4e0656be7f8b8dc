"""Everything an operator may put in ELASTICSEARCH_URL by mistake: small real servers, and one real secured node."""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import AF_INET6

from tests.servers.certificates import Certificate, make_certificate
from tests.servers.elasticsearch import ADMIN_NAME, Security, start_node
from tests.servers.folders import run_folder
from tests.servers.processes import free_port

SECRET = "tres-secret-4711"
# Word for word what a real Elasticsearch 7.17.8 answers to the hub, whose newer media type it accepts.
OLD_ANSWER = {
    "name": "vm",
    "cluster_name": "elasticsearch",
    "cluster_uuid": "JYGPCGqnQkS_pRzuONpylA",
    "version": {
        "number": "7.17.8",
        "build_flavor": "default",
        "build_type": "tar",
        "lucene_version": "8.11.1",
        "minimum_wire_compatibility_version": "6.8.0",
        "minimum_index_compatibility_version": "6.0.0-beta1",
    },
    "tagline": "You Know, for Search",
}
OLD_NOT_FOUND = {
    "error": {"type": "index_not_found_exception", "reason": "no such index [hub]", "index": "hub"},
    "status": 404,
}


@dataclass(frozen=True)
class Mistake:
    """The settings of the hub, and what the sentence must say."""

    settings: dict[str, str]
    says: str
    secrets: tuple[str, ...] = field(default=(SECRET,))


class _OldElasticsearch(BaseHTTPRequestHandler):
    """An Elasticsearch 7.17 without an index."""

    def answer(self) -> None:
        status, body = (200, OLD_ANSWER) if self.path == "/" else (404, OLD_NOT_FOUND)
        _send(
            self, status, json.dumps(body), {"X-elastic-product": "Elasticsearch", "content-type": "application/json"}
        )

    do_GET = do_POST = do_PUT = do_HEAD = answer  # noqa: N815 — the names http.server looks for

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


class _Website(_OldElasticsearch):
    """A web site: a home page, and nothing anywhere else."""

    def answer(self) -> None:
        status = 200 if self.path == "/" else 404
        _send(self, status, "<!doctype html><title>Bonjour</title>", {"content-type": "text/html"})

    do_GET = do_POST = do_PUT = do_HEAD = answer  # noqa: N815


class _ServerOnIPv6(ThreadingHTTPServer):
    address_family = AF_INET6


def _send(handler: BaseHTTPRequestHandler, status: int, body: str, headers: dict[str, str]) -> None:
    handler.rfile.read(int(handler.headers.get("content-length", 0)))
    handler.send_response(status)
    for name, value in {**headers, "content-length": str(len(body.encode()))}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body.encode())


@contextmanager
def _serving(
    handler: type[BaseHTTPRequestHandler], *, host: str = "127.0.0.1", certificate: Certificate | None = None
) -> Iterator[str]:
    kind = _ServerOnIPv6 if ":" in host else ThreadingHTTPServer
    with kind((host, 0), handler) as server:
        server.handle_error = lambda *_arguments: None  # type: ignore[method-assign]  # clients that refuse us hang up
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate.certificate, certificate.key)
            # The handshake is left to the thread of each connection.
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        scheme, shown = "https" if certificate else "http", f"[{host}]" if ":" in host else host
        try:
            yield f"{scheme}://{shown}:{server.server_address[1]}"
        finally:
            server.shutdown()


@contextmanager
def mistakes(*, folder: Path) -> Iterator[dict[str, Mistake]]:
    """Lend every mistake by name, with the servers they need."""
    with ExitStack() as stack:
        good = make_certificate(folder=folder / "good")
        expired = make_certificate(folder=folder / "expired", ends=timedelta(days=-1))
        node = start_node(
            run_folder=stack.enter_context(run_folder(name="mistakes")), secured=Security(certificate=good)
        )
        stack.callback(node.stop)
        old, website = (stack.enter_context(_serving(handler)) for handler in (_OldElasticsearch, _Website))
        late = stack.enter_context(_serving(_Website, certificate=expired))
        elsewhere = stack.enter_context(_serving(_Website, host="::1", certificate=good))
        node.wait_ready()
        trusted = {"ELASTICSEARCH_CA_CERT": str(good.authority)}
        account = {"ELASTICSEARCH_USER": ADMIN_NAME, "ELASTICSEARCH_PASSWORD": SECRET}
        port = node.url.rpartition(":")[2]
        given = {
            "wrong password": (node.url, trusted | account, "refuse l’identifiant, le mot de passe ou la clé d’API"),
            "wrong password in the address": (
                node.url.replace("://", f"://{ADMIN_NAME}:{SECRET}@"),
                trusted,
                "refuse l’identifiant, le mot de passe ou la clé d’API",
            ),
            "wrong API key": (node.url, trusted | {"ELASTICSEARCH_API_KEY": SECRET}, "ELASTICSEARCH_API_KEY"),
            "no account": (node.url, trusted, "ELASTICSEARCH_USER et ELASTICSEARCH_PASSWORD"),
            "expired certificate": (
                late,
                account | {"ELASTICSEARCH_CA_CERT": str(expired.authority)},
                "a expiré : renouvelez-le",
            ),
            "unknown authority": (node.url, account, "donnez la sienne par ELASTICSEARCH_CA_CERT"),
            "certificate of another authority": (
                node.url,
                account | {"ELASTICSEARCH_CA_CERT": str(expired.authority)},
                "donnez la sienne par ELASTICSEARCH_CA_CERT",
            ),
            "certificate of another host": (elsewhere, trusted | account, "est celui d’un autre hôte"),
            "wrong host name": (f"https://es-1.invalid:{port}", trusted | account, "Aucun serveur ne porte le nom"),
            "nothing listening": (f"http://127.0.0.1:{free_port()}", account, "Rien n’écoute"),
            "http where TLS is expected": (f"http://127.0.0.1:{port}", account, "doit commencer par https://"),
            "https where there is no TLS": (website.replace("http:", "https:"), account, "doit commencer par http://"),
            "an old server": (old, account, "Elasticsearch 7.17.8, à "),
            "not an Elasticsearch": (website, account, "n’est pas Elasticsearch 8"),
        }
        yield {
            name: Mistake(settings={"ELASTICSEARCH_URL": url, **settings}, says=says)
            for name, (url, settings, says) in given.items()
        }


NAMES = (
    "wrong password",
    "wrong password in the address",
    "wrong API key",
    "no account",
    "expired certificate",
    "unknown authority",
    "certificate of another authority",
    "certificate of another host",
    "wrong host name",
    "nothing listening",
    "http where TLS is expected",
    "https where there is no TLS",
    "an old server",
    "not an Elasticsearch",
)
