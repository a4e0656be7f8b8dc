"""Photos of editors are shown and kept without where, when and by whom they were taken."""

from io import BytesIO, StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db.models.signals import pre_save
from django.test import Client
from django.urls import reverse
from PIL import Image as Pillow
from PIL import ImageCms
from PIL.PngImagePlugin import PngInfo
from wagtail.images.models import Image
from wagtail.models import Collection, UploadedFile

from hub.files.images import without_metadata
from hub.pages import images
from tests.factories import UserFactory
from tests.support.html import RENDITION_LEFT_OPEN

# Wagtail leaves open the temporary files it draws reduced versions in.
TEMPORARY_FILE_LEFT_OPEN = "ignore:Exception ignored in.*FileIO:pytest.PytestUnraisableExceptionWarning"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings(RENDITION_LEFT_OPEN),
    pytest.mark.filterwarnings(TEMPORARY_FILE_LEFT_OPEN),
]

SECRET = "chez Awa"
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def exif(*, orientation: int = 6) -> Pillow.Exif:
    found = Pillow.Exif()
    found[0x0112] = orientation
    found[0x010E] = SECRET
    found.get_ifd(0x8825).update({1: "N", 2: (46.0, 12.0, 5.0), 3: "E", 4: (5.0, 13.0, 0.0)})
    return found


def picture(kind: str = "JPEG", *, frames: int = 1, **options: object) -> bytes:
    drawn = Pillow.radial_gradient("L").resize((300, 200)).convert("RGB")
    if frames > 1:
        options |= {"save_all": True, "append_images": [drawn.rotate(90 * turn) for turn in range(1, frames)]}
    stream = BytesIO()
    drawn.save(stream, kind, **options)
    return stream.getvalue()


def notes() -> PngInfo:
    found = PngInfo()
    found.add_text("Author", SECRET)
    found.add_itxt("XML:com.adobe.xmp", SECRET)
    return found


SPEAKING = {
    "jpeg": picture(exif=exif(), icc_profile=PROFILE, comment=SECRET.encode(), xmp=SECRET.encode()),
    "jpeg upright": picture(exif=exif(orientation=1)),
    "jpeg with a film behind": picture() + b"....ftypmp42" + SECRET.encode(),
    "two jpegs": picture("MPO", frames=2, exif=exif(orientation=1)),
    "png": picture("PNG", exif=exif(), pnginfo=notes(), icc_profile=PROFILE),
    "png that moves": picture("PNG", frames=3, duration=80, pnginfo=notes()),
    "webp": picture("WEBP", exif=exif(), xmp=SECRET.encode()),
    "webp that moves": picture("WEBP", frames=2, duration=80, exif=exif()),
    "gif": picture("GIF", frames=3, duration=80, loop=0, comment=SECRET.encode()),
    "gif with a note at its end": picture("GIF")[:-1] + b"\x21\xff\x0bXMP DataXMP\x0a" + SECRET.encode() + b"\0\0;",
}


def assert_silent(content: bytes) -> Pillow.Image:
    assert SECRET.encode() not in content
    read = Pillow.open(BytesIO(content))
    read.load()
    assert not read.getexif()
    assert not {"exif", "xmp", "comment", "photoshop"} & set(read.info)
    return read


@pytest.mark.parametrize("kind", SPEAKING)
def test_a_picture_keeps_its_pixels_its_frames_and_its_colours_and_says_nothing_else(kind: str):
    before = Pillow.open(BytesIO(SPEAKING[kind]))
    cleaned = without_metadata(content=SPEAKING[kind])
    assert cleaned is not None
    after = assert_silent(cleaned)
    is_turned = before.getexif().get(0x0112) == 6 and getattr(before, "n_frames", 1) == 1
    assert after.size == ((200, 300) if is_turned else (300, 200))
    if "moves" in kind or kind == "gif":
        assert after.n_frames == before.n_frames
    assert ("icc_profile" in after.info) == ("icc_profile" in before.info)
    assert without_metadata(content=cleaned) is None


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_that_says_nothing_is_left_as_it_is(kind: str):
    assert without_metadata(content=picture(kind)) is None


@pytest.fixture
def editor(client: Client) -> Client:
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    return client


def photo(name: str = "photo.jpg", content: bytes = SPEAKING["jpeg"]) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def stored(image: Image) -> bytes:
    with image.file.storage.open(image.file.name) as opened:
        return opened.read()


def only_image() -> Image:
    image = Image.objects.get()
    read = assert_silent(stored(image))
    assert (image.width, image.height) == read.size == (200, 300)
    assert image.file_size == len(stored(image))
    for spec in ("width-100", "max-50x50|format-webp", "fill-40x40|format-png", "original"):
        assert_silent(reduced(image, spec))
    return image


