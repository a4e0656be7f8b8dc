"""What every template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site_identity(request: HttpRequest) -> dict[str, Any]:
    """The site's name, and whether its content is demonstration data."""
    del request
    return {"site_name": settings.WAGTAIL_SITE_NAME, "demo_notice": settings.HUB_DEMO_NOTICE}
