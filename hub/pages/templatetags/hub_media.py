from typing import Any

from django import template
from wagtail.images.models import Image, Rendition

from hub.pages.videos import FRAME_REFERRER_POLICY, SECONDS, VideoLink, VideoProvider

register = template.Library()

# What asks a player where it is and sends it elsewhere: served by us, loaded with the player (docs/replay.md).
LIBRARIES = {
    VideoProvider.VIMEO: "hub/vendor/vimeo-player-2.30.4.min.js",
    VideoProvider.PEERTUBE: "hub/vendor/peertube-embed-api-0.2.0.min.js",
}
_SOME_SECOND = 987_654


@register.inclusion_tag("includes/video.html")
def video_player(*, title: str, url: str, video: VideoLink | None, poster: Rendition | None) -> dict[str, Any]:
    """Show a video of another site: its player after a click, a plain link when that site is not one we frame."""
    return {
        "title": title,
        "url": url,
        "frame_url": video.frame_url() if video else "",
        "moment_frame": _frame_at_any_moment(video) if video else "",
        "choice": video.host or video.provider.value if video else "",
        "kind": video.provider.value if video else "",
        "library": LIBRARIES.get(video.provider, "") if video else "",
        "referrer_policy": FRAME_REFERRER_POLICY,
        # PeerTube is no company: it is the server that one trusts, or not.
        "provider": video.host or video.provider.label if video else "",
        "poster": poster,
    }


def _frame_at_any_moment(video: VideoLink) -> str:
    """Return the address of the player with ``SECONDS`` in the place of their number."""
    return video.frame_url(seconds=_SOME_SECOND).replace(str(_SOME_SECOND), SECONDS)


@register.simple_tag
def poster_of(image: Image | None) -> Rendition | None:
    """Return the picture shown before a video is played, at the width of the page's text."""
    return image.get_rendition("width-800|format-webp|webpquality-70") if image else None
