"""A reverse proxy of ours in front of a real Elasticsearch: it forwards, or answers 429 as a saturated server does.

    python -m tests.production.proxy SERVER_URL CERTIFICATE KEY AUTHORITY

Told ``refuse`` or ``forward`` on its standard input. It speaks TLS on both sides, and keeps connections open.
"""

import http.client
import json
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.production.helpers import Helper, say
from tests.servers.elasticsearch import Node

# What Elasticsearch 8 says when its queue of searches is full.
SATURATED = {
    "error": {
        "root_cause": [{"type": "es_rejected_execution_exception", "reason": "rejected execution of TimedRunnable"}],
        "type": "es_rejected_execution_exception",
        "reason": "rejected execution of TimedRunnable on QueueResizableEsThreadPoolExecutor[search]",
    },
    "status": 429,
}
NOT_FORWARDED = {"connection", "host", "content-length", "transfer-encoding", "keep-alive"}


class Proxy:
    """The proxy, at work in another process, in front of a secured node. ``url`` is its address."""

    def __init__(self, node: Node) -> None:
        certificate = node.secured.certificate
        files = (certificate.certificate, certificate.key, certificate.authority)
        self._helper = Helper("proxy", node.url, *map(str, files))
        self.url = f"https://127.0.0.1:{self._helper.hear()}"

    def refuse(self) -> None:
        """Answer 429 to everything from now on."""
        self._tell("refuse")

    def forward(self) -> None:
        """Be transparent from now on."""
        self._tell("forward")

    def stop(self) -> None:
        """End it."""
        self._helper.kill()

    def _tell(self, order: str) -> None:
        self._helper.tell(order)
        if self._helper.hear() != order:
            raise RuntimeError("the proxy did not obey")


class Handler(BaseHTTPRequestHandler):
    """One connection of a client, and the one it needs to the server."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server_url = ""
    trust: ssl.SSLContext
    refuses = threading.Event()

    def setup(self) -> None:
        super().setup()
        self._server = http.client.HTTPSConnection(urlsplit(self.server_url).netloc, context=self.trust, timeout=90)

    def finish(self) -> None:
        self._server.close()
        super().finish()

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.refuses.is_set():
            headers = [("X-Elastic-Product", "Elasticsearch"), ("Content-Type", "application/json")]
            self._answer(429, headers, json.dumps(SATURATED).encode())
            return
        sent = {name: value for name, value in self.headers.items() if name.lower() not in NOT_FORWARDED}
        try:
            self._server.request(self.command, self.path, body=body or None, headers=sent)
            response = self._server.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException):
            self._server.close()
            self._answer(502, [("Content-Type", "text/plain")], b"bad gateway")
            return
        self._answer(response.status, response.getheaders(), answer)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = handle_any  # noqa: N815 — the names http.server calls

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in NOT_FORWARDED:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class Server(ThreadingHTTPServer):
    """Shakes hands in the connection's own thread: one client that is slow to do so keeps nobody waiting."""

    daemon_threads = True
    context: ssl.SSLContext

    def finish_request(self, request, client_address) -> None:
        with self.context.wrap_socket(request, server_side=True) as connection:
            super().finish_request(connection, client_address)

    def handle_error(self, request, client_address) -> None:
        """Clients leave without a word: that is their right."""


def main() -> None:
    Handler.server_url, certificate, key, authority = sys.argv[1:]
    Handler.trust = ssl.create_default_context(cafile=authority)
    server = Server(("127.0.0.1", 0), Handler)
    server.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.context.load_cert_chain(certificate, key)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    say(server.server_address[1])
    for line in sys.stdin:
        order = line.strip()
        if order == "refuse":
            Handler.refuses.set()
        else:
            Handler.refuses.clear()
        say(order)


if __name__ == "__main__":
    main()
