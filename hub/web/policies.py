"""Headers of every answer: what a browser may load and do."""

from collections.abc import Callable

from csp.constants import HEADER as CONTENT_POLICY
from csp.constants import SELF
from csp.middleware import CSPMiddleware, PolicyParts
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase


class ContentPolicyMiddleware(CSPMiddleware):
    """django-csp's, with the admin's own policy there; a preview keeps the visitors' policy, framed by the admin."""

    def get_policy_parts(
        self,
        request: HttpRequest,
        response: HttpResponseBase,
        report_only: bool = False,  # noqa: FBT001, FBT002 — django-csp's signature
    ) -> PolicyParts:
        parts = super().get_policy_parts(request=request, response=response, report_only=report_only)
        if report_only:
            return parts
        # Wagtail renders a preview by sending a request of its own, at the page's public address, through here.
        if getattr(request, "is_preview", False):
            parts.replace = {**(parts.replace or {}), "frame-ancestors": [SELF]}
        elif request.path_info.startswith(f"/{settings.ADMIN_PATH}") and parts.config is None:
            parts.config = settings.ADMIN_CONTENT_SECURITY_POLICY["DIRECTIVES"]
        return parts


# Nothing of the hub asks a machine where it is or what it sees, and no player it frames needs to.
_CLOSED = (
    "accelerometer camera display-capture geolocation gyroscope hid magnetometer microphone midi payment serial usb"
)
PERMISSIONS = ", ".join(f"{feature}=()" for feature in _CLOSED.split())
# Of what is no page: opened by itself, it loads nothing and sends nothing.
CLOSED_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# Neither TRACE, which shows a script what it may not read, nor CONNECT, nor a word of somebody's own.
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")


class SecurityHeadersMiddleware:
    """Completes every answer; what a view or a more precise middleware said stays.

    To come right after the request's id, outside everything that may answer by itself: the redirection to HTTPS, the
    refusal of an unknown host, the health, the static files.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request) if request.method in METHODS else HttpResponseNotAllowed(METHODS)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        headers = security_headers(is_page=is_page, is_secure=request.is_secure())
        if getattr(response, "xframe_options_exempt", False):  # Django's mark of what may be framed
            del headers["X-Frame-Options"]
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response


def security_headers(*, is_page: bool, is_secure: bool) -> dict[str, str]:
    """``is_page``: whether it is HTML, which the site's styles must reach. HSTS is believed over HTTPS only."""
    public = build_policy(config=settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]) if is_page else CLOSED_POLICY
    headers = {
        CONTENT_POLICY: public,
        "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
        "Permissions-Policy": PERMISSIONS,
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
    }
    if is_secure and settings.SECURE_HSTS_SECONDS:
        headers["Strict-Transport-Security"] = "".join(
            (
                f"max-age={settings.SECURE_HSTS_SECONDS}",
                "; includeSubDomains" if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else "",
                "; preload" if settings.SECURE_HSTS_PRELOAD else "",
            )
        )
    return headers
