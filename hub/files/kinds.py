import re
from dataclasses import dataclass

from django.db import models


class ImageKind(models.TextChoices):
    """Pictures taken, by what the file holds. The value is the extension it is kept under."""

    JPEG = "jpg", "JPEG"
    PNG = "png", "PNG"
    WEBP = "webp", "WebP"

    @property
    def mime_type(self) -> str:
        return f"image/{'jpeg' if self is ImageKind.JPEG else self.value}"


class DocumentKind(models.TextChoices):
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


PDF = b"%PDF-"
ZIP = b"PK\x03\x04"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PNG = b"\x89PNG\r\n"
_GZIP, _SEVEN_ZIP, _RAR, _ELF = b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\x7fELF"
# What is no text, and how a person calls it.
NO_TEXTS = (
    (PDF, "un document PDF"),
    (ZIP, "un document Word, LibreOffice ou une archive ZIP"),
    (COMPOUND, "un ancien document Office (.doc, .xls, .ppt)"),
    (b"{\\rtf", "un document RTF"),
    (PNG, "une image PNG"),
    (b"\xff\xd8\xff", "une image JPEG"),
    (b"GIF8", "une image GIF"),
    (b"RIFF", "une image WebP, un son ou une vidéo"),
    (_GZIP, "une archive compressée (gzip)"),
    (_SEVEN_ZIP, "une archive 7-Zip"),
    (_RAR, "une archive RAR"),
    (b"\x00\x00\x00\x18ftyp", "une vidéo MP4"),
    (b"\x00\x00\x00\x1cftyp", "une vidéo MP4"),
    (b"\x00\x00\x00\x20ftyp", "une vidéo MP4"),
    (b"ID3", "un son MP3"),
    (_ELF, "un programme"),
    (b"SQLite format 3", "une base de données"),
)

_MARKUP = re.compile(
    rb"<\s*(?:!doctype\s+html|html|head|body|script|iframe|object|embed|form|svg|meta|link|style)\b", re.IGNORECASE
)
_SVG = re.compile(rb"<\s*(?:\w+:)?svg\b", re.IGNORECASE)
# What a program, or an archive in an archive, begins with.
_PROGRAMS = (b"MZ", _ELF, b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
_ARCHIVES = (ZIP, b"PK\x05\x06", _RAR + b"\x1a\x07", _SEVEN_ZIP, _GZIP + b"\x08", b"BZh", b"\xfd7zXZ\x00")
_HEAD = 4096


def is_svg(content: bytes) -> bool:
    return bool(_SVG.search(_as_single_bytes(content[:_HEAD])))


def is_markup(content: bytes) -> bool:
    """A web page, or a piece of one, anywhere in the first characters."""
    return bool(_MARKUP.search(_as_single_bytes(content[:_HEAD])))


def has_markup(content: bytes) -> bool:
    return bool(_MARKUP.search(content))


def is_compound(content: bytes) -> bool:
    """The container of the old Office formats, of embedded objects, and of protected Office files."""
    return content.startswith(COMPOUND)


def is_encrypted_office(content: bytes) -> bool:
    """A .docx, .xlsx or .pptx protected by a password: a container of another kind."""
    return is_compound(content) and "EncryptedPackage".encode("utf-16-le") in content


def is_program(content: bytes) -> bool:
    return content.startswith(_PROGRAMS)


def is_archive(content: bytes) -> bool:
    return content.startswith(_ARCHIVES)


def is_heic(content: bytes) -> bool:
    return content[4:8] == b"ftyp" and content[8:12] in {b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis"}


def _as_single_bytes(content: bytes) -> bytes:
    """The same text when each character takes two bytes: the zeros between letters hide nothing."""
    return content.replace(b"\x00", b"")


@dataclass(frozen=True, kw_only=True)
class CheckedFile:
    """A file that may be kept: ``stem`` and ``title`` come from its name, ``content`` is what to keep."""

    kind: DocumentKind | ImageKind
    stem: str
    title: str
    content: bytes

    @property
    def extension(self) -> str:
        return self.kind.value

    @property
    def mime_type(self) -> str:
        return self.kind.mime_type

    @property
    def size(self) -> int:
        return len(self.content)