def reduced(image: Image, spec: str) -> bytes:
    with image.get_rendition(spec).file as file, file.storage.open(file.name) as opened:
        return opened.read()


def test_a_photo_sent_alone(editor: Client):
    root = Collection.get_first_root_node().pk
    editor.post(reverse("wagtailimages:add"), {"title": "Atelier", "file": photo(), "collection": root})
    image = only_image()
    editor.post(
        reverse("wagtailimages:edit", args=[image.pk]),
        {"title": "Atelier", "file": photo("autre.jpg"), "collection": root},
    )
    assert "autre" in only_image().file.name


def test_photos_sent_together(editor: Client):
    response = editor.post(
        reverse("wagtailimages:add_multiple"), {"title": "Atelier", "files[]": photo()}, HTTP_ACCEPT="application/json"
    )
    assert response.json()["success"] is True
    only_image()


def test_a_photo_whose_title_is_given_afterwards(editor: Client):
    editor.post(reverse("wagtailimages:add_multiple"), {"title": "x" * 300, "files[]": photo()})
    waiting = UploadedFile.objects.get()
    assert not Image.objects.exists()
    response = editor.post(
        reverse("wagtailimages:create_multiple_from_uploaded_image", args=[waiting.pk]),
        {f"uploaded-image-{waiting.pk}-title": "Atelier"},
    )
    assert response.json()["success"] is True
    only_image()


def test_a_photo_sent_while_choosing_one(editor: Client):
    editor.post(
        reverse("wagtailimages_chooser:create"),
        {"image-chooser-upload-title": "Atelier", "image-chooser-upload-file": photo()},
    )
    only_image()


def test_a_damaged_photo_is_refused_in_words(editor: Client):
    damaged = SPEAKING["jpeg"][: len(SPEAKING["jpeg"]) * 2 // 3]
    response = editor.post(reverse("wagtailimages:add"), {"title": "Atelier", "file": photo(content=damaged)})
    assert response.status_code == 200
    assert not Image.objects.exists()
    assert "abîmée" in response.content.decode()


@pytest.fixture
def old_image(monkeypatch: pytest.MonkeyPatch) -> Image:
    """A photo of before: kept as it was sent, and its reduced versions too."""
    assert pre_save.disconnect(sender=Image, dispatch_uid="pages.clean_image")
    image = Image.objects.create(title="Ancienne", file=ContentFile(SPEAKING["jpeg upright"], name="ancienne.jpg"))
    images.connect()
    image.get_file_size()
    assert SECRET.encode() in reduced(image, "width-100")
    return image


def command(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("clean_images", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_old_photos_and_their_reduced_versions_are_cleaned_once(old_image: Image):
    wanted = f"{old_image.pk} « Ancienne » : métadonnées retirées, 1 version(s) réduite(s) à refaire"
    assert command("--dry-run") == [wanted, "1 image(s) à nettoyer."]
    assert SECRET.encode() in stored(old_image)
    assert command("--after", str(old_image.pk)) == ["0 image(s) nettoyée(s)."]
    name = old_image.file.name
    assert command() == [wanted, "1 image(s) nettoyée(s)."]
    image = Image.objects.get()
    assert image.file.name == name
    assert_silent(stored(image))
    assert image.file_size == len(stored(image))
    assert not image.renditions.exists()
    assert_silent(reduced(image, "width-100"))
    assert command() == ["0 image(s) nettoyée(s)."]


def test_on_a_disk_a_photo_is_replaced_at_once_and_nothing_stays_beside(tmp_path):
    storage = FileSystemStorage(location=tmp_path)
    name = storage.save("photo.jpg", ContentFile(SPEAKING["jpeg"]))
    images._replace(storage=storage, name=name, content=b"autre")
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_bytes() == b"autre"


def test_what_a_stopped_command_left_is_finished(old_image: Image):
    storage, name = old_image.file.storage, old_image.file.name
    storage.delete(name)
    storage.save(name, ContentFile(without_metadata(content=SPEAKING["jpeg upright"])))
    assert command()[0].endswith("1 version(s) réduite(s) à refaire, taille mise à jour")
    assert command() == ["0 image(s) nettoyée(s)."]


def test_a_photo_that_cannot_be_read_is_named_and_stops_no_other(old_image: Image):
    lost = Image.objects.create(title="Perdue", file=ContentFile(picture("PNG"), name="perdue.png"))
    lost.file.storage.delete(lost.file.name)
    out = StringIO()
    with pytest.raises(CommandError, match="1 image"):
        call_command("clean_images", stdout=out)
    assert "« Perdue » : illisible" in out.getvalue()
    assert_silent(stored(old_image))
