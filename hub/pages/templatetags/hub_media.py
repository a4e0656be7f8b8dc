from typing import Any

from django import template
from django.conf import settings
from wagtail.images.models import Image, Rendition

from hub.pages.videos import VideoLink, VideoProvider

register = template.Library()


@register.inclusion_tag("includes/video.html")
def video_player(*, title: str, url: str, video: VideoLink | None, poster: Rendition | None) -> dict[str, Any]:
    """Show a video of another site: its player after a click, a plain link when that site is not one we frame."""
    return {
        "title": title,
        "url": url,
        "embed_url": video.embed_url if video and may_be_framed(video) else "",
        "provider": video.provider.label if video else "",
        "poster": poster,
    }


@register.simple_tag
def poster_of(image: Image | None) -> Rendition | None:
    """Return the picture shown before a video is played, at the width of the page's text."""
    return image.get_rendition("width-800|format-webp|webpquality-70") if image else None


def may_be_framed(video: VideoLink) -> bool:
    """Whether the content policy lets the player in: PeerTube has many servers, the operator names the trusted ones."""
    return video.provider is not VideoProvider.PEERTUBE or video.host in settings.PEERTUBE_HOSTS
