from html import escape
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from django.core.files.base import ContentFile, File
from django.core.files.images import ImageFile
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import Collection

from events.demo.pictures import draw_picture
from events.demo.recordings import slide_bytes
from events.demo.sources import DemoDataError, Source
from hub.files.videos import check_video

ODT_TYPE = "application/vnd.oasis.opendocument.text"
_NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns"


def document_bytes(*, file_format: str, title: str, text: str) -> bytes:
    """Return the content of a file of some paragraphs; DemoDataError for a format other than ``txt`` and ``odt``."""
    if file_format == "txt":
        return f"{title}\n\n{text}\n".encode()
    if file_format == "odt":
        return _open_document(title=title, text=text)
    raise DemoDataError(f"Format de document inconnu dans la démonstration : {file_format}.")


def _open_document(*, title: str, text: str) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        # The type comes first and uncompressed, so that the file is recognised by its first bytes.
        archive.writestr("mimetype", ODT_TYPE, compress_type=ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", _manifest(), compress_type=ZIP_DEFLATED)
        archive.writestr("content.xml", _content(title=title, text=text), compress_type=ZIP_DEFLATED)
    return stream.getvalue()


def _manifest() -> str:
    entries = "".join(
        f'<m:file-entry m:full-path="{path}" m:media-type="{media_type}"/>'
        for path, media_type in (("/", ODT_TYPE), ("content.xml", "text/xml"))
    )
    return (
        f'<?xml version="1.0"?><m:manifest xmlns:m="{_NAMESPACE}:manifest:1.0" m:version="1.2">{entries}</m:manifest>'
    )


def _content(*, title: str, text: str) -> str:
    paragraphs = "".join(f"<t:p>{escape(line)}</t:p>" for line in text.split("\n") if line.strip())
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><o:document-content xmlns:o="{_NAMESPACE}:office:1.0" '
        f'xmlns:t="{_NAMESPACE}:text:1.0" o:version="1.2"><o:body><o:text>'
        f'<t:h t:outline-level="1">{escape(title)}</t:h>{paragraphs}</o:text></o:body></o:document-content>'
    )


COLLECTION_NAME = "Démonstration"


def demo_collection() -> Collection:
    collection = Collection.objects.filter(name=COLLECTION_NAME).first()
    return collection or Collection.get_first_root_node().add_child(name=COLLECTION_NAME)


def demo_image(*, source: Source, slug: str) -> Image:
    title = f"Illustration de démonstration : {slug}"
    collection = demo_collection()
    image = Image.objects.filter(title=title, collection=collection).first()
    if image is None:
        content = draw_picture(motif=source["motif"], colours=source["colours"], seed=slug)
        image = Image(title=title, collection=collection, description=source["alternative_text"])
        image.file = ImageFile(BytesIO(content), name=f"demonstration-{slug}.jpg")
        image.save()
    return image


def demo_document(*, source: Source, slug: str) -> Document:
    title, file_format = source["title"], source["format"]
    collection = demo_collection()
    document = Document.objects.filter(title=title, collection=collection).first()
    if document is None:
        content = document_bytes(file_format=file_format, title=title, text=source["text"])
        document = Document(title=title, collection=collection)
        document.file = ContentFile(content, name=f"demonstration-{slug}.{file_format}")
        document.save()
    return document


def demo_recording(*, path: Path, title: str) -> tuple[Document, float, Image]:
    """Return the recording, how many seconds it lasts, and the picture that waits for it."""
    collection, name = demo_collection(), f"Enregistrement de démonstration : {title}"
    document = Document.objects.filter(title=name, collection=collection).first()
    if document is None:
        document = Document(title=name, collection=collection)
        document.file = ContentFile(path.read_bytes(), name=f"demonstration-{path.stem}.webm")
        document.save()
    poster = Image.objects.filter(title=name, collection=collection).first()
    if poster is None:
        poster = Image(title=name, collection=collection)
        poster.file = ImageFile(BytesIO(slide_bytes(title=title)), name=f"demonstration-{path.stem}.png")
        poster.save()
    with path.open("rb") as stream:
        checked = check_video(file=File(stream, name=path.name), limit=path.stat().st_size)
    return document, checked.seconds or 0.0, poster


def delete_demo_media() -> None:
    """Delete the pictures and files of the demonstration; those used elsewhere are the caller's to have freed."""
    for model in (Image, Document):
        for item in model.objects.filter(collection__name=COLLECTION_NAME):
            item.delete()
