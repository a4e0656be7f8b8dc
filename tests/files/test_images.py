"""Pictures: only the picture is kept, upright, and nothing that would fill the memory is decoded."""

from io import BytesIO

import pytest
from PIL import Image, ImageCms

from hub.files import FileRefused, ImageKind, check_image
from tests.files import samples
from tests.files.samples import HTML, SVG, picture, sent


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def why_refused(name: str, content: bytes) -> str:
    with pytest.raises(FileRefused) as refusal:
        check_image(file=sent(name, content))
    return refusal.value.message


@pytest.mark.parametrize(
    ("file_format", "mode", "kind"),
    [
        ("JPEG", "RGB", ImageKind.JPEG),
        ("JPEG", "L", ImageKind.JPEG),
        ("JPEG", "CMYK", ImageKind.JPEG),
        ("PNG", "RGB", ImageKind.PNG),
        ("PNG", "RGBA", ImageKind.PNG),
        ("PNG", "P", ImageKind.PNG),
        ("WEBP", "RGB", ImageKind.WEBP),
        ("WEBP", "RGBA", ImageKind.WEBP),
        ("GIF", "P", ImageKind.PNG),
    ],
)
def test_usual_pictures_are_taken(file_format, mode, kind):
    content = picture(file_format) if mode == "P" else picture(file_format, mode=mode)
    checked = check_image(file=sent("Ma photo.JPG", content))
    assert (checked.kind, checked.width, checked.height) == (kind, 60, 40)
    assert opened(checked.content).format == kind.label.upper()
    assert checked.mime_type == f"image/{kind.label.lower()}"
    assert (checked.title, checked.stem) == ("Ma photo", "Ma-photo")


def test_the_content_decides_and_not_the_name():
    assert check_image(file=sent("photo.png", picture("JPEG"))).extension == "jpg"


def test_a_photograph_is_turned_upright_and_loses_where_it_was_taken():
    content = samples.photograph()
    assert b"Camille" in content
    assert Image.open(BytesIO(content)).getexif().get_ifd(0x8825)
    checked = check_image(file=sent("photo.jpg", content))
    kept = opened(checked.content)
    assert (checked.width, checked.height) == kept.size == (40, 60)
    assert not kept.getexif()
    assert not {"exif", "comment", "xmp", "icc_profile"} & kept.info.keys()
    assert b"Camille" not in checked.content
    # The red half, on the left of the lying picture, is at the top of the upright one.
    assert kept.getpixel((20, 5))[0] > 200 > kept.getpixel((20, 55))[0]


@pytest.mark.parametrize("file_format", ["PNG", "WEBP"])
def test_what_is_written_beside_the_pixels_is_lost(file_format):
    exif = Image.Exif()
    exif[0x010F] = "Camille"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = picture(file_format, exif=exif, icc_profile=profile)
    assert b"Camille" in content
    kept = opened(check_image(file=sent("photo.png", content)).content)
    assert not {"exif", "icc_profile"} & kept.info.keys()


def test_a_scan_in_16_bits_of_grey_keeps_its_greys():
    steps = [0, 10_000, 40_000, 65_535]
    scan = Image.new("I;16", (len(steps), 1))
    for position, grey in enumerate(steps):
        scan.putpixel((position, 0), grey)
    stream = BytesIO()
    scan.save(stream, "PNG")
    kept = opened(check_image(file=sent("scan.png", stream.getvalue())).content)
    assert [kept.getpixel((position, 0)) for position in range(len(steps))] == [0, 39, 156, 255]


def test_a_picture_wider_than_any_page_is_kept_smaller():
    checked = check_image(file=sent("grande.jpg", picture("JPEG", size=(4000, 1000))))
    assert (checked.width, checked.height) == opened(checked.content).size == (1920, 480)


def test_a_jpeg_drawn_again_and_again_is_refused_at_once():
    content = picture("JPEG", size=(64, 64), progressive=True)
    scan = content[content.rindex(b"\xff\xda") : -2]
    assert "abîmée" in why_refused("photo.jpg", content[:-2] + scan * 500 + content[-2:])


def test_a_file_that_is_two_things_at_once_becomes_one():
    for tail in (HTML, samples.office()):
        checked = check_image(file=sent("photo.jpg", picture() + tail))
        assert tail not in checked.content
    assert b"<script" not in check_image(file=sent("a.gif", picture("GIF", comment=HTML))).content


def test_only_the_first_picture_of_an_animation_is_kept():
    frames = [Image.new("RGB", (10, 10), colour) for colour in ("red", "blue", "green")]
    stream = BytesIO()
    frames[0].save(stream, "GIF", save_all=True, append_images=frames[1:])
    kept = opened(check_image(file=sent("a.gif", stream.getvalue())).content)
    assert getattr(kept, "n_frames", 1) == 1
    assert kept.convert("RGB").getpixel((5, 5)) == (255, 0, 0)


def webp_bomb() -> bytes:
    """An extended WebP that claims 16,384 × 16,384 pixels."""
    content = bytearray(picture("WEBP", mode="RGBA", exif=Image.Exif().tobytes() + b"x"))
    assert content[12:16] == b"VP8X"
    content[24:30] = (16_383).to_bytes(3, "little") * 2
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (samples.image_bomb(), "20 millions au plus"),
        (picture("PNG", size=(5000, 4001), mode="L"), "20 millions au plus"),
        (webp_bomb(), "20 millions au plus"),
        (SVG, "SVG"),
        ("<svg xmlns='http://www.w3.org/2000/svg'/>".encode("utf-16"), "SVG"),
        (HTML, "page web"),
        (b"", "vide"),
        (b"du texte", "sait lire"),
        (picture("BMP"), "sait lire"),
        (picture("TIFF"), "sait lire"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(100), "HEIC"),
        (samples.pdf(), "sait lire"),
        (picture()[:-300], "incomplète ou abîmée"),
        (picture("PNG", size=(300, 300))[:-60], "incomplète ou abîmée"),
        (picture("WEBP", size=(300, 300))[:-60], "incomplète ou abîmée"),
    ],
)
def test_what_is_no_picture_of_ours_is_refused_with_the_reason(content, reason):
    assert reason in why_refused("photo.png", content)


def test_a_picture_too_heavy_is_refused_before_it_is_opened(settings):
    settings.PARTNER_IMAGE_MAX_BYTES = 1024 * 1024
    assert "1 Mo au plus" in why_refused("photo.png", bytes(1024 * 1024 + 1))
