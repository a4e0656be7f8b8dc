"""Recognise the video a link points to, without asking anybody.

Wagtail's embeds fetch from the provider at render time and do not know several providers; the hub stores provider and
identifier, and builds a frame that loads only after the visitor's click.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit

# Stands for a number of seconds in the address of a moment.
SECONDS = "{seconds}"


class VideoProvider(StrEnum):
    """Where a video is hosted."""

    YOUTUBE = "youtube"
    DAILYMOTION = "dailymotion"
    VIMEO = "vimeo"
    PEERTUBE = "peertube"

    @property
    def display_name(self) -> str:
        """The provider's name as people know it."""
        return {"youtube": "YouTube", "dailymotion": "Dailymotion", "vimeo": "Vimeo", "peertube": "PeerTube"}[
            self.value
        ]


@dataclass(frozen=True, slots=True)
class VideoLink:
    """A recognised video. ``host`` is only set for PeerTube, which has many servers."""

    provider: VideoProvider
    identifier: str
    host: str = ""

    @property
    def embed_url(self) -> str:
        """The address of the player, in the variant that asks for the least consent."""
        match self.provider:
            case VideoProvider.YOUTUBE:
                return f"https://www.youtube-nocookie.com/embed/{self.identifier}"
            case VideoProvider.DAILYMOTION:
                return f"https://www.dailymotion.com/embed/video/{self.identifier}"
            case VideoProvider.VIMEO:
                return f"https://player.vimeo.com/video/{self.identifier}?dnt=1"
            case VideoProvider.PEERTUBE:
                return f"https://{self.host}/videos/embed/{self.identifier}"

    @property
    def moment_address(self) -> str:
        """The address of the video's own page at a moment, with ``SECONDS`` in the place of their number."""
        match self.provider:
            case VideoProvider.YOUTUBE:
                return f"https://www.youtube.com/watch?v={self.identifier}&t={SECONDS}s"
            case VideoProvider.DAILYMOTION:
                return f"https://www.dailymotion.com/video/{self.identifier}?start={SECONDS}"
            case VideoProvider.VIMEO:
                return f"https://vimeo.com/{self.identifier}#t={SECONDS}s"
            case VideoProvider.PEERTUBE:
                return f"https://{self.host}/w/{self.identifier}?start={SECONDS}s"


def at_moment(address: str, *, seconds: int) -> str:
    """Return the address of a moment; empty when the recording has no such address."""
    return address.replace(SECONDS, str(seconds))


_YOUTUBE_HOSTS = {"youtube.com", "www.youtube.com", "m.youtube.com", "youtube-nocookie.com", "www.youtube-nocookie.com"}
_IDENTIFIER = re.compile(r"[\w-]{5,40}", re.ASCII)


def video_from_url(*, url: str) -> VideoLink | None:
    """Return the video a link points to, or ``None`` when it is not a link to a known kind of player."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    host = (parts.hostname or "").lower()
    segments = [segment for segment in parts.path.split("/") if segment]
    found = _identify(host=host, segments=segments, query=parts.query)
    return found if found and _IDENTIFIER.fullmatch(found.identifier) else None


def _identify(*, host: str, segments: list[str], query: str) -> VideoLink | None:
    last = segments[-1] if segments else ""
    if host in _YOUTUBE_HOSTS:
        watched = parse_qs(query).get("v", [""])[0]
        is_path = len(segments) == 2 and segments[0] in {"embed", "live", "shorts", "v"}  # noqa: PLR2004 — /embed/<id>
        return VideoLink(VideoProvider.YOUTUBE, watched or (last if is_path else ""))
    if host == "youtu.be":
        return VideoLink(VideoProvider.YOUTUBE, last)
    if host == "dai.ly" or (host.endswith("dailymotion.com") and "video" in segments):
        return VideoLink(VideoProvider.DAILYMOTION, last.split("_")[0])
    if host in {"vimeo.com", "www.vimeo.com", "player.vimeo.com"} and last.isdigit():
        return VideoLink(VideoProvider.VIMEO, last)
    if host and (
        segments[:2] in (["videos", "watch"], ["videos", "embed"]) or (segments[:1] == ["w"] and len(segments) > 1)
    ):
        return VideoLink(VideoProvider.PEERTUBE, last, host=host)
    return None
