"""Documents: what they hold must be what their name says, and hold nothing that runs."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.base import File

from hub.files import signatures
from hub.files.apart import look
from hub.files.archives import open_archive
from hub.files.checked import CheckedFile
from hub.files.enums import DocumentKind
from hub.files.names import extension_of, safe_stem, title_of
from hub.files.office import check_office
from hub.files.opendocument import check_open_document
from hub.files.pdf import check_pdf
from hub.files.plain_text import check_text
from hub.files.reading import read_bounded
from hub.files.refusal import FileRefused

_TAKEN = "Formats acceptés : PDF, ODT, ODS, ODP, DOCX, XLSX, PPTX, CSV, TXT."
_OLD_OFFICE = {"doc": "docx", "dot": "docx", "xls": "xlsx", "xlt": "xlsx", "ppt": "pptx", "pps": "pptx"}
_WITH_MACROS = {"docm", "dotm", "xlsm", "xltm", "xlsb", "xlam", "pptm", "potm", "ppsm", "ppam"}
_OFFICE = {DocumentKind.DOCX, DocumentKind.XLSX, DocumentKind.PPTX}
_OPEN = {DocumentKind.ODT, DocumentKind.ODS, DocumentKind.ODP}


@dataclass(frozen=True, kw_only=True)
class CheckedDocument(CheckedFile):
    """A document that may be kept, as it was sent."""

    kind: DocumentKind


def check_document(*, file: File, limit: int | None = None) -> CheckedDocument:
    """Check a document of at most ``limit`` bytes, those of a partner's unless said otherwise.

    Raises:
        FileRefused: for a file too large, of a format not taken, damaged, protected, that may run something, or that
            is not what its name says.
    """
    name = file.name or ""
    kind = _kind_of(extension=extension_of(name=name))
    content = read_bounded(file=file, limit=limit or settings.PARTNER_DOCUMENT_MAX_BYTES)
    look(read_document, content, kind=kind.value, most=settings.PARTNER_ARCHIVE_MAX_BYTES)
    return CheckedDocument(kind=kind, stem=safe_stem(name=name), title=title_of(name=name), content=content)


def read_document(content: bytes, *, kind: str, most: int) -> tuple[dict[str, Any], bytes]:
    """Read a document of the given kind through, apart; nothing is answered for one that may be kept.

    ``most`` is how many bytes an archive may hold once opened.

    Raises:
        FileRefused: for a document that is not taken.
    """
    taken = DocumentKind(kind)
    _refuse_what_is_never_taken(content, kind=taken)
    if taken is DocumentKind.PDF:
        check_pdf(content)
    elif taken in _OFFICE:
        with open_archive(content, most=most) as archive:
            check_office(archive, kind=taken, most=most)
    elif taken in _OPEN:
        with open_archive(content, most=most) as archive:
            check_open_document(archive, kind=taken)
    else:
        check_text(content)
    return {}, b""


def _kind_of(*, extension: str) -> DocumentKind:
    if extension in _OLD_OFFICE:
        newer = _OLD_OFFICE[extension]
        raise FileRefused(
            f"L’ancien format .{extension} n’est pas accepté : ouvrez-le, puis enregistrez-le en .{newer} ou en PDF."
        )
    if extension in _WITH_MACROS:
        raise FileRefused(
            f"Les fichiers .{extension} contiennent des macros : enregistrez le document sans macro "
            "(.docx, .xlsx, .pptx) ou en PDF."
        )
    if extension not in DocumentKind.values:
        called = f"Les fichiers .{extension[:20]} ne sont pas acceptés." if extension else "Ce nom n’a pas d’extension."
        raise FileRefused(f"{called} {_TAKEN}")
    return DocumentKind(extension)


def _refuse_what_is_never_taken(content: bytes, *, kind: DocumentKind) -> None:
    """Say what the file is when its first bytes tell: clearer than saying what it is not."""
    if signatures.is_encrypted_office(content):
        raise FileRefused(
            "Ce document est protégé par un mot de passe : enregistrez-le sans protection, puis renvoyez-le."
        )
    if signatures.is_compound(content):
        raise FileRefused(
            "Ce document est à un ancien format d’Office (.doc, .xls, .ppt), quel que soit son nom : enregistrez-le "
            "en .docx, .xlsx, .pptx ou en PDF."
        )
    if signatures.is_program(content):
        raise FileRefused(f"Ce fichier est un programme, quel que soit son nom. {_TAKEN}")
    starts_as_markup = content.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<")
    if starts_as_markup and signatures.is_svg(content):
        raise FileRefused("Ce fichier est un dessin SVG, qui peut contenir un programme : exportez-le en PDF.")
    if starts_as_markup and signatures.is_markup(content):
        raise FileRefused(
            "Ce fichier est une page web, quel que soit son nom : imprimez-la en PDF, puis envoyez le PDF."
        )
    if kind is not DocumentKind.PDF and content.startswith(b"%PDF-"):
        raise FileRefused(f"Ce fichier est un PDF nommé .{kind.value} : renommez-le en .pdf, puis renvoyez-le.")
    if kind not in _OFFICE | _OPEN and content.startswith(signatures.ZIP):
        raise FileRefused(
            f"Ce fichier n’est pas un fichier {kind.value.upper()} mais une archive ou un document bureautique : "
            "rendez-lui son extension d’origine, puis renvoyez-le."
        )
