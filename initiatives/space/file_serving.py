"""Answers that carry a file only its partner and Dihal may read: kept by nobody on the way, and never run."""

from django.core.files.base import File
from django.http import FileResponse, Http404
from django.utils.cache import add_never_cache_headers
from wagtail.documents.models import Document
from wagtail.images.models import Image

# The picture of a form: large enough to recognise what was sent.
THUMBNAIL = "max-480x360|format-webp|webpquality-70"


def private_document(*, document: Document) -> FileResponse:
    """Return the document as a download.

    Raises:
        Http404: when the file itself is lost.
    """
    return _private(
        file=document.file, content_type=document.content_type, filename=document.filename, is_download=True
    )


def private_thumbnail(*, image: Image) -> FileResponse:
    """Return a small version of the picture.

    Raises:
        Http404: when the file itself is lost.
    """
    try:
        thumbnail = image.get_rendition(THUMBNAIL)
    except OSError as error:
        raise Http404 from error
    return _private(file=thumbnail.file, content_type="image/webp", filename="image.webp", is_download=False)


def _private(*, file: File, content_type: str, filename: str, is_download: bool) -> FileResponse:
    try:
        opened = file.open("rb")
    except OSError as error:
        raise Http404 from error
    response = FileResponse(opened, as_attachment=is_download, filename=filename, content_type=content_type)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    add_never_cache_headers(response)
    return response
