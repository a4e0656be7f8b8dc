"""Answers that carry a file only its partner and Dihal may read: kept by nobody on the way, and never run.

They are read whole before they are sent, a few megabytes: Wagtail takes no other answer from its hook.
"""

from django.core.files.base import File
from django.http import Http404, HttpResponse
from django.utils.cache import add_never_cache_headers
from django.utils.http import content_disposition_header
from wagtail.documents.models import Document
from wagtail.images.models import Image

# The picture of a form: large enough to recognise what was sent.
THUMBNAIL = "max-480x360|format-webp|webpquality-70"


def private_document(*, document: Document) -> HttpResponse:
    """Return the document as a download.

    Raises:
        Http404: when the file itself is lost.
    """
    response = _private(file=document.file, content_type=document.content_type)
    response["Content-Disposition"] = content_disposition_header(True, document.filename)  # noqa: FBT003 — Django's signature
    return response


def private_thumbnail(*, image: Image) -> HttpResponse:
    """Return a small version of the picture.

    Raises:
        Http404: when the file itself is lost.
    """
    try:
        thumbnail = image.get_rendition(THUMBNAIL)
    except OSError as error:
        raise Http404 from error
    return _private(file=thumbnail.file, content_type="image/webp")


def _private(*, file: File, content_type: str) -> HttpResponse:
    try:
        with file.open("rb") as opened:
            response = HttpResponse(opened.read(), content_type=content_type)
    except OSError as error:
        raise Http404 from error
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    add_never_cache_headers(response)
    return response
