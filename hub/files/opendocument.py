"""OpenDocument files (.odt, .ods, .odp)."""

from hub.files.archives import DAMAGED, PASSWORD, Archive, refuse_foreign
from hub.files.enums import DocumentKind
from hub.files.refusal import FileRefused
from hub.files.xml_parts import visit_elements

_MANIFEST = "META-INF/manifest.xml"
_MACRO_FOLDERS = ("basic/", "scripts/", "dialogs/")
# How a button, or the opening of the document, names what it starts.
_STARTS_A_SCRIPT = (b"vnd.sun.star.script:", b"macro://", b"service:com.sun.star")
_ENCRYPTION = {"encryption-data", "encrypted-package"}
_MACROS = (
    "Ce document contient des macros : supprimez-les (Outils, Macros, Gérer les macros), ou enregistrez le document "
    "en PDF."
)
_HEAD = 64


def check_open_document(archive: Archive, *, kind: DocumentKind) -> None:
    """Check an OpenDocument file of the given kind.

    Raises:
        FileRefused: when it is of another kind, protected, damaged, or holds macros or foreign objects.
    """
    if "mimetype" not in archive.names or "content.xml" not in archive.names:
        raise _other_kind(kind)
    if archive.read("mimetype").strip() != kind.mime_type.encode():
        raise _other_kind(kind)
    _check_manifest(archive)
    if any(name.lower().startswith(_MACRO_FOLDERS) for name in archive.names):
        raise FileRefused(_MACROS)
    for name, pieces in archive.read_through():
        tail = b""
        for position, piece in enumerate(pieces):
            if position == 0:
                refuse_foreign(name=name, head=piece[:_HEAD])
            # A word may be cut in two by the end of a piece.
            window = tail + piece
            if any(mark in window for mark in _STARTS_A_SCRIPT):
                raise FileRefused(_MACROS)
            tail = piece[-_HEAD:]


def _check_manifest(archive: Archive) -> None:
    if _MANIFEST not in archive.names:
        raise FileRefused(DAMAGED)
    visit_elements(archive.read(_MANIFEST), _check_entry)


def _check_entry(name: str, _attributes: dict[str, str]) -> None:
    if name in _ENCRYPTION:
        raise FileRefused(PASSWORD)


def _other_kind(kind: DocumentKind) -> FileRefused:
    return FileRefused(
        f"Ce fichier n’est pas un document {kind.label} : rendez-lui son extension d’origine, ou enregistrez-le en PDF."
    )
