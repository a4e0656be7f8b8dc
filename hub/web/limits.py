"""How often a person may send each form of the hub, and the answer once it is too often.

The rates are in settings (``HUB_RATE_LIMITS``), written as allauth writes its own: ``20/m`` is twenty a minute. They
are counted in the cache, which the web processes share (docs/comptes.md).
"""

import math
import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from allauth.core.internal import ratelimit
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from hub.web.client_address import UNKNOWN, client_address

# Seconds to wait when the limit was not one of ours: those of allauth that answer 429 are all counted by the minute.
RETRY_AFTER = 60
APP = "hub"
# Visitors that the proxy does not tell apart (the light « mandataire » says so) are counted together, this many times
# as widely: nobody stops the others with a few tries, and a flood is stopped all the same.
EVERYBODY = 20

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def limited(*, name: str) -> Callable[[View[P]], View[P]]:
    """Limit the POSTs of a view, by person when signed in and by address otherwise.

    ``name`` is a key of ``HUB_RATE_LIMITS``, or any other, at the rate of ``default``; shared, it is one count.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method == "POST" and (wait := seconds_to_wait(request=request, name=name)):
                return too_many_requests(request, retry_after=wait)
            return view(request, *args, **kwargs)

        return wrapper

    return decorate


def seconds_to_wait(*, request: HttpRequest, name: str, key: str | None = None) -> int:
    """Count one try, and return 0, or the seconds to wait before another one: this one is then not counted.

    ``key`` is what is counted (an address of mail, a link); by default the person, or the address of the machine.
    """
    key = key or _person(request=request)
    rates = {name: settings.HUB_RATE_LIMITS.get(name, settings.HUB_RATE_LIMITS["default"])}
    by_key = {name: ",".join(f"{rate.strip()}/key" for rate in rates[name].split(","))}
    if key == f"address:{UNKNOWN}":
        by_key = {name: ",".join(_widened(rate) for rate in by_key[name].split(","))}
    if ratelimit.consume(request, app=APP, action=name, config=by_key, key=key, limit_get=True):
        return 0
    return _wait(request=request, name=name, config=by_key, key=key)


def too_many_requests(request: HttpRequest, retry_after: int = RETRY_AFTER) -> HttpResponse:
    """Answer 429: the page of the house, and when to come back. Also ``handler429``, which allauth calls."""
    response = render(request, "429.html", {"retry_after": retry_after}, status=429)
    response["Retry-After"] = str(retry_after)
    response["Cache-Control"] = "no-store"
    return response


def _person(*, request: HttpRequest) -> str:
    if request.user.is_authenticated:
        return f"user:{request.user.pk}"
    return f"address:{ratelimit.truncate_ip(client_address(request=request))}"


def _widened(rate: str) -> str:
    amount, rest = rate.split("/", 1)
    return f"{int(amount) * EVERYBODY}/{rest}"


def _wait(*, request: HttpRequest, name: str, config: dict[str, str], key: str) -> int:
    """Return the seconds until the oldest of the tries that fill a rate is forgotten, at least one."""
    now = time.time()
    waits = [1]
    for rate in ratelimit.get_rates(app=APP, action=name, config=config):
        cache_key = ratelimit.get_cache_key(request, app=APP, action=name, rate=rate, key=key)
        history = _until(now, cache_key=cache_key, rate=rate)
        if len(history) >= rate.amount:
            waits.append(math.ceil(history[rate.amount - 1] + rate.duration - now))
    return max(waits)


def _until(now: float, *, cache_key: str, rate: ratelimit.Rate) -> list[float]:
    """Return the tries, latest first; none in the future, where a clock moved back would put them: one would wait."""
    with ratelimit.cache_lock(cache_key) as locked:
        history: list[float] = cache.get(cache_key, [])
        if not history or history[0] <= now:
            return history
        history = [min(moment, now) for moment in history]
        if locked:
            cache.set(cache_key, history, rate.duration)
    return history
