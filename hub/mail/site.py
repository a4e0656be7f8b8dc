"""The public address of the site: mails have no request to make one from."""

from django.conf import settings
from wagtail.models import Page


def site_url() -> str:
    """Without a final slash."""
    return str(settings.WAGTAILADMIN_BASE_URL).rstrip("/")


def page_url(*, page: Page) -> str:
    """Under ``site_url``, as every link of a mail, whatever the administration notes; empty when no site shows it."""
    parts = page.get_url_parts()
    return site_url() + parts[2] if parts is not None and parts[2] else ""
