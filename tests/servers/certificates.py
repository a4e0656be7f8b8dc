"""Certificates for servers of this machine, made by the ``openssl`` program: an authority, and what it vouches for."""

import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from .errors import ServerError

AUTHORITY_OPTIONS = """
[req]
distinguished_name = name
[name]
[ca]
default_ca = authority
[authority]
dir = .
database = index.txt
new_certs_dir = .
certificate = authority.pem
private_key = authority.key
rand_serial = yes
default_md = sha256
policy = any
copy_extensions = none
unique_subject = no
[any]
commonName = supplied
[authority_extensions]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server_extensions]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = IP:127.0.0.1, DNS:localhost
"""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A server's certificate, its private key, and the authority its clients must trust: three PEM files."""

    certificate: Path
    key: Path
    authority: Path


def make_certificate(
    *, folder: Path, starts: timedelta = timedelta(days=-2), ends: timedelta = timedelta(days=30)
) -> Certificate:
    """Make an authority, and a certificate for 127.0.0.1 and localhost.

    Args:
        folder: where the files are written; made if it is missing.
        starts: when the server's certificate becomes valid, counted from now.
        ends: when it expires, counted from now: ``timedelta(days=-1)`` makes an expired one.

    Raises:
        ServerError: ``openssl`` is missing, or refuses.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "openssl.cnf").write_text(AUTHORITY_OPTIONS, encoding="utf-8")
    (folder / "index.txt").touch()
    new_key = ("-newkey", "rsa:2048", "-nodes", "-config", "openssl.cnf")
    _openssl(
        *("req", "-x509", *new_key, "-days", "60", "-subj", "/CN=Autorité d’essai du hub", "-utf8"),
        *("-extensions", "authority_extensions", "-keyout", "authority.key", "-out", "authority.pem"),
        folder=folder,
    )
    _openssl(*("req", *new_key, "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr"), folder=folder)
    now = datetime.now(tz=UTC)
    _openssl(
        *("ca", "-batch", "-notext", "-config", "openssl.cnf", "-extensions", "server_extensions"),
        *("-startdate", f"{now + starts:%Y%m%d%H%M%SZ}", "-enddate", f"{now + ends:%Y%m%d%H%M%SZ}"),
        *("-in", "server.csr", "-out", "server.pem"),
        folder=folder,
    )
    return Certificate(certificate=folder / "server.pem", key=folder / "server.key", authority=folder / "authority.pem")


def _openssl(*arguments: str, folder: Path) -> None:
    program = shutil.which("openssl")
    if program is None:
        raise ServerError("Pour fabriquer un certificat d’essai, il manque openssl (apt install openssl).")
    done = subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ServerError(f"openssl {arguments[0]} a échoué :\n{done.stderr}")
