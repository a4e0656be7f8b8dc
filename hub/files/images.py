"""Pictures: looked at by what they hold, then drawn again, so that nothing but the picture is kept."""

import struct
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.base import File
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError, WebPImagePlugin  # noqa: F401 — loaded

from hub.files import signatures
from hub.files.apart import look
from hub.files.checked import CheckedFile
from hub.files.enums import ImageKind
from hub.files.names import safe_stem, title_of
from hub.files.reading import read_bounded
from hub.files.refusal import FileRefused

# Pillow loads what reads each format when it first meets one: done here, once, and not in each process that looks.
Image.preinit()

# Formats of Pillow, and what each is kept as. Only the first frame of an animation is kept, as a PNG.
_KEPT_AS = {
    "JPEG": ImageKind.JPEG,
    "MPO": ImageKind.JPEG,  # a JPEG followed by others: what some cameras write
    "PNG": ImageKind.PNG,
    "WEBP": ImageKind.WEBP,
    "GIF": ImageKind.PNG,
}
_READ_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_SAVE_OPTIONS: dict[ImageKind, dict[str, Any]] = {
    ImageKind.JPEG: {"format": "JPEG", "quality": 88, "optimize": True, "progressive": True},
    ImageKind.PNG: {"format": "PNG", "compress_level": 4},
    ImageKind.WEBP: {"format": "WEBP", "quality": 88},
}
# What reading a damaged picture raises, depending on where the damage is. Pillow documents OSError alone.
UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    zlib.error,
    Warning,
)
_WEBP_HEADER = 30  # bytes
# A page shows no picture wider: what is kept is cheap to reduce again, whoever asks for it.
LONGEST_SIDE = 1920  # pixels
# A progressive JPEG of a camera or of a program has a dozen; each one costs as much as the whole picture.
MOST_SCANS = 100
_START_OF_SCAN = b"\xff\xda"
_SIXTEEN_BITS = 65_535 / 255
_RESIZABLE = {"L", "LA", "RGB", "RGBA", "CMYK"}
DAMAGED = (
    "Cette image est incomplète ou abîmée : ouvrez-la sur votre ordinateur, enregistrez-la de nouveau et renvoyez-la."
)
_TAKEN = "Envoyez-la au format JPEG, PNG, WebP ou GIF."


@dataclass(frozen=True, kw_only=True)
class CheckedImage(CheckedFile):
    """A picture that may be kept: drawn again from what was sent, upright, without position or other metadata."""

    kind: ImageKind
    width: int  # pixels
    height: int


def check_image(*, file: File) -> CheckedImage:
    """Check a picture and draw it again.

    Raises:
        FileRefused: for a file too large, of too many pixels, damaged, or that is no picture of ours.
    """
    content = read_bounded(file=file, limit=settings.PARTNER_IMAGE_MAX_BYTES)
    facts, redrawn = look(redraw, content, most_pixels=settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS)
    name = file.name or ""
    return CheckedImage(
        kind=ImageKind(facts["kind"]),
        stem=safe_stem(name=name),
        title=title_of(name=name),
        width=int(facts["width"]),
        height=int(facts["height"]),
        content=redrawn,
    )


