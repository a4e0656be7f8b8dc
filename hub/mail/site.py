"""The public address of the site: mails have no request to make one from."""

from django.conf import settings


def site_url() -> str:
    """Return the public address of the site, without a final slash."""
    return str(settings.WAGTAILADMIN_BASE_URL).rstrip("/")
