"""An identity provider on this machine, that answers as ProConnect does: over HTTP, its details as a signed token."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID = "hub"
CLIENT_SECRET = "secret-of-the-hub"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
FORGED_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class IdentityProvider:
    """What it says, and what it was asked; a test changes the first and looks at the second."""

    address: str = ""
    person: dict[str, Any] = field(
        default_factory=lambda: {
            "sub": "identite-1", "email": "agent@prefecture.example", "email_verified": True,
            "given_name": "Camille", "usual_name": "Durand",
        }
    )  # fmt: skip
    # Changes of what the identity token says, and keys that sign: the tokens are made when they are asked for.
    identity_changes: dict[str, Any] = field(default_factory=dict)
    identity_key: Any = KEY
    details_key: Any = KEY
    details_changes: dict[str, Any] = field(default_factory=dict)
    as_json: bool = False
    broken: set[str] = field(default_factory=set)
    asked: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    nonces: dict[str, str] = field(default_factory=dict)

    def authorize(self, location: str) -> str:
        """Do what the person does there, and return the address they are sent back to."""
        query = parse_qs(urlsplit(location).query)
        self.asked["authorize"] = query
        self.nonces["code-1"] = query["nonce"][0]
        back = urlsplit(query["redirect_uri"][0]).path
        return f"{back}?code=code-1&state={query['state'][0]}"

    def answer(self, path: str, form: dict[str, list[str]], authorization: str) -> tuple[int, str, bytes]:  # noqa: PLR0911 — one a path
        """Answer one request: status, kind and content."""
        if path in self.broken:
            return 500, "text/plain", b"broken"
        self.asked[path] = form
        if path == "/.well-known/openid-configuration":
            return _json({
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "userinfo_endpoint": f"{self.address}/userinfo",
                "jwks_uri": f"{self.address}/jwks",
                "end_session_endpoint": f"{self.address}/end",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            })  # fmt: skip
        if path == "/jwks":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
            return _json({"keys": [{**public, "kid": "key-1", "use": "sig", "alg": "RS256"}]})
        if path == "/token":
            if form.get("client_secret") != [CLIENT_SECRET] or form.get("code") != ["code-1"]:
                return 401, "application/json", b'{"error": "invalid_client"}'
            identity = {**self._common(), "sub": self.person["sub"], "nonce": self.nonces["code-1"]}
            said = {**identity, **self.identity_changes}
            token = self._signed({name: said[name] for name in said if said[name] != "absent"}, key=self.identity_key)
            return _json({"access_token": "access-1", "token_type": "Bearer", "id_token": token})
        if path == "/userinfo" and authorization == "Bearer access-1":
            details = {**self.person, **self.details_changes}
            if self.as_json:
                return _json(details)
            token = self._signed({**self._common(), **details}, key=self.details_key)
            return 200, "application/jwt; charset=utf-8", token.encode()
        return 404, "text/plain", b"unknown"

    def _common(self) -> dict[str, Any]:
        return {"iss": self.address, "aud": CLIENT_ID, "iat": int(time.time()), "exp": int(time.time()) + 60}

    @staticmethod
    def _signed(claims: dict[str, Any], *, key: Any) -> str:
        if isinstance(key, str):
            return jwt.encode(claims, key, algorithm="HS256", headers={"kid": "key-1"})
        if key is None:
            return jwt.encode(claims, None, algorithm="none", headers={"kid": "key-1"})
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": "key-1"})


@contextmanager
def serving() -> Iterator[IdentityProvider]:
    """Run the provider on a free port of this machine."""
    provider = IdentityProvider()

    class Handler(BaseHTTPRequestHandler):
        def _respond(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            form = parse_qs(self.rfile.read(length).decode())
            status, kind, content = provider.answer(
                urlsplit(self.path).path, form, self.headers.get("Authorization", "")
            )
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _respond  # noqa: N815

        def log_message(self, *args: Any) -> None:
            del args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _json(value: dict[str, Any]) -> tuple[int, str, bytes]:
    return 200, "application/json", json.dumps(value).encode()
