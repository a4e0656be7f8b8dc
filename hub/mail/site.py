"""The public address of the site: mails have no request to make one from."""

from django.conf import settings
from wagtail.models import Page


def site_url() -> str:
    """Return the public address of the site, without a final slash."""
    return str(settings.WAGTAILADMIN_BASE_URL).rstrip("/")


def page_url(*, page: Page) -> str:
    """Return the public address of a page; empty when no site shows it.

    Its path under the address above, as every other link of a mail: the administration's own note of the site's name
    and port may be another, and mails would then lead to two places.
    """
    parts = page.get_url_parts()
    return site_url() + parts[2] if parts is not None and parts[2] else ""
