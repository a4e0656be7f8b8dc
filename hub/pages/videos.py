"""Recognise the video a link points to, without asking anybody.

Wagtail's embeds fetch from the provider at render time and do not know several providers; the hub stores the address,
reads provider and identifier from it, and builds a frame that loads only after the visitor's click.
"""

import re
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, parse_qs, urlencode, urlsplit

from django.conf import settings
from django.db.models import TextChoices

# Stands for a number of seconds in the address of a moment.
SECONDS = "{seconds}"
# A frame is to say which site shows it, and no more: YouTube plays nothing otherwise (« error 153 »), Vimeo refuses the
# videos reserved to some sites. The pages themselves say nothing to other sites (SECURE_REFERRER_POLICY).
FRAME_REFERRER_POLICY = "strict-origin-when-cross-origin"


class VideoProvider(TextChoices):
    YOUTUBE = "youtube", "YouTube"
    DAILYMOTION = "dailymotion", "Dailymotion"
    VIMEO = "vimeo", "Vimeo"
    PEERTUBE = "peertube", "PeerTube"


# Where each player is, in the variant that asks for the least consent. PeerTube has many servers.
PLAYER_ORIGINS = {
    VideoProvider.YOUTUBE: "https://www.youtube-nocookie.com",
    VideoProvider.DAILYMOTION: "https://geo.dailymotion.com",
    VideoProvider.VIMEO: "https://player.vimeo.com",
}


@dataclass(frozen=True, slots=True)
class VideoLink:
    """A recognised video.

    ``host`` is only set for PeerTube, which has many servers; ``key`` only for a video of Vimeo out of its lists, which
    plays for whoever has the whole address. ``start`` is the second at which the address asks to begin.
    """

    provider: VideoProvider
    identifier: str
    host: str = ""
    key: str = ""
    start: int = 0

    @property
    def origin(self) -> str:
        """The site its player comes from: « https://player.vimeo.com »."""
        return PLAYER_ORIGINS.get(self.provider) or f"https://{self.host}"

    @property
    def is_framed(self) -> bool:
        """Whether the content policy lets the player in: the operator names the servers of PeerTube it trusts."""
        return self.provider is not VideoProvider.PEERTUBE or self.host in settings.PEERTUBE_HOSTS

    def frame_url(self, *, seconds: int | None = None) -> str:
        """Return the address of the player, which begins by itself at this second; empty when it may not be framed.

        Without ``seconds``, it begins where the address asks. Dailymotion alone decides whether it begins by itself,
        in the settings of the operator's own player.
        """
        if not self.is_framed:
            return ""
        start = self.start if seconds is None else seconds
        match self.provider:
            case VideoProvider.YOUTUBE:
                return f"{self.origin}/embed/{self.identifier}?{urlencode({'autoplay': 1} | _if(start, start=start))}"
            case VideoProvider.DAILYMOTION:
                player = f"player/{settings.DAILYMOTION_PLAYER}" if settings.DAILYMOTION_PLAYER else "player"
                query = {"video": self.identifier} | _if(start, startTime=start)
                return f"{self.origin}/{player}.html?{urlencode(query)}"
            case VideoProvider.VIMEO:
                query = _if(self.key, h=self.key) | {"dnt": 1, "autoplay": 1}
                return f"{self.origin}/video/{self.identifier}?{urlencode(query)}{f'#t={start}s' if start else ''}"
            case VideoProvider.PEERTUBE:
                # p2p would show visitors' addresses to each other; api lets the page follow where one is.
                query = {"autoplay": 1, "p2p": 0, "api": 1} | _if(start, start=f"{start}s")
                return f"{self.origin}/videos/embed/{self.identifier}?{urlencode(query)}"

    def page_url(self, *, seconds: int | None = None) -> str:
        """Return the address of the video's own page at this second; without it, where the typed address begins."""
        start = self.start if seconds is None else seconds
        return self._page(str(start) if start else "")

    @property
    def moment_address(self) -> str:
        """The address of the video's own page at a moment, with ``SECONDS`` in the place of their number."""
        return self._page(SECONDS)

    def _page(self, start: str) -> str:
        match self.provider:
            case VideoProvider.YOUTUBE:
                return f"https://www.youtube.com/watch?v={self.identifier}{start and f'&t={start}s'}"
            case VideoProvider.DAILYMOTION:
                return f"https://www.dailymotion.com/video/{self.identifier}{start and f'?start={start}'}"
            case VideoProvider.VIMEO:
                key = f"/{self.key}" if self.key else ""
                return f"https://vimeo.com/{self.identifier}{key}{start and f'#t={start}s'}"
            case VideoProvider.PEERTUBE:
                return f"https://{self.host}/w/{self.identifier}{start and f'?start={start}s'}"


