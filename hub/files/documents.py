import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.base import File

from hub.files import kinds
from hub.files.apart import look
from hub.files.archives import PASSWORD, open_archive
from hub.files.kinds import CheckedFile, DocumentKind
from hub.files.office import check_office, check_open_document
from hub.files.pdf import check_pdf
from hub.files.reading import FileRefused, encoding_of, extension_of, read_bounded, safe_stem, title_of

# Controls that no text has; tabulation, line feeds and form feed are left.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
# How a cell that a spreadsheet computes begins. Its spaces are none of the marks before them: each is looked at once.
_COMPUTED = re.compile(r"(?:^|[;,|\t\r\"'])[ \u00a0]*[=+\-@]", re.MULTILINE)
# A cell by which a spreadsheet starts a program (DDE): =cmd|'/c calc'!A0. Each « | » is looked at up to the next.
_ASKS_A_PROGRAM = re.compile(r"\|[^;\t\r\n!|]{0,500}!")
_BEFORE_THE_BAR = 100  # characters
# Functions that open, fetch or send something elsewhere, by their English and French names; some are words as well.
_GOES_ELSEWHERE = re.compile(
    r"\b(?:HYPERLINK|LIEN[_.]HYPERTEXTE|WEBSERVICE|SERVICEWEB|IMPORT(?:XML|DATA|HTML|FEED|RANGE)|DDE|RTD)\s{0,20}\(|"
    r"=[ \u00a0]{0,20}(?:IMAGE|CALL|EXEC|REGISTER(?:\.ID)?)\s{0,20}\(",
    re.IGNORECASE,
)
_LONGEST_FORMULA = 8192  # characters, as spreadsheets have it


def check_text(content: bytes) -> None:
    """Refuse what is no text, a web page, and cells that start a program or go elsewhere."""
    encoding = encoding_of(content)
    if encoding is None:
        raise FileRefused("Ce fichier n’est pas du texte lisible : enregistrez-le en texte (UTF-8), puis renvoyez-le.")
    text = content.decode(encoding).removeprefix("\ufeff")
    if _CONTROLS.search(text):
        raise FileRefused(
            "Ce fichier n’est pas du texte : donnez-lui son extension d’origine, ou enregistrez-le en texte (UTF-8)."
        )
    if text.startswith("{\\rtf"):
        raise FileRefused("Ce fichier est au format RTF : enregistrez-le en .docx, en .odt ou en PDF.")
    if kinds.has_markup(content):
        raise FileRefused("Ce fichier contient une page web ou un script : ne gardez que le texte, ou envoyez un PDF.")
    if _starts_a_program(text):
        raise FileRefused(
            "Une case de ce fichier lancerait un programme dans un tableur (formule avec « | ») : retirez-la, puis "
            "renvoyez le fichier."
        )
    if _goes_elsewhere(text):
        raise FileRefused(
            "Une case de ce fichier est une formule qui ouvre une adresse ou va chercher une donnée ailleurs "
            "(LIEN_HYPERTEXTE, SERVICEWEB…) : remplacez-la par son texte, puis renvoyez le fichier."
        )


def _starts_a_program(text: str) -> bool:
    bars = (found.start() for found in _ASKS_A_PROGRAM.finditer(text))
    before = (text[max(0, bar - _BEFORE_THE_BAR) : bar] for bar in bars)
    return any(_COMPUTED.search(re.split(r"[;,\t\r\n]", words)[-1]) for words in before)


def _goes_elsewhere(text: str) -> bool:
    """Whether a function that goes elsewhere is called where a formula began; each character is looked at once."""
    end = 0
    for found in _GOES_ELSEWHERE.finditer(text):
        begin = max(end, found.start() - _LONGEST_FORMULA)
        if _COMPUTED.search(text, begin, found.start() + 1):
            return True
        end = found.start()
    return False


_TAKEN = "Formats acceptés : PDF, ODT, ODS, ODP, DOCX, XLSX, PPTX, CSV, TXT."
_OLD_OFFICE = {"doc": "docx", "dot": "docx", "xls": "xlsx", "xlt": "xlsx", "ppt": "pptx", "pps": "pptx"}
_WITH_MACROS = {"docm", "dotm", "xlsm", "xltm", "xlsb", "xlam", "pptm", "potm", "ppsm", "ppam"}
_OFFICE = {DocumentKind.DOCX, DocumentKind.XLSX, DocumentKind.PPTX}
_OPEN = {DocumentKind.ODT, DocumentKind.ODS, DocumentKind.ODP}


@dataclass(frozen=True, kw_only=True)
class CheckedDocument(CheckedFile):
    kind: DocumentKind


def check_document(*, file: File, limit: int | None = None) -> CheckedDocument:
    """Check a document of at most ``limit`` bytes, those of a partner's unless said otherwise.

    Raises ``FileRefused`` for one too large, of a format not taken, damaged, protected, that may run something, or
    that is not what its name says.
    """
    name = file.name or ""
    kind = _kind_of(extension=extension_of(name=name))
    content = read_bounded(file=file, limit=limit or settings.PARTNER_DOCUMENT_MAX_BYTES)
    look(read_document, content, kind=kind.value, most=settings.PARTNER_ARCHIVE_MAX_BYTES)
    return CheckedDocument(kind=kind, stem=safe_stem(name=name), title=title_of(name=name), content=content)


def read_document(content: bytes, *, kind: str, most: int) -> tuple[dict[str, Any], bytes]:
    """Read a document of the given kind through, apart; nothing is answered for one that may be kept.

    ``most`` is how many bytes an archive may hold once opened.
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
    if newer := _OLD_OFFICE.get(extension):
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
    if kinds.is_encrypted_office(content):
        raise FileRefused(PASSWORD)
    if kinds.is_compound(content):
        raise FileRefused(
            "Ce document est à un ancien format d’Office (.doc, .xls, .ppt), quel que soit son nom : enregistrez-le "
            "en .docx, .xlsx, .pptx ou en PDF."
        )
    if kinds.is_program(content):
        raise FileRefused(f"Ce fichier est un programme, quel que soit son nom. {_TAKEN}")
    starts_as_markup = content.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<")
    if starts_as_markup and kinds.is_svg(content):
        raise FileRefused("Ce fichier est un dessin SVG, qui peut contenir un programme : exportez-le en PDF.")
    if starts_as_markup and kinds.is_markup(content):
        raise FileRefused(
            "Ce fichier est une page web, quel que soit son nom : imprimez-la en PDF, puis envoyez le PDF."
        )
    if kind is not DocumentKind.PDF and content.startswith(kinds.PDF):
        raise FileRefused(f"Ce fichier est un PDF nommé .{kind.value} : renommez-le en .pdf, puis renvoyez-le.")
    if kind not in _OFFICE | _OPEN and content.startswith(kinds.ZIP):
        raise FileRefused(
            f"Ce fichier n’est pas un fichier {kind.value.upper()} mais une archive ou un document bureautique : "
            "rendez-lui son extension d’origine, puis renvoyez-le."
        )
