"""The replay and the documents a recap links to."""

import re
from urllib.parse import unquote, urlsplit

from events.recap.parsed import Aside, AsideRole, Confidence, DocumentLink, Replay
from events.recap.provenance import provenance_at
from events.recap.text import Block, BlockKind, Link
from events.recap.typography import plain
from hub.pages.videos import video_from_url

_REPLAY_WORDS = re.compile(
    r"\b(?:replays?|rediffusion|revoir|revivre|r[ée]-?[ée]couter|enregistrement|captation|vid[ée]os?)\b|\bvoir\s+l[’']atelier\b",
    re.IGNORECASE,
)
_REPLAY_PATH = re.compile(r"replay|rediffusion|/videos?/|\.(?:mp4|webm|m3u8)\Z", re.IGNORECASE)
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|ppsx|od[tsp]|zip|csv|rtf)\Z", re.IGNORECASE)
_DOWNLOAD = re.compile(r"/(?:download|telecharger|telechargement|sites/default/files|documents?)/", re.IGNORECASE)
_LABEL_LENGTH = 200


def find_replay(*, blocks: tuple[Block, ...], asides: tuple[Aside, ...]) -> Replay | None:
    """Find the link to the replay.

    Sure: a link whose words, or whose block, say « replay »; or the only video of a known platform. Guessed: the first
    of several videos. When the text only announces a replay (« Accéder au replay »), it is returned without an address.
    """
    said: list[tuple[Block, Link]] = []
    videos: list[tuple[Block, Link]] = []
    for block in blocks:
        is_about_replay = bool(block.links) and _REPLAY_WORDS.search(block.text) is not None
        for link in block.links:
            is_video = video_from_url(url=link.href) is not None
            if not link.href.startswith(("http://", "https://")) and not _REPLAY_PATH.search(link.href):
                continue
            if _REPLAY_WORDS.search(link.text) or (is_video and is_about_replay):
                said.append((block, link))
            elif is_video or (block.kind is BlockKind.EMBED and _REPLAY_PATH.search(link.href)):
                videos.append((block, link))
    known = sorted(said, key=lambda pair: video_from_url(url=pair[1].href) is None)
    if known:
        return _replay(*known[0], confidence=Confidence.RECOGNISED)
    if videos:
        urls = {link.href for _, link in videos}
        return _replay(*videos[0], confidence=Confidence.RECOGNISED if len(urls) == 1 else Confidence.GUESSED)
    announced = next((aside.block for aside in asides if aside.role is AsideRole.REPLAY and aside.block.text), None)
    if announced is None:
        return None
    return Replay(url="", provider="", video_id="", provenance=provenance_at(block=announced))


def _replay(block: Block, link: Link, *, confidence: Confidence) -> Replay:
    video = video_from_url(url=link.href)
    return Replay(
        url=link.href,
        provider=video.provider.value if video else "",
        video_id=video.identifier if video else "",
        provenance=provenance_at(block=block, offset=link.start, confidence=confidence),
    )


def is_document(*, url: str) -> bool:
    """Say whether an address is that of a file to download."""
    path = _path(url=url)
    return _FILE.search(path) is not None or (
        _DOWNLOAD.search(path) is not None and not re.search(r"\.(?:html?|jpe?g|png|gif|webp)\Z", path)
    )


def find_documents(*, blocks: tuple[Block, ...]) -> tuple[DocumentLink, ...]:
    """Find the files the page offers, each once, called by the words of their link or else by their file name."""
    found: dict[str, DocumentLink] = {}
    for block in blocks:
        for link in block.links:
            if link.href in found or not is_document(url=link.href):
                continue
            name = unquote(_path(url=link.href).rsplit("/", 1)[-1])
            label = plain(text=link.text) if link.text and not link.text.startswith(("http", "www.")) else name
            provenance = provenance_at(block=block, offset=link.start)
            found[link.href] = DocumentLink(label=label[:_LABEL_LENGTH] or name, url=link.href, provenance=provenance)
    return tuple(found.values())


def _path(*, url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""
