"""A recording is what its name says, whole, and browsers play it; each refusal says why. The files are made here."""

import struct
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path

import pytest
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import loader
from django.test import Client
from django.urls import reverse
from wagtail.documents.models import Document

from hub.files import FileRefused
from hub.files.videos import VideoKind, check_video
from hub.web.serving import RefusedError, body_length

LIMIT = 10 * 2**20


def box(name: bytes, *content: bytes) -> bytes:
    inside = b"".join(content)
    return struct.pack(">I4s", 8 + len(inside), name) + inside


FTYP = box(b"ftyp", b"isom", bytes(4), b"isomavc1")
MDAT = box(b"mdat", bytes(500))


def moov(*, codec: bytes = b"avc1", handler: bytes = b"vide", version: int = 0) -> bytes:
    numbers = struct.pack(">QQIQ", 0, 0, 1000, 90_500) if version else struct.pack(">IIII", 0, 0, 1000, 90_500)
    header = box(b"mvhd", bytes([version, 0, 0, 0]), numbers, bytes(80))
    samples = box(b"stsd", struct.pack(">II", 0, 1), box(codec, bytes(70)))
    media = box(b"mdia", box(b"hdlr", bytes(8), handler, bytes(13)), box(b"minf", box(b"stbl", samples)))
    return box(b"moov", header, box(b"trak", media))


def element(number: bytes, content: bytes, *, length: bytes | None = None) -> bytes:
    return number + (length or struct.pack(">Q", len(content) | 1 << 56)) + content


EBML = element(b"\x1a\x45\xdf\xa3", element(b"\x42\x82", b"webm"))
INFO = element(
    b"\x15\x49\xa9\x66", element(b"\x2a\xd7\xb1", b"\x0f\x42\x40") + element(b"\x44\x89", struct.pack(">d", 90_500))
)
TRACKS = element(b"\x16\x54\xae\x6b", element(b"\xae", element(b"\x83", b"\x01")))
SOUND = element(b"\x16\x54\xae\x6b", element(b"\xae", element(b"\x83", b"\x02")))
CLUSTER = element(b"\x1f\x43\xb6\x75", bytes(500))
SEGMENT = b"\x18\x53\x80\x67"
WEBM = EBML + element(SEGMENT, INFO + TRACKS + CLUSTER)
MP4 = FTYP + moov() + MDAT


def check(content: bytes, name: str) -> tuple[VideoKind, float | None]:
    checked = check_video(file=ContentFile(content, name=name), limit=LIMIT)
    return checked.kind, checked.seconds


@pytest.mark.parametrize(
    "content",
    [
        MP4,
        FTYP + MDAT + moov(version=1),
        FTYP + box(b"free") + moov(codec=b"av01") + box(b"moof", bytes(40)) + struct.pack(">I4sQ", 1, b"mdat", 16),
        FTYP + moov() + struct.pack(">I4s", 0, b"mdat") + bytes(60),
    ],
)
def test_an_mp4_is_taken_wherever_its_index_is(content: bytes) -> None:
    assert check(content, "atelier.mp4") == (VideoKind.MP4, 90.5)


