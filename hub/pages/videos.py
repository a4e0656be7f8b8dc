"""Recognise the video a link points to, without asking anybody.

Wagtail's embeds fetch from the provider at render time and do not know several providers; the hub stores provider and
identifier, and builds a frame that loads only after the visitor's click.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from django.db.models import TextChoices

# Stands for a number of seconds in the address of a moment.
SECONDS = "{seconds}"


class VideoProvider(TextChoices):
    YOUTUBE = "youtube", "YouTube"
    DAILYMOTION = "dailymotion", "Dailymotion"
    VIMEO = "vimeo", "Vimeo"
    PEERTUBE = "peertube", "PeerTube"


# The address of the player, in the variant that asks for the least consent, and that of the video's own page at a
# moment.
_ADDRESSES = {
    VideoProvider.YOUTUBE: (
        "https://www.youtube-nocookie.com/embed/{video.identifier}",
        "https://www.youtube.com/watch?v={video.identifier}&t={seconds}s",
    ),
    VideoProvider.DAILYMOTION: (
        "https://www.dailymotion.com/embed/video/{video.identifier}",
        "https://www.dailymotion.com/video/{video.identifier}?start={seconds}",
    ),
    VideoProvider.VIMEO: (
        "https://player.vimeo.com/video/{video.identifier}?{key}dnt=1",
        "https://vimeo.com/{video.identifier}{key}#t={seconds}s",
    ),
    VideoProvider.PEERTUBE: (
        "https://{video.host}/videos/embed/{video.identifier}",
        "https://{video.host}/w/{video.identifier}?start={seconds}s",
    ),
}


@dataclass(frozen=True, slots=True)
class VideoLink:
    """A recognised video.

    ``host`` is only set for PeerTube, which has many servers; ``key`` only for a video of Vimeo out of its lists, which
    plays for whoever has the whole address.
    """

    provider: VideoProvider
    identifier: str
    host: str = ""
    key: str = ""

    @property
    def embed_url(self) -> str:
        return _ADDRESSES[self.provider][0].format(video=self, key=f"h={self.key}&" if self.key else "")

    @property
    def moment_address(self) -> str:
        """The address of the video's own page at a moment, with ``SECONDS`` in the place of their number."""
        key = f"/{self.key}" if self.key else ""
        return _ADDRESSES[self.provider][1].format(video=self, key=key, seconds=SECONDS)


def at_moment(address: str, *, seconds: int) -> str:
    """Return the address of a moment; empty when the recording has no such address."""
    return address.replace(SECONDS, str(seconds))


_YOUTUBE_HOSTS = frozenset(
    "youtube.com www.youtube.com m.youtube.com music.youtube.com youtube-nocookie.com www.youtube-nocookie.com".split()
)
_YOUTUBE_PATHS = {"embed", "live", "shorts", "v"}
# What stands there instead of a video: a list, or whatever a channel shows now.
_YOUTUBE_NO_VIDEOS = {"videoseries", "live_stream"}
_VIMEO_HOSTS = {"vimeo.com", "www.vimeo.com", "player.vimeo.com"}
# Before a number that is not that of a video: « vimeo.com/showcase/123 ».
_VIMEO_NO_VIDEOS = {"album", "event", "events", "showcase", "user", "groups", "channels", "ondemand"}
_PEERTUBE_PATHS = (["w"], ["videos", "watch"], ["videos", "embed"])
_PEERTUBE_LISTS = {"p", "playlist"}
_IDENTIFIER = re.compile(r"[\w-]{5,40}", re.ASCII)
_VIMEO_KEY = re.compile(r"[0-9a-f]{6,20}", re.ASCII)


def video_from_url(*, url: str) -> VideoLink | None:
    """Return the video a link points to, or ``None`` when it is not a link to one video of a known kind of player."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"}:
        return None
    host = (parts.hostname or "").lower()
    segments = [segment for segment in parts.path.split("/") if segment]
    found = _identify(host=host, segments=segments, query=parse_qs(parts.query))
    return found if found and _IDENTIFIER.fullmatch(found.identifier) else None


def _identify(*, host: str, segments: list[str], query: dict[str, list[str]]) -> VideoLink | None:
    if host in _YOUTUBE_HOSTS or host == "youtu.be":
        identifier = _youtube(host=host, segments=segments, query=query)
        return VideoLink(VideoProvider.YOUTUBE, identifier) if identifier else None
    if host in {"dai.ly", "dailymotion.com"} or host.endswith(".dailymotion.com"):
        identifier = _dailymotion(host=host, segments=segments, query=query)
        return VideoLink(VideoProvider.DAILYMOTION, identifier) if identifier else None
    if host in _VIMEO_HOSTS:
        return _vimeo(segments=segments, query=query)
    return _peertube(host=host, segments=segments)


def _youtube(*, host: str, segments: list[str], query: dict[str, list[str]]) -> str:
    last = segments[-1] if segments else ""
    if host == "youtu.be":
        return last
    is_path = len(segments) == 2 and segments[0] in _YOUTUBE_PATHS and last not in _YOUTUBE_NO_VIDEOS  # noqa: PLR2004 — /embed/<id>
    return _first(query, "v") or (last if is_path else "")


def _dailymotion(*, host: str, segments: list[str], query: dict[str, list[str]]) -> str:
    """« /video/<id>_title », or the player of today: « /player.html?video=<id> », « /player/<its own id>.html?… »."""
    if segments and (segments[0] == "player" or segments[-1] == "player.html"):
        return _first(query, "video")
    is_video = host == "dai.ly" or "video" in segments
    return segments[-1].split("_")[0] if segments and is_video else ""


def _vimeo(*, segments: list[str], query: dict[str, list[str]]) -> VideoLink | None:
    """« /<id> », « /<id>/<key> », « /channels/<name>/<id> », « /video/<id>?h=<key> »: the first number, and its key."""
    for before, number, after in zip(["", *segments], segments, [*segments[1:], ""], strict=False):
        if number.isdecimal() and before not in _VIMEO_NO_VIDEOS:
            keys = (_first(query, "h"), after)
            return VideoLink(VideoProvider.VIMEO, number, key=next(filter(_VIMEO_KEY.fullmatch, keys), ""))
    return None


def _peertube(*, host: str, segments: list[str]) -> VideoLink | None:
    for start in _PEERTUBE_PATHS:
        rest = segments[len(start) :]
        # « /w/p/<id> » and « /videos/watch/playlist/<id> » are lists of videos.
        if host and segments[: len(start)] == start and rest and rest[0] not in _PEERTUBE_LISTS:
            return VideoLink(VideoProvider.PEERTUBE, rest[0].split(";")[0], host=host)
    return None


def _first(query: dict[str, list[str]], name: str) -> str:
    return query.get(name, [""])[0]
