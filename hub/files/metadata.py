"""What a picture says beside its pixels: where and when it was taken, by whom, with what. Taken out of editors' photos.

Their pictures are otherwise left as they are: same format, same quality, same frames, same colour profile.
"""

from io import BytesIO
from typing import Any

from PIL import Image, ImageOps, JpegImagePlugin

from hub.files.images import (
    DAMAGED,
    LONGEST_SIDE,
    UNREADABLE,
    in_eight_bits,
    open_bounded,
    refuse_repeated_scans,
    too_many_pixels,
)
from hub.files.refusal import FileRefused

_READ_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
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

    Raises:
        OSError: for what is no picture, or a damaged one; Pillow raises a few others on damage.
    """
    with Image.open(BytesIO(content), formats=_READ_FORMATS) as picture:
        if picture.format in {"PNG", "WEBP", "GIF"}:
            picture.load()  # some of it comes after the pixels
        return _redrawn(picture, is_lossless=b"VP8L" in content) if _speaks(picture, content) else None


def picture_alone(content: bytes, *, most_pixels: int) -> tuple[dict[str, Any], bytes]:
    """Answer, apart, whether an editor's picture changed, and what to keep instead: no metadata, no side too long.

    All of it is decoded, each frame of an animation: what passes here costs no more to whoever reduces it later.

    Raises:
        FileRefused: for what is no picture, is damaged, or has too many pixels.
    """
    try:
        with open_bounded(content, most_pixels=most_pixels) as picture:
            frames = getattr(picture, "n_frames", 1)
            if picture.width * picture.height * (1 if picture.format == "MPO" else frames) > most_pixels:
                raise too_many_pixels(most_pixels)
            refuse_repeated_scans(content, kind=str(picture.format))
            is_too_wide = frames == 1 and max(picture.size) > LONGEST_SIDE
            for frame in range(1 if picture.format == "MPO" else frames):
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
    """The same picture, in its format, no side of which is longer than what is kept."""
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
        return is_followed or picture.format == "MPO" or not all(map(_is_of_the_picture, picture.applist))
    if getattr(picture, "text", None) or (picture.format == "GIF" and _XMP_OF_A_GIF in content):
        return True
    said = set(picture.info) - _OF_THE_PICTURE
    if picture.info.get("extension"):  # of a GIF: how often it plays, or a note
        said |= {"extension"} if not picture.info["extension"][0].startswith(b"NETSCAPE") else set()
    return bool(said) or len(picture.getexif()) > 0


def _is_of_the_picture(block: tuple[str, bytes]) -> bool:
    name, value = block
    return any(name.encode() == known and value.startswith(start) for known, start in _BLOCKS_OF_THE_PICTURE)


def _redrawn(picture: Image.Image, *, is_lossless: bool) -> bytes:
    """``is_lossless`` is for WebP alone, which may be either."""
    stream = BytesIO()
    options: dict[str, Any] = {"icc_profile": picture.info.get("icc_profile"), "exif": b""}
    if isinstance(picture, JpegImagePlugin.JpegImageFile):
        # The very tables it was written with: nothing more is lost.
        options |= {"qtables": picture.quantization, "subsampling": JpegImagePlugin.get_sampling(picture)}
        options |= {"optimize": True, "progressive": "progressive" in picture.info}
        _bare(_upright(picture)).save(stream, "JPEG", **options)
    elif getattr(picture, "n_frames", 1) > 1:
        kept: dict[str, Any] = {name: picture.info[name] for name in ("loop", "background") if name in picture.info}
        options |= {"save_all": True, "comment": b"", "xmp": b"", "lossless": is_lossless, "quality": 90, **kept}
        picture.save(stream, picture.format, **options)
    else:
        options |= {"comment": b"", "xmp": b"", "lossless": is_lossless, "quality": 90}
        _bare(_upright(picture)).save(stream, picture.format, **options)
    return stream.getvalue()


def _upright(picture: Image.Image) -> Image.Image:
    return ImageOps.exif_transpose(picture) if picture.getexif().get(_ORIENTATION, 1) != 1 else picture.copy()


def _bare(picture: Image.Image) -> Image.Image:
    """Pillow writes by itself some of what it has read."""
    picture.info = {name: value for name, value in picture.info.items() if name in {"transparency", "background"}}
    return picture
