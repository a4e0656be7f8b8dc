"""How many codes may be sent: to one address, and to all together, whoever asks.

Many machines that ask for many addresses would otherwise have the hub write to strangers without end, and its database
grow with them. Past the ceiling passwords, keys and ProConnect still sign in; the light « connexions » says so.
"""

import logging

from django.core.cache import cache
from django.http import HttpRequest

from hub.health.enums import Light
from hub.health.registry import Reading, register_probe
from hub.limits import seconds_to_wait

logger = logging.getLogger(__name__)

REMEMBERED = 3600  # seconds
_KEY = "sign-in-ceiling"


def register() -> None:
    """Have the light shown."""
    register_probe(name="connexions", probe=ceiling_probe)


def wait_for_a_code(*, request: HttpRequest, email: str) -> int:
    """Count one asking, and return 0, or the seconds to wait before another one. ``email`` is canonical."""
    if wait := seconds_to_wait(request=request, name="sign-in-mail", key=f"mail:{email}"):
        return wait
    if wait := seconds_to_wait(request=request, name="sign-in-mail-all", key="all"):
        logger.warning("accounts: no more codes are sent for now, too many were asked for")
        cache.set(_KEY, 1, timeout=REMEMBERED)
        return wait
    return 0


def ceiling_probe() -> Reading:
    """Look whether somebody was refused a code in the last hour. Never ``DOWN``: there are other ways to sign in."""
    if cache.get(_KEY):
        return Reading(Light.DEGRADED, "trop de codes de connexion demandés : des visiteurs doivent attendre")
    return Reading(Light.OK, "les codes de connexion partent à la demande")
