"""Where a request comes from, behind the proxies that are ours."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

# What is said of somebody whose proxy, one of ours, does not say where they are. Never the proxy's own address: all the
# visitors would be one person, stopped together by the tries of any of them.
UNKNOWN = "0.0.0.0"  # noqa: S104 — an address nobody has, not one to listen on

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def client_address(*, request: HttpRequest) -> str:
    """Return the address of the person's machine, ``UNKNOWN`` when a proxy of ours does not tell it.

    ``X-Forwarded-For`` is believed of ``TRUSTED_PROXIES`` only, and read from its end: the first address that is not
    ours is the person's. What a person writes in that header stays at its beginning, where it is not read.
    """
    peer = _address(request.META.get("REMOTE_ADDR", ""))
    if peer is not None and not _is_ours(peer):
        return str(peer)
    # gunicorn has no certificate: a request that came by HTTPS was passed on by a proxy, which is not the visitor.
    believed = None if request.is_secure() else peer
    for text in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        address = _address(text)
        if address is None:
            break
        believed = address
        if not _is_ours(address):
            break
    return str(believed) if believed is not None else UNKNOWN


def comes_from_a_proxy(*, request: HttpRequest) -> bool:
    """Tell whether the other end of the connection is one of ``TRUSTED_PROXIES``, or a Unix socket of this machine."""
    peer = _address(request.META.get("REMOTE_ADDR", ""))
    return peer is None or _is_ours(peer)


def is_of_this_machine(text: str) -> bool:
    if text == "localhost":
        return True
    try:
        return ipaddress.ip_network(text).is_loopback
    except ValueError:
        return False


def _address(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_ours(address: Address) -> bool:
    return any(address in ipaddress.ip_network(proxy) for proxy in settings.TRUSTED_PROXIES)
