"""Closed lists of the files people send."""

from django.db import models


class ImageKind(models.TextChoices):
    """Pictures taken, by what the file holds. The value is the extension it is kept under."""

    JPEG = "jpg", "JPEG"
    PNG = "png", "PNG"
    WEBP = "webp", "WebP"

    @property
    def mime_type(self) -> str:
        """The type the picture is served with."""
        return f"image/{'jpeg' if self is ImageKind.JPEG else self.value}"


class DocumentKind(models.TextChoices):
    """Documents taken. The value is the extension."""

    PDF = "pdf", "PDF"
    ODT = "odt", "texte OpenDocument (.odt)"
    ODS = "ods", "tableur OpenDocument (.ods)"
    ODP = "odp", "présentation OpenDocument (.odp)"
    DOCX = "docx", "texte Word (.docx)"
    XLSX = "xlsx", "tableur Excel (.xlsx)"
    PPTX = "pptx", "présentation PowerPoint (.pptx)"
    CSV = "csv", "CSV"
    TXT = "txt", "texte (.txt)"

    @property
    def mime_type(self) -> str:
        """The type the document is served with."""
        return _MIME_TYPES[self]


_MIME_TYPES = {
    DocumentKind.PDF: "application/pdf",
    DocumentKind.ODT: "application/vnd.oasis.opendocument.text",
    DocumentKind.ODS: "application/vnd.oasis.opendocument.spreadsheet",
    DocumentKind.ODP: "application/vnd.oasis.opendocument.presentation",
    DocumentKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    DocumentKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    DocumentKind.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    DocumentKind.CSV: "text/csv",
    DocumentKind.TXT: "text/plain",
}
