"""The light of the proxy: what the requests themselves say of what stands in front of gunicorn.

Nobody behind a proxy of the guide (hub/deploy/proxies) can make it change colour: the proxy replaces what they write.
"""

import logging
import time
from collections.abc import Callable
from datetime import timedelta

from django.core.cache import cache
from django.db import DatabaseError, models
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from hub.client_address import UNKNOWN, client_address, comes_from_a_proxy
from hub.health.enums import Light
from hub.health.registry import Reading, register_probe

logger = logging.getLogger(__name__)

REMEMBERED = timedelta(hours=1)
# A fault is written again after so long at the soonest, by each process: it must not cost every request a write.
WRITTEN_EVERY = 300.0  # seconds


class ProxyFault(models.TextChoices):
    """What is wrong, as the light says it."""

    NONE_IN_FRONT = "aucun", "des visiteurs atteignent gunicorn sans passer par un mandataire de TRUSTED_PROXIES"
    SAYS_NO_ADDRESS = "muet", "le mandataire ne dit pas d’où viennent les visiteurs (X-Forwarded-For)"


_written: dict[str, float] = {}


def register() -> None:
    """Have the light shown."""
    register_probe(name="mandataire", probe=proxy_probe)


def proxy_probe() -> Reading:
    """Look whether a fault was seen in the last hour. Never ``DOWN``: the pages are served all the same."""
    seen = cache.get_many([_key(fault) for fault in ProxyFault])
    for fault in ProxyFault:
        if _key(fault) in seen:
            return Reading(Light.DEGRADED, str(fault.label))
    return Reading(Light.OK, "rien n’indique que le mandataire soit mal réglé")


class ProxyWatchMiddleware:
    """Notes what a request says of the proxy. To come after the health, which load balancers ask for directly."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if fault := fault_of(request=request):
            _note(fault)
        return self.get_response(request)


def fault_of(*, request: HttpRequest) -> ProxyFault | None:
    """Return what this request shows to be wrong, if anything."""
    if not comes_from_a_proxy(request=request):
        return ProxyFault.NONE_IN_FRONT
    if client_address(request=request) == UNKNOWN:
        return ProxyFault.SAYS_NO_ADDRESS
    return None


def _note(fault: ProxyFault) -> None:
    now = time.monotonic()
    if now - _written.get(fault, -WRITTEN_EVERY) < WRITTEN_EVERY:
        return
    _written[fault] = now
    try:
        cache.set(_key(fault), 1, timeout=int(REMEMBERED.total_seconds()))
    except DatabaseError:  # a page that needs no database is answered without one
        logger.warning("health: %s; it could not be noted", fault.label, exc_info=True)


def _key(fault: ProxyFault) -> str:
    return f"proxy-fault-{fault.value}"
