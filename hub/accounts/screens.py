"""What every screen of a member is: theirs alone, so signed in for and kept by nobody."""

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hub.accounts.models import User
from hub.web.limits import limited

P = ParamSpec("P")


class MemberRequest(HttpRequest):
    user: User


MemberView = Callable[Concatenate[MemberRequest, P], HttpResponseBase]
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def member_screen(*methods: str, limit: str = "") -> Callable[[MemberView[P]], View[P]]:
    """Keep a view for people who are signed in, and its pages out of every cache.

    ``methods`` are those it answers (``GET`` brings ``HEAD``); ``limit`` names a rate of ``HUB_RATE_LIMITS`` for POSTs.
    """
    answered = [*methods, "HEAD"] if "GET" in methods else [*methods]

    def decorate(view: Any) -> Any:
        guarded = limited(name=limit)(view) if limit else view
        return never_cache(login_required(require_http_methods(answered)(guarded)))

    return decorate


def own_row(request: HttpRequest) -> User:
    """Read the person again: what is written on this copy, and then refused, does not show as the person's."""
    return User.objects.get(pk=cast("User", request.user).pk)
