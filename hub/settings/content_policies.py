"""What a page may load: one policy for the public site, another for the admin (hub/web/policies.py applies them)."""

from typing import Any
from urllib.parse import urlsplit

SELF = "'self'"
NONE = "'none'"

# Players a visitor may open in a page, after a click: those of hub/pages/videos.py, which settings cannot import.
# PeerTube has many servers: the operator names those the site trusts.
VIDEO_PLAYERS = ("https://www.youtube-nocookie.com", "https://geo.dailymotion.com", "https://player.vimeo.com")


def public_policy(*, peertube_hosts: list[str], identity_provider: str = "") -> dict[str, Any]:
    """``identity_provider`` is an address of the server that the sign-in and sign-out forms redirect to."""
    provider = urlsplit(identity_provider)
    forms_lead_to = [f"{provider.scheme}://{provider.netloc}"] if provider.netloc else []
    return {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF],
        # Its own pages: a sheet in its review, and its preview beside what a partner writes.
        "frame-src": [SELF, *VIDEO_PLAYERS, *(f"https://{host}" for host in peertube_hosts)],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF, *forms_lead_to],
        "frame-ancestors": [NONE],
    }


def admin_policy(*, peertube_hosts: list[str]) -> dict[str, Any]:
    """Wagtail's admin: its pages carry inline scripts and styles, and preview pages of the site in a frame."""
    return {
        **public_policy(peertube_hosts=peertube_hosts),
        "script-src": [SELF, "'unsafe-inline'"],
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:", "blob:"],
        "frame-ancestors": [SELF],
    }