def redraw(content: bytes, *, most_pixels: int) -> tuple[dict[str, Any], bytes]:
    """Draw a picture again, apart: answer its kind, its size and its new content.

    Raises:
        FileRefused: for a picture that is not taken.
    """
    try:
        picture = open_bounded(content, most_pixels=most_pixels)
        kind = _KEPT_AS[str(picture.format)]
        refuse_repeated_scans(content, kind=str(picture.format))
        picture.seek(0)
        picture.draft(None, (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG larger than what is kept is decoded smaller
        picture.load()
        redrawn = _plain(picture, kind=kind)
        stream = BytesIO()
        redrawn.save(stream, **_SAVE_OPTIONS[kind])
    except Image.DecompressionBombError as error:
        raise too_many_pixels(most_pixels) from error
    except UnidentifiedImageError as error:
        raise _no_picture(content) from error
    except UNREADABLE as error:
        raise FileRefused(DAMAGED) from error
    return {"kind": kind.value, "width": redrawn.width, "height": redrawn.height}, stream.getvalue()


def _no_picture(content: bytes) -> FileRefused:
    """What was sent instead of a picture, whatever its name."""
    if signatures.is_svg(content):
        return FileRefused("Ce fichier est un dessin SVG, qui peut contenir un programme : exportez-le en PNG.")
    if signatures.is_markup(content):
        return FileRefused(f"Ce fichier est une page web, pas une image. {_TAKEN}")
    if signatures.is_heic(content):
        return FileRefused(
            "Cette photo est au format HEIC, que tous les navigateurs n’affichent pas : enregistrez-la en JPEG."
        )
    return FileRefused(f"Ce fichier n’est pas une image que le hub sait lire. {_TAKEN}")


def open_bounded(content: bytes, *, most_pixels: int) -> Image.Image:
    """Read the header alone, and refuse from it what would fill the memory once decoded."""
    claimed = _webp_pixels(content)
    if claimed is not None and claimed > most_pixels:
        raise too_many_pixels(most_pixels)
    picture = Image.open(BytesIO(content), formats=_READ_FORMATS)
    if picture.width * picture.height > most_pixels:
        raise too_many_pixels(most_pixels)
    return picture


def _webp_pixels(content: bytes) -> int | None:
    """Pixels a WebP file claims: Pillow makes room for them as soon as it opens one."""
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or len(content) < _WEBP_HEADER:
        return None
    chunk = content[12:16]
    if chunk == b"VP8X":
        width = 1 + int.from_bytes(content[24:27], "little")
        height = 1 + int.from_bytes(content[27:30], "little")
    elif chunk == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    else:
        width = int.from_bytes(content[26:28], "little") & 0x3FFF
        height = int.from_bytes(content[28:30], "little") & 0x3FFF
    return width * height


def _plain(picture: Image.Image, *, kind: ImageKind) -> Image.Image:
    """The picture alone: turned as its metadata say, in the colours of the web, and nothing else."""
    picture = in_eight_bits(picture)
    transparent = kind is not ImageKind.JPEG and picture.has_transparency_data
    mode = "RGBA" if transparent else "L" if picture.mode in {"1", "L"} else "RGB"
    if picture.mode not in _RESIZABLE or (transparent and picture.mode not in {"LA", "RGBA"}):
        picture = picture.convert(mode)
    # Reduced before anything else: each further step holds a copy.
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    upright = ImageOps.exif_transpose(picture)
    profile = picture.info.get("icc_profile")
    if profile and upright.mode in {"RGB", "CMYK"} and mode == "RGB":
        upright = _in_web_colours(upright, profile=profile)
    converted = upright.convert(mode)
    # `convert` keeps what the file said beside its pixels; a picture made of the pixels does not.
    bare = Image.new(mode, converted.size)
    bare.paste(converted)
    return bare


def refuse_repeated_scans(content: bytes, *, kind: str) -> None:
    """Refuse a JPEG that is drawn again and again, before it is decoded. ``kind`` is Pillow's name of the format."""
    if kind in {"JPEG", "MPO"} and content.count(_START_OF_SCAN) > MOST_SCANS:
        raise FileRefused(DAMAGED)


def in_eight_bits(picture: Image.Image) -> Image.Image:
    """Greys of 16 bits, as scanners write them, brought to the 256 of the web: `convert` would cut them to white."""
    if not picture.mode.startswith("I"):
        return picture
    scaled = picture.convert("I").point(lambda grey: grey * (1 / _SIXTEEN_BITS) + 0.5).convert("L")
    scaled.info = {key: value for key, value in picture.info.items() if key != "transparency"}
    return scaled


def _in_web_colours(picture: Image.Image, *, profile: bytes) -> Image.Image:
    """Colours as they were meant once the profile is gone; as they are when the profile makes no sense."""
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        changed = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture
    return changed or picture


def too_many_pixels(most: int) -> FileRefused:
    """The refusal of a picture of more than so many pixels."""
    millions = most // 1_000_000
    return FileRefused(f"Cette image a trop de pixels : {millions} millions au plus. Réduisez-la, puis renvoyez-la.")
