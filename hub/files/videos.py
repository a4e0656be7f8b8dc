"""What a recording must be: MP4 or WebM by its bytes, whole, and such that browsers play it. Nothing is decoded.

Unlike other files, it is not looked at apart (docs/fichiers.md): it is too large to be handed over, and only the
headings of its parts are read, so many and so long at most.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.files.base import File
from django.db.models import TextChoices

from hub.files import kinds
from hub.files.reading import FileRefused, extension_of, readable_size

_MOST_PARTS = 60_000  # of one file, at all depths: one cut in pieces of a second has 22,000 in three hours
_MOST_TRACKS_BYTES = 256 * 1024


class VideoKind(TextChoices):
    """Recordings taken. The value is the extension."""

    MP4 = "mp4", "MP4"
    WEBM = "webm", "WebM"


@dataclass(frozen=True, kw_only=True)
class CheckedVideo:
    kind: VideoKind
    seconds: float | None = None


TRUNCATED = (
    "Cette vidéo est incomplète : la fin du fichier manque. L’enregistrement ou la copie a été interrompu ; copiez-le "
    "de nouveau depuis sa source, vérifiez qu’il se lit jusqu’au bout, puis renvoyez-le."
)
NO_INDEX = (
    "Cette vidéo est incomplète : son sommaire (« moov »), écrit en dernier par l’appareil, manque. L’enregistrement a "
    "été interrompu ; exportez-le de nouveau depuis le logiciel qui l’a fait."
)
DAMAGED = (
    "Cette vidéo est abîmée : vérifiez qu’elle se lit sur votre ordinateur, exportez-la de nouveau, puis renvoyez-la."
)
TAKEN = "Formats acceptés : MP4 (vidéo H.264, son AAC) et WebM."


def check_video(*, file: File, limit: int) -> CheckedVideo:
    """Check a recording of at most ``limit`` bytes, whose name ends in one of ``VideoKind``.

    Raises ``FileRefused`` for one too large, cut short, damaged, of a format browsers do not play, or that is not what
    its name says.
    """
    kind = VideoKind(extension_of(name=file.name or ""))
    if file.size > limit:
        raise FileRefused(
            f"Cette vidéo est trop lourde : {readable_size(limit)} au plus. Réduisez-la (720p suffit pour un atelier), "
            "ou mettez-la sur une plateforme de vidéos et donnez son adresse."
        )
    reader = _Reader(file)
    start = reader.at(0, 4096)
    if start[4:8] == b"ftyp":
        found = VideoKind.MP4
    elif start.startswith(_EBML):
        found = VideoKind.WEBM
    else:
        raise FileRefused(_what_it_is(start))
    try:
        seconds = _check_mp4(reader) if found is VideoKind.MP4 else _check_webm(reader)
    except (struct.error, IndexError) as error:  # a heading goes past the end of what holds it
        raise FileRefused(DAMAGED) from error
    if found is not kind:
        raise FileRefused(
            f"Ce fichier est une vidéo {found.label} nommée .{kind.value} : renommez-le en .{found.value}, "
            "puis renvoyez-le."
        )
    return CheckedVideo(kind=found, seconds=seconds)


class _Reader:
    """Reads here and there in a file, and stops at the number of parts no recording has."""

    def __init__(self, file: File) -> None:
        self._file = file
        self.size: int = file.size
        self._parts = 0

    def at(self, position: int, length: int) -> bytes:
        self._file.seek(position)
        content: bytes = self._file.read(length)
        return content

    def count(self) -> None:
        self._parts += 1
        if self._parts > _MOST_PARTS:
            raise FileRefused(DAMAGED)


def _what_it_is(start: bytes) -> str:
    if not start.strip(b"\0"):
        return "Ce fichier est vide : vérifiez qu’il s’ouvre sur votre ordinateur, puis renvoyez-le."
    if kinds.is_program(start):
        return f"Ce fichier est un programme, quel que soit son nom. {TAKEN}"
    if start.startswith(b"RIFF") and start[8:12] == b"AVI ":
        return f"Ce fichier est une vidéo AVI, que les navigateurs ne lisent pas : exportez-la en MP4. {TAKEN}"
    if start[4:8] in {b"moov", b"mdat", b"wide", b"free", b"skip"}:
        return f"Ce fichier est une vidéo QuickTime : exportez-la en MP4. {TAKEN}"
    for signature, name in kinds.NO_TEXTS:
        if start.startswith(signature):
            return f"Ce fichier n’est pas une vidéo mais {name}, quel que soit son nom. {TAKEN}"
    return f"Ce fichier n’est pas une vidéo que l’on reconnaît, quel que soit son nom. {TAKEN}"


# --- MP4: boxes, each with its length and its name --------------------------------------------------------------------

_LENGTH_FOLLOWS, _TO_THE_END = 1, 0
_QUICKTIME = b"qt  "
_PLAYED = {b"avc1", b"avc3", b"vp08", b"vp09", b"av01"}
_NOT_PLAYED = {
    b"hvc1": "HEVC (H.265)",
    b"hev1": "HEVC (H.265)",
    b"dvh1": "Dolby Vision",
    b"dvhe": "Dolby Vision",
    b"mp4v": "MPEG-4 Visual",
    b"apch": "ProRes",
    b"apcn": "ProRes",
}


@dataclass(frozen=True, slots=True)
class _Box:
    name: bytes
    start: int  # of what it holds
    end: int


def _boxes(reader: _Reader, start: int, end: int, *, is_top: bool = False) -> Iterator[_Box]:
    while end - start >= 8:  # noqa: PLR2004 — bytes of a heading
        reader.count()
        heading = reader.at(start, 16)
        length, name = struct.unpack_from(">I4s", heading)
        content = start + 8
        if length == _LENGTH_FOLLOWS:
            length, content = struct.unpack_from(">Q", heading, 8)[0], start + 16
        elif length == _TO_THE_END:
            length = end - start
        if start + length < content:
            raise FileRefused(DAMAGED)
        if start + length > end:
            raise FileRefused(TRUNCATED if is_top else DAMAGED)
        yield _Box(name, content, start + length)
        start += length


def _check_mp4(reader: _Reader) -> float | None:
    has_media, index, is_cut = False, None, False
    try:
        for box in _boxes(reader, 0, reader.size, is_top=True):
            if box.name == b"ftyp":
                _check_brand(reader.at(box.start, min(box.end - box.start, 256)))
            elif box.name == b"moov":
                index = box
            has_media = has_media or box.name in {b"mdat", b"moof"}
    except FileRefused as refusal:
        is_cut = refusal.message == TRUNCATED
        if not is_cut:
            raise
    # A device that stops half-way has not written the index yet: saying so helps more than « the end is missing ».
    if index is None:
        raise FileRefused(NO_INDEX)
    if is_cut or not has_media:
        raise FileRefused(TRUNCATED)
    return _check_index(reader, index)


def _check_brand(brands: bytes) -> None:
    if brands[:4] == _QUICKTIME:
        raise FileRefused(
            f"Ce fichier est une vidéo QuickTime (.mov), quel que soit son nom : exportez-la en MP4. {TAKEN}"
        )


def _check_index(reader: _Reader, index: _Box) -> float | None:
    seconds: float | None = None
    formats: list[bytes] = []
    for box in _boxes(reader, index.start, index.end):
        if box.name == b"mvhd":
            seconds = _duration(reader.at(box.start, 32))
        elif box.name == b"trak":
            formats.extend(_picture_formats(reader, box))
    if not formats:
        raise FileRefused(f"Ce fichier MP4 n’a pas d’image : ce n’est pas une vidéo. {TAKEN}")
    for name in formats:
        if name not in _PLAYED:
            known = _NOT_PLAYED.get(name, "d’un genre rare")
            raise FileRefused(
                f"L’image de cette vidéo est au format {known}, que tous les navigateurs ne lisent pas : exportez-la "
                "en MP4 avec le format H.264 (parfois appelé « le plus compatible »)."
            )
    return seconds


def _duration(header: bytes) -> float | None:
    """Of the box « mvhd »: units a second, then how many units."""
    scale, length = struct.unpack_from(">IQ", header, 20) if header[0] == 1 else struct.unpack_from(">II", header, 12)
    return length / scale if scale and length else None


def _picture_formats(reader: _Reader, track: _Box) -> Iterator[bytes]:
    """The format of the pictures of a track: none for sound and subtitles."""
    media = _inside(reader, track, b"mdia")
    handler = _inside(reader, media, b"hdlr")
    if handler is None or reader.at(handler.start, 12)[8:12] != b"vide":
        return
    samples = _inside(reader, _inside(reader, _inside(reader, media, b"minf"), b"stbl"), b"stsd")
    if samples is None:
        raise FileRefused(DAMAGED)
    for box in _boxes(reader, samples.start + 8, samples.end):
        yield box.name


def _inside(reader: _Reader, box: _Box | None, name: bytes) -> _Box | None:
    if box is None:
        return None
    return next((part for part in _boxes(reader, box.start, box.end) if part.name == name), None)


# --- WebM: elements of EBML, each with its number and its length ------------------------------------------------------

_EBML = b"\x1a\x45\xdf\xa3"
_DOCTYPE, _SEGMENT, _CLUSTER, _TRACKS = 0x4282, 0x18538067, 0x1F43B675, 0x1654AE6B
_INFO, _SCALE, _DURATION = 0x1549A966, 0x2AD7B1, 0x4489
_TRACK, _TRACK_TYPE, _PICTURE = 0xAE, 0x83, 1
_CRC, _VOID = 0xBF, 0xEC


@dataclass(frozen=True, slots=True)
class _Element:
    number: int
    start: int
    end: int | None  # a recording sent as it was made does not say where its parts end


def _elements(reader: _Reader, start: int, end: int) -> Iterator[_Element]:
    while start < end:
        reader.count()
        heading = reader.at(start, 12)
        number, after = _variable(heading, 0)
        length, after = _length(heading, after)
        element = _Element(number, start + after, None if length is None else start + after + length)
        yield element
        if element.end is None:
            return
        start = element.end


def _variable(content: bytes, start: int) -> tuple[int, int]:
    """Read a number whose first bits say how many bytes it has, these bits included; and where what follows begins."""
    first = content[start]
    size = 9 - first.bit_length()
    if not first or len(content) < start + size:
        raise IndexError
    return int.from_bytes(content[start : start + size], "big"), start + size


def _length(content: bytes, start: int) -> tuple[int | None, int]:
    """Likewise without these bits; ``None`` for « unknown », all ones."""
    value, after = _variable(content, start)
    unknown = (1 << (7 * (after - start))) - 1
    value &= unknown
    return None if value == unknown else value, after


def _check_webm(reader: _Reader) -> float | None:
    segment = _segment(reader)
    seconds, has_picture, has_cluster = None, False, False
    for element in _elements(reader, segment.start, segment.end or reader.size):
        if element.end is not None and element.end > reader.size:
            raise FileRefused(TRUNCATED)
        if element.number == _INFO:
            seconds = _webm_duration(reader, element)
        elif element.number == _TRACKS:
            has_picture = _has_picture(reader, element)
        elif element.number == _CLUSTER:
            has_cluster = True
    if not has_cluster:
        raise FileRefused(TRUNCATED)
    if not has_picture:
        raise FileRefused(f"Ce fichier WebM n’a pas d’image : ce n’est pas une vidéo. {TAKEN}")
    return seconds


def _segment(reader: _Reader) -> _Element:
    """The part that holds all of the recording, after the heading that says what the file is."""
    elements = _elements(reader, 0, reader.size)
    _check_doctype(reader, next(elements))
    segment = next((element for element in elements if element.number == _SEGMENT), None)
    if segment is None or (segment.end or 0) > reader.size:
        raise FileRefused(TRUNCATED)
    return segment


def _check_doctype(reader: _Reader, header: _Element) -> None:
    if header.end is None or header.end > reader.size:
        raise FileRefused(TRUNCATED)
    for element in _elements(reader, header.start, header.end):
        if element.number == _DOCTYPE and element.end:
            name = reader.at(element.start, min(element.end - element.start, 32)).rstrip(b"\0")
            if name == b"webm":
                return
            raise FileRefused(
                f"Ce fichier est une vidéo Matroska (.mkv), quel que soit son nom : exportez-la en MP4. {TAKEN}"
            )
    raise FileRefused(DAMAGED)


def _webm_duration(reader: _Reader, info: _Element) -> float | None:
    scale, length = 1_000_000, None
    for element in _elements(reader, info.start, info.end or info.start):
        content = reader.at(element.start, min((element.end or element.start) - element.start, 8))
        if element.number == _SCALE:
            scale = int.from_bytes(content, "big")
        elif element.number == _DURATION and len(content) in {4, 8}:
            length = struct.unpack(">f" if len(content) == 4 else ">d", content)[0]  # noqa: PLR2004 — bytes
    # Anything that is no number is left out: written by hand, it could be infinite.
    return length * scale / 1e9 if length is not None and 0 < length * scale < 1e15 else None  # noqa: PLR2004 — some days


def _has_picture(reader: _Reader, tracks: _Element) -> bool:
    if (tracks.end or 0) - tracks.start > _MOST_TRACKS_BYTES:
        raise FileRefused(DAMAGED)
    for track in _elements(reader, tracks.start, tracks.end or tracks.start):
        if track.number == _TRACK and track.end:
            for element in _elements(reader, track.start, track.end):
                if element.number == _TRACK_TYPE and reader.at(element.start, 1) == bytes([_PICTURE]):
                    return True
    return False