@pytest.mark.parametrize(
    "content",
    [
        WEBM,
        EBML + element(SEGMENT, INFO + TRACKS + element(b"\x1f\x43\xb6\x75", bytes(9), length=b"\xff"), length=b"\xff"),
    ],
)
def test_a_webm_is_taken_even_one_sent_as_it_was_made(content: bytes) -> None:
    assert check(content, "ATELIER.WEBM") == (VideoKind.WEBM, 90.5)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        # Cut short, here and there.
        ("a.mp4", MP4[:-10], "la fin du fichier manque"),
        ("a.mp4", FTYP + MDAT, "moov"),
        ("a.mp4", FTYP + MDAT[:100], "moov"),
        ("a.mp4", FTYP + moov(), "la fin du fichier manque"),
        ("a.webm", WEBM[:-10], "la fin du fichier manque"),
        ("a.webm", EBML, "la fin du fichier manque"),
        ("a.webm", EBML + element(SEGMENT, INFO + TRACKS), "la fin du fichier manque"),
        # Damaged: a length of nothing, parts that go out of what holds them.
        ("a.mp4", FTYP + struct.pack(">I4s", 3, b"moov") + MDAT, "abîmée"),
        ("a.mp4", FTYP + box(b"moov", struct.pack(">I4s", 900, b"mvhd")) + MDAT, "abîmée"),
        ("a.mp4", FTYP + box(b"free") * 70_000 + moov() + MDAT, "abîmée"),
        ("a.mp4", FTYP + MDAT + box(b"moov", box(b"mvhd", b"\x01")), "abîmée"),
        ("a.webm", EBML[:4] + b"\x00" * 40, "abîmée"),
        # Something else than what its name says.
        ("a.mp4", WEBM, "renommez-le en .webm"),
        ("a.webm", MP4, "renommez-le en .mp4"),
        ("a.mp4", box(b"ftyp", b"qt  ", bytes(4)) + moov() + MDAT, "QuickTime"),
        ("a.mp4", MDAT + moov(), "QuickTime"),
        ("a.webm", element(b"\x1a\x45\xdf\xa3", element(b"\x42\x82", b"matroska")), "Matroska"),
        ("a.mp4", b"%PDF-1.7 " + bytes(50), "un document PDF"),
        ("a.mp4", b"MZ" + bytes(62), "programme"),
        ("a.mp4", b"RIFF\x10\0\0\0AVI LIST", "AVI"),
        ("a.webm", b"WEBVTT\n\n00:01.000 --> 00:02.000\nBonjour", "pas une vidéo que l’on reconnaît"),
        ("a.mp4", bytes(64), "vide"),
        # What browsers do not play.
        ("a.mp4", FTYP + moov(codec=b"hvc1") + MDAT, "HEVC"),
        ("a.mp4", FTYP + moov(codec=b"xxxx") + MDAT, "d’un genre rare"),
        ("a.mp4", FTYP + moov(handler=b"soun") + MDAT, "n’a pas d’image"),
        ("a.webm", EBML + element(SEGMENT, INFO + SOUND + CLUSTER), "n’a pas d’image"),
    ],
)  # fmt: skip
def test_each_refusal_says_why(name: str, content: bytes, expected: str) -> None:
    with pytest.raises(FileRefused, match=expected):
        check(content, name)


def test_any_prefix_and_any_flipped_byte_is_a_refusal_or_a_video_never_an_error() -> None:
    for content, name in ((MP4, "a.mp4"), (WEBM, "a.webm")):
        headings = len(content) - 500
        damaged = [content[:length] for length in range(0, len(content), 7)]
        damaged += [
            content[:at] + bytes([content[at] ^ flip]) + content[at + 1 :]
            for at in range(headings)
            for flip in (1, 255)
        ]
        for each in damaged:
            with suppress(FileRefused):
                check(each, name)


class Endless(File):
    """A recording of three gigabytes, of which nothing is kept."""

    size = 3 * 2**30

    def __init__(self) -> None:
        super().__init__(None, name="atelier.mp4")


def test_one_too_large_is_told_the_limit_and_what_to_do() -> None:
    with pytest.raises(FileRefused, match=r"10 Mo au plus.*plateforme de vidéos"):
        check_video(file=Endless(), limit=LIMIT)


def test_three_gigabytes_are_refused_before_they_arrive() -> None:
    with pytest.raises(RefusedError) as refused:
        body_length(head=f"POST /gestion/documents/add/ HTTP/1.1\r\nContent-Length: {3 * 2**30}\r\n\r\n".encode())
    assert refused.value.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert "une plateforme de vidéos" in loader.render_to_string("413.html")


def test_the_recording_of_the_demonstration_is_one(settings) -> None:
    folder = Path(settings.BASE_DIR) / "events" / "demo" / "data" / "recordings"
    recordings = sorted(folder.glob("*.webm"))
    assert recordings
    assert sum(path.stat().st_size for path in recordings) < 3 * 2**20
    lengths = []
    for path in recordings:
        with path.open("rb") as stream:
            lengths.append(check_video(file=File(stream, name=path.name), limit=LIMIT).seconds or 0)
    assert max(lengths) > 180


@pytest.mark.django_db
def test_an_editor_reads_why_a_recording_is_refused_where_it_is_sent(admin_client: Client, home: object) -> None:
    address = reverse("wagtaildocs:add")
    assert "500" in admin_client.get(address).content.decode()

    def send(content: bytes) -> str:
        file = SimpleUploadedFile("atelier.mp4", content, content_type="video/mp4")
        return admin_client.post(address, {"title": "Atelier 90", "file": file}, follow=True).content.decode()

    refused = send(MP4[:-10])
    assert "la fin du fichier manque" in refused
    assert "Atelier 90" in refused  # what was typed
    assert not Document.objects.exists()
    send(MP4)
    assert Document.objects.get().title == "Atelier 90"
