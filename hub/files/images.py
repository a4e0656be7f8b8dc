from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.base import File
from PIL import Image, ImageCms, ImageOps, JpegImagePlugin, UnidentifiedImageError, WebPImagePlugin  # noqa: F401 — loaded

from hub.files import kinds
from hub.files.apart import look
from hub.files.kinds import CheckedFile, ImageKind
from hub.files.reading import BROKEN, FileRefused, read_bounded, safe_stem, title_of

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
# Pillow documents OSError alone.
UNREADABLE = (SyntaxError, TypeError, AttributeError, Warning, *BROKEN)
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
    """Check a picture and draw it again; ``FileRefused`` if too large, of too many pixels, damaged, or none of ours."""
    content = read_bounded(file=file, limit=settings.PARTNER_IMAGE_MAX_BYTES)
    facts, redrawn = look(redraw, content, most_pixels=settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS)
    kind, width, height = ImageKind(facts["kind"]), int(facts["width"]), int(facts["height"])
    stem, title = safe_stem(name=file.name or ""), title_of(name=file.name or "")
    return CheckedImage(kind=kind, stem=stem, title=title, width=width, height=height, content=redrawn)


def redraw(content: bytes, *, most_pixels: int) -> tuple[dict[str, Any], bytes]:
    """Draw a picture again, apart: answer its kind, its size and its new content."""
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
    if kinds.is_svg(content):
        return FileRefused("Ce fichier est un dessin SVG, qui peut contenir un programme : exportez-le en PNG.")
    if kinds.is_markup(content):
        return FileRefused(f"Ce fichier est une page web, pas une image. {_TAKEN}")
    if kinds.is_heic(content):
        return FileRefused(
            "Cette photo est au format HEIC, que tous les navigateurs n’affichent pas : enregistrez-la en JPEG."
        )
    return FileRefused(f"Ce fichier n’est pas une image que le hub sait lire. {_TAKEN}")


def open_bounded(content: bytes, *, most_pixels: int) -> Image.Image:
    """Read the header alone, and refuse from it what would fill the memory once decoded."""
    if _webp_pixels(content) > most_pixels:
        raise too_many_pixels(most_pixels)
    picture = Image.open(BytesIO(content), formats=_READ_FORMATS)
    if picture.width * picture.height > most_pixels:
        raise too_many_pixels(most_pixels)
    return picture


def _webp_pixels(content: bytes) -> int:
    """Pixels a WebP file claims, 0 for another: Pillow makes room for them as soon as it opens one."""
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or len(content) < _WEBP_HEADER:
        return 0
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
    millions = most // 1_000_000
    return FileRefused(f"Cette image a trop de pixels : {millions} millions au plus. Réduisez-la, puis renvoyez-la.")


_ORIENTATION = 0x0112
_XMP_OF_A_GIF = b"XMP DataXMP"  # Pillow does not see it when it comes last
_END_OF_JPEG = b"\xff\xd9"
# What Pillow reads of a file that is part of the picture, or of the way it plays. Anything else speaks.
_OF_THE_PICTURE = frozenset(
    "icc_profile transparency background duration loop disposal default_image blend bbox timestamp gamma srgb "
    "chromaticity interlace aspect adobe adobe_transform jfif jfif_version jfif_unit jfif_density progressive "
    "progression dpi version extension".split()
)
# Blocks of a JPEG: its own, the colour profile, what Adobe says of the colours. The others are anything one likes.
_BLOCKS_OF_THE_PICTURE = ((b"APP0", b"JFIF\0"), (b"APP2", b"ICC_PROFILE\0"), (b"APP14", b"Adobe"))


def without_metadata(*, content: bytes) -> bytes | None:
    """Return the picture without what it says beside its pixels, turned as that said; None when it says nothing.

    What is no picture, or a damaged one, raises any of ``UNREADABLE``.
    """
    with Image.open(BytesIO(content), formats=_READ_FORMATS) as picture:
        if picture.format in {"PNG", "WEBP", "GIF"}:
            picture.load()  # some of it comes after the pixels
        return _redrawn(picture, is_lossless=b"VP8L" in content) if _speaks(picture, content) else None


