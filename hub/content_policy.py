"""The Content-Security-Policy header: strict on public pages, as strict as Wagtail allows in the admin."""

from csp.constants import SELF
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class ContentPolicyMiddleware(CSPMiddleware):
    """django-csp's header, with the admin's own policy under the admin's address.

    A page being previewed keeps the policy visitors get, so that a preview shows what they will see, but may be framed
    by the admin. A view may still adjust its policy with django-csp's decorators.
    """

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
