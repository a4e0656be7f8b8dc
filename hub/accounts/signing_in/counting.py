"""How often somebody may try, and the ceiling of the whole site."""

import hashlib
import logging
from datetime import timedelta

from django.core.cache import cache
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from hub.accounts.models import CountedUse
from hub.web.health import Light, Reading, register_probe
from hub.web.limits import seconds_to_wait

# Longer than anything counted here can serve, and than a clock is usually wrong.
KEPT_FOR = timedelta(days=1)


def take(*, what: str, most: int) -> int | None:
    """Use ``what`` once more, and return how many uses are left; None when there was none left.

    One statement looks and counts: of any number of simultaneous callers, ``most`` get an answer that is not None.
    """
    now = timezone.now()
    rows = CountedUse.objects.filter(key=_digest(what))
    CountedUse.objects.filter(forgotten_at__lt=now).delete()
    row = CountedUse(key=_digest(what), forgotten_at=now + KEPT_FOR)
    CountedUse.objects.bulk_create([row], ignore_conflicts=True)
    if not rows.filter(count__lt=most).update(count=F("count") + 1):
        return None
    return most - rows.values_list("count", flat=True).get()


def is_taken(*, what: str) -> bool:
    return CountedUse.objects.filter(key=_digest(what), count__gt=0).exists()


def _digest(what: str) -> str:
    return hashlib.sha256(what.encode()).hexdigest()


logger = logging.getLogger(__name__)

REMEMBERED = 3600  # seconds
_KEY = "sign-in-ceiling"


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


register_probe(name="connexions", probe=ceiling_probe)
