"""Documents and pictures that editors send are looked at as those of partners are, before anything opens them."""

from io import BytesIO

import pytest
from django.urls import reverse
from PIL import Image as Pillow
from wagtail.documents.models import Document
from wagtail.images.models import Image

from tests.factories import UserFactory
from tests.files import samples
from tests.files.samples import pdf, picture, sent
from tests.files.test_videos import MP4
from tests.support.html import RENDITION_LEFT_OPEN

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings(RENDITION_LEFT_OPEN),
    pytest.mark.filterwarnings("ignore:Exception ignored in.*FileIO:pytest.PytestUnraisableExceptionWarning"),
]
SCRIPT = pdf(b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>")


@pytest.fixture
def editor(client):
    client.force_login(UserFactory(is_superuser=True))
    return client


def send(editor, kind: str, name: str, content: bytes) -> dict:
    address = reverse(f"wagtail{kind}:add_multiple")
    return editor.post(address, {"files[]": sent(name, content), "title": name}).json()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("rapport.pdf", SCRIPT, "JavaScript"),
        ("convention.docx", samples.office(parts={"word/vbaProject.bin": samples.COMPOUND}), "macros"),
        ("mesures.csv", b'=HYPERLINK("http://exemple.org")', "ouvre une adresse"),
    ],
)
def test_a_document_that_runs_something_is_refused_to_editors_too(editor, name, content, reason):
    answer = send(editor, "docs", name, content)
    assert not answer["success"]
    assert reason in answer["error_message"]
    assert not Document.objects.exists()


@pytest.mark.parametrize("name", ["rapport.pdf", "mesures.csv", "film.mp4", "piste.vtt"])
def test_what_editors_usually_send_is_kept_as_it_was(editor, name):
    content = {**samples.ACCEPTED, "film.mp4": MP4}.get(name, b"WEBVTT\n\n")
    assert send(editor, "docs", name, content)["success"]
    with Document.objects.get().file.open() as kept:
        assert kept.read() == content


def test_a_picture_that_takes_too_long_is_refused_to_editors_in_words(editor, settings):
    content = picture("JPEG", size=(64, 64), progressive=True)
    scan = content[content.rindex(b"\xff\xda") : -2]
    answer = send(editor, "images", "photo.jpg", content[:-2] + scan * 500 + content[-2:])
    assert "abîmée" in answer["error_message"]
    assert not Image.objects.exists()


def test_a_picture_of_too_many_pixels_is_never_opened_by_the_site(editor):
    assert "trop de pixels" in send(editor, "images", "photo.png", samples.image_bomb())["error_message"]


def test_a_picture_wider_than_any_page_is_kept_smaller(editor):
    assert send(editor, "images", "photo.jpg", picture("JPEG", size=(4000, 1000)))["success"]
    image = Image.objects.get()
    with image.file.open() as kept:
        assert Pillow.open(BytesIO(kept.read())).size == (image.width, image.height) == (1920, 480)