def _if(condition: object, **values: object) -> dict[str, object]:
    return values if condition else {}


def at_moment(address: str, *, seconds: int) -> str:
    """Return the address of a moment; empty when the recording has no such address."""
    return address.replace(SECONDS, str(seconds))


def accepted_videos() -> str:
    """What a form takes, said to who fills it: « YouTube, Dailymotion, Vimeo, ou PeerTube sur … »."""
    if not settings.PEERTUBE_HOSTS:
        return "YouTube, Dailymotion ou Vimeo"
    return f"YouTube, Dailymotion, Vimeo, ou PeerTube sur {' ou '.join(settings.PEERTUBE_HOSTS)}"


def video_problem(*, url: str) -> str:
    """Say why the player of this address could not be shown in a page; empty when it can."""
    video = video_from_url(url=url)
    if video is None:
        return (
            f"Cette adresse n’est pas celle d’une vidéo que le hub sait lire. Sont acceptées les vidéos de "
            f"{accepted_videos()} : l’adresse de la vidéo elle-même, ni une chaîne ni une liste."
        )
    if not video.is_framed:
        allowed = " ou ".join(settings.PEERTUBE_HOSTS)
        servers = f"les serveurs acceptés sont {allowed}" if allowed else "aucun serveur PeerTube n’est accepté ici"
        return f"Le serveur {video.host} n’est pas accepté : pour PeerTube, {servers}."
    return ""


_YOUTUBE_HOSTS = frozenset(
    "youtube.com www.youtube.com m.youtube.com music.youtube.com youtube-nocookie.com www.youtube-nocookie.com".split()
)
_YOUTUBE_PATHS = {"e", "embed", "live", "shorts", "v", "watch"}
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
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    host = parts.hostname if port in {None, 80, 443} else f"{parts.hostname}:{port}"
    segments = [segment for segment in parts.path.split("/") if segment]
    found = _identify(host=host, segments=segments, query=parse_qs(parts.query))
    if found is None or not _IDENTIFIER.fullmatch(found.identifier):
        return None
    return replace(found, start=_start(parts))


# « 754 », « 754s », « 12m34s », « 1h2m3s », « 1:02:03 »; « 754,802 » and « 12.5 » for as much as their beginning.
_UNITS = re.compile(r"(?:npt:)?(?:(\d{1,3})h)?(?:(\d{1,4})m)?(?:(\d{1,6})s?)?(?=[,.]|\Z)", re.ASCII)
_CLOCK = re.compile(r"(?:npt:)?(?:(\d{1,3}):)?(\d{1,2}):(\d{2})(?=[,.]|\Z)", re.ASCII)
_STARTS = ("t", "start", "startTime", "time_continue")


def _start(parts: SplitResult) -> int:
    """Return the second an address asks for, in whichever way the providers write it; 0 when it asks for none."""
    for query in (parse_qs(parts.fragment), parse_qs(parts.query)):
        for name in _STARTS:
            value = _first(query, name).strip().lower()
            found = _UNITS.match(value) or _CLOCK.match(value)
            if found and any(found.groups()):
                hours, minutes, seconds = (int(part or 0) for part in found.groups())
                return hours * 3600 + minutes * 60 + seconds
    return 0


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
