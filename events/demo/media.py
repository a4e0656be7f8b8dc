"""Pictures and files of the demonstration, kept in a collection of their own."""

from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import Collection

from events.demo.files import document_bytes
from events.demo.pictures import draw_picture
from events.demo.sources import DocumentSource, ImageSource

COLLECTION_NAME = "Démonstration"


def demo_collection() -> Collection:
    """The collection of the demonstration, created at need."""
    collection = Collection.objects.filter(name=COLLECTION_NAME).first()
    return collection or Collection.get_first_root_node().add_child(name=COLLECTION_NAME)


def demo_image(*, source: ImageSource, slug: str) -> Image:
    """Draw and store the picture of a sheet, or return the one stored before."""
    title = f"Illustration de démonstration : {slug}"
    collection = demo_collection()
    image = Image.objects.filter(title=title, collection=collection).first()
    if image is None:
        content = draw_picture(motif=source.motif, colours=source.colours, seed=slug)
        image = Image(title=title, collection=collection, description=source.alternative_text)
        image.file = ImageFile(BytesIO(content), name=f"demonstration-{slug}.jpg")
        image.save()
    return image


def demo_document(*, source: DocumentSource, slug: str) -> Document:
    """Write and store a file, or return the one stored before."""
    collection = demo_collection()
    document = Document.objects.filter(title=source.title, collection=collection).first()
    if document is None:
        content = document_bytes(file_format=source.format, title=source.title, text=source.text)
        document = Document(title=source.title, collection=collection)
        document.file = ContentFile(content, name=f"demonstration-{slug}.{source.format}")
        document.save()
    return document


def delete_demo_media() -> None:
    """Delete the pictures and files of the demonstration; those used elsewhere are the caller's to have freed."""
    for model in (Image, Document):
        for item in model.objects.filter(collection__name=COLLECTION_NAME):
            item.delete()
