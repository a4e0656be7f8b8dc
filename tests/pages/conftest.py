"""Files editors upload."""

import pytest
from django.core.files.base import ContentFile
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file


@pytest.fixture
def image(db: None) -> Image:
    """An uploaded photograph."""
    return Image.objects.create(title="Une photo", file=get_test_image_file(filename="photo.png", size=(1200, 800)))


@pytest.fixture
def document(db: None) -> Document:
    """An uploaded file."""
    return Document.objects.create(
        title="Le programme", file=ContentFile(b"x" * 340_000, name="programme.pdf"), file_size=340_000
    )