def picture_alone(content: bytes, *, most_pixels: int) -> tuple[dict[str, Any], bytes]:
    """Answer, apart, whether an editor's picture changed, and what to keep instead: no metadata, no side too long.

    All of it is decoded, each frame of an animation: what passes here costs no more to whoever reduces it later.
    """
    try:
        with open_bounded(content, most_pixels=most_pixels) as picture:
            frames = getattr(picture, "n_frames", 1)
            decoded = 1 if picture.format == "MPO" else frames
            if picture.width * picture.height * decoded > most_pixels:
                raise too_many_pixels(most_pixels)
            refuse_repeated_scans(content, kind=str(picture.format))
            is_too_wide = frames == 1 and max(picture.size) > LONGEST_SIDE
            for frame in range(decoded):
                picture.seek(frame)
                picture.load()
            kept = _reduced(picture) if is_too_wide else None
        cleaned = without_metadata(content=kept or content) or kept
    except Image.DecompressionBombError as error:
        raise too_many_pixels(most_pixels) from error
    except UNREADABLE as error:
        raise FileRefused(DAMAGED) from error
    return {"changed": cleaned is not None}, cleaned or b""


def _reduced(picture: Image.Image) -> bytes:
    options = {"icc_profile": picture.info.get("icc_profile"), "exif": picture.getexif()}
    smaller = in_eight_bits(picture)
    if smaller.mode in {"1", "P"}:
        smaller = smaller.convert("RGBA" if smaller.has_transparency_data else "RGB")
    smaller.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    stream = BytesIO()
    smaller.save(stream, "JPEG" if picture.format == "MPO" else picture.format, quality=90, **options)
    return stream.getvalue()


def _speaks(picture: Image.Image, content: bytes) -> bool:
    if isinstance(picture, JpegImagePlugin.JpegImageFile):
        is_followed = not content.rstrip(b"\0").endswith(_END_OF_JPEG)
        speaks = (block for block in picture.applist if not _is_of_the_picture(*block))
        return is_followed or picture.format == "MPO" or any(speaks)
    if getattr(picture, "text", None) or (picture.format == "GIF" and _XMP_OF_A_GIF in content):
        return True
    said = set(picture.info) - _OF_THE_PICTURE
    if picture.info.get("extension"):  # of a GIF: how often it plays, or a note
        said |= {"extension"} if not picture.info["extension"][0].startswith(b"NETSCAPE") else set()
    return bool(said) or len(picture.getexif()) > 0


def _is_of_the_picture(name: str, value: bytes) -> bool:
    return any(name.encode() == known and value.startswith(start) for known, start in _BLOCKS_OF_THE_PICTURE)


def _redrawn(picture: Image.Image, *, is_lossless: bool) -> bytes:
    """``is_lossless`` is for WebP alone, which may be either."""
    stream = BytesIO()
    options: dict[str, Any] = {"icc_profile": picture.info.get("icc_profile"), "exif": b""}
    if isinstance(picture, JpegImagePlugin.JpegImageFile):
        # The very tables it was written with: nothing more is lost.
        options |= {"qtables": picture.quantization, "subsampling": JpegImagePlugin.get_sampling(picture)}
        options |= {"optimize": True, "progressive": "progressive" in picture.info}
        _bare(picture).save(stream, "JPEG", **options)
        return stream.getvalue()
    options |= {"comment": b"", "xmp": b"", "lossless": is_lossless, "quality": 90}
    if getattr(picture, "n_frames", 1) > 1:
        kept: dict[str, Any] = {name: picture.info[name] for name in ("loop", "background") if name in picture.info}
        picture.save(stream, picture.format, save_all=True, **options, **kept)
    else:
        _bare(picture).save(stream, picture.format, **options)
    return stream.getvalue()


def _bare(picture: Image.Image) -> Image.Image:
    """The picture upright, without what Pillow would write by itself of what it has read."""
    bare = ImageOps.exif_transpose(picture) if picture.getexif().get(_ORIENTATION, 1) != 1 else picture.copy()
    bare.info = {name: value for name, value in bare.info.items() if name in {"transparency", "background"}}
    return bare
