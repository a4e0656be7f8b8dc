from typing import Any

from django import template
from wagtail.images.models import Image, Rendition

from hub.pages.videos import FRAME_REFERRER_POLICY, VideoLink

register = template.Library()


@register.inclusion_tag("includes/video.html")
def video_player(*, title: str, url: str, video: VideoLink | None, poster: Rendition | None) -> dict[str, Any]:
    """Show a video of another site: its player after a click, a plain link when that site is not one we frame."""
    return {
        "title": title,
        "url": url,
        "frame_url": video.frame_url() if video else "",
        "referrer_policy": FRAME_REFERRER_POLICY,
        "provider": video.provider.label if video else "",
        "poster": poster,
    }


@register.simple_tag
def poster_of(image: Image | None) -> Rendition | None:
    """Return the picture shown before a video is played, at the width of the page's text."""
    return image.get_rendition("width-800|format-webp|webpquality-70") if image else None
