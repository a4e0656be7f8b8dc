"""Small files offered with the demonstration, written when it is loaded."""

from html import escape
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from events.demo.sources import DemoDataError

ODT_TYPE = "application/vnd.oasis.opendocument.text"
_NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns"


def document_bytes(*, file_format: str, title: str, text: str) -> bytes:
    """Return the content of a file of some paragraphs.

    Raises:
        DemoDataError: for a format other than ``txt`` and ``odt``.
    """
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
