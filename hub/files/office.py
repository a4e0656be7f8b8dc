import re
from collections.abc import Callable, Iterator
from xml.parsers import expat

from hub.files.archives import PASSWORD, Archive, open_archive, refuse_foreign
from hub.files.kinds import DocumentKind
from hub.files.reading import FileRefused

_DAMAGED = "Ce document est abîmé : ouvrez-le, enregistrez-le de nouveau, puis renvoyez-le."


def visit_elements(content: bytes, visit: Callable[[str, dict[str, str]], None]) -> None:
    """Call ``visit`` with each element's name and attributes, prefixes and namespaces removed, in order.

    What is no XML is refused, and a document type, by which entities are declared: no office writes one.
    """
    parser = expat.ParserCreate(namespace_separator=" ")

    def start(name: str, attributes: dict[str, str]) -> None:
        visit(_local(name), {_local(key): value for key, value in attributes.items()} if attributes else attributes)

    def refuse_document_type(*_declaration: object) -> None:
        raise FileRefused(_DAMAGED)

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse_document_type
    try:
        parser.Parse(content, True)  # noqa: FBT003 — expat takes no keyword
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise FileRefused(_DAMAGED) from error


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


_TYPES = "[Content_Types].xml"
_PREFIX = "application/vnd.openxmlformats-officedocument."
_MAIN_TYPES = {
    f"{_PREFIX}wordprocessingml.document.main+xml": DocumentKind.DOCX,
    f"{_PREFIX}spreadsheetml.sheet.main+xml": DocumentKind.XLSX,
    f"{_PREFIX}presentationml.presentation.main+xml": DocumentKind.PPTX,
}
# The numbers behind a chart are a workbook inside the document. Its size is small: the text is the document's.
_EMBEDDED = re.compile(r"^(?:word|ppt|xl)/embeddings/[^/]+\.(docx|xlsx|pptx)$", re.IGNORECASE)
_LARGEST_EMBEDDED = 8 * 1024 * 1024
_MACRO_PARTS = re.compile(r"(?:^|/)vba(?:project|data)[^/]*$|(?:^|/)macrosheets/|(?:^|/)dialogsheets/", re.IGNORECASE)
_CONTROL_PARTS = re.compile(r"(?:^|/)activex/", re.IGNORECASE)
_MACRO_TYPES = ("macroenabled", "vbaproject", "macrosheet", "dialogsheet", "worddocument.macro", "vbadata")
# A workbook that asks another program for its cells (DDE), or takes them from an object elsewhere.
_ASKS_A_PROGRAM = (b"<ddeLink", b":ddeLink", b"<oleLink", b":oleLink", b"DDEAUTO")
_HEAD = 64
_MACROS = "Ce document contient des macros, quel que soit son nom : enregistrez-le sans macro ou en PDF."
_CONTROLS = "Ce document contient des contrôles actifs (ActiveX) : retirez-les, ou enregistrez-le en PDF."
_OUTSIDE = (
    "Ce document va chercher une partie de son contenu ailleurs en s’ouvrant (modèle, objet ou programme lié) : "
    "enregistrez-le en PDF."
)


def check_office(archive: Archive, *, kind: DocumentKind, most: int, may_embed: bool = True) -> None:
    """Check an Office document of the given kind; ``most`` is how many bytes one inside may hold once opened.

    Raises ``FileRefused`` when it is of another kind, damaged, holds macros, controls or objects, or opens something
    else.
    """
    if _TYPES not in archive.names:
        raise _other_kind(kind)
    _check_types(archive, kind=kind)
    if any(_MACRO_PARTS.search(name) for name in archive.names):
        raise FileRefused(_MACROS)
    if any(_CONTROL_PARTS.search(name) for name in archive.names):
        raise FileRefused(_CONTROLS)
    for name in archive.names:
        if name.lower().endswith(".rels"):
            visit_elements(archive.read(name), _check_relation)
    for name, pieces in archive.read_through():
        embedded = _EMBEDDED.match(name)
        if embedded and may_embed:
            _check_embedded(pieces, kind=DocumentKind(embedded.group(1).lower()), most=most)
        else:
            marks = _ASKS_A_PROGRAM if name.lower().endswith(".xml") else ()
            _check_part(name, pieces, marks=marks, reason=_OUTSIDE)


def _check_types(archive: Archive, *, kind: DocumentKind) -> None:
    types: set[str] = set()
    visit_elements(archive.read(_TYPES), lambda _name, attributes: types.add(attributes.get("ContentType", "")))
    lowered = "\n".join(types).lower()
    if any(word in lowered for word in _MACRO_TYPES):
        raise FileRefused(_MACROS)
    if "activex" in lowered:
        raise FileRefused(_CONTROLS)
    kinds = {_MAIN_TYPES[content_type] for content_type in types if content_type in _MAIN_TYPES}
    if kinds != {kind}:
        raise _other_kind(kind)


def _check_relation(_name: str, attributes: dict[str, str]) -> None:
    """Refuse what a document opens elsewhere by itself. Links a reader clicks, and pictures, are left."""
    if not attributes:
        return
    relation = attributes.get("Type", "").rpartition("/")[2].lower()
    if relation in {"vbaproject", "xlmacrosheet", "xlintlmacrosheet", "wordvbadata"}:
        raise FileRefused(_MACROS)
    if attributes.get("TargetMode", "").lower() != "external":
        return
    if relation in {"oleobject", "frame", "subdocument", "afchunk", "package", "control"}:
        raise FileRefused(_OUTSIDE)
    # Word notes the path of the model on its author's disk, which nothing follows elsewhere.
    if relation == "attachedtemplate" and is_on_a_network(attributes.get("Target", "")):
        raise FileRefused(_OUTSIDE)


def is_on_a_network(target: str) -> bool:
    """Whether opening a target asks another machine for it."""
    lowered = target.strip().lower().replace("\\", "/")
    if lowered.startswith("file:"):
        # file:///C:/… is a disk; file://server/… and file://///server/… are not.
        path = lowered.removeprefix("file:")
        return not re.match(r"/{0,3}(?:[a-z](?::|%3a|\|)|(?:users|home|applications|library|volumes)/)", path)
    return lowered.startswith(("http:", "https:", "ftp:", "//"))


def _check_embedded(pieces: Iterator[bytes], *, kind: DocumentKind, most: int) -> None:
    content = bytearray()
    for piece in pieces:
        content += piece
        if len(content) > _LARGEST_EMBEDDED:
            raise FileRefused(
                "Ce document contient un autre document trop lourd : retirez-le, ou enregistrez le tout en PDF."
            )
    with open_archive(bytes(content), most=most) as archive:
        check_office(archive, kind=kind, most=most, may_embed=False)


def _check_part(name: str, pieces: Iterator[bytes], *, marks: tuple[bytes, ...], reason: str) -> None:
    """Refuse a part that is foreign, and for this reason one that has any of these marks."""
    tail = b""
    for position, piece in enumerate(pieces):
        if position == 0:
            refuse_foreign(name=name, head=piece[:_HEAD])
        # A word may be cut in two by the end of a piece.
        window = tail + piece
        if any(mark in window for mark in marks):
            raise FileRefused(reason)
        tail = piece[-_HEAD:]


def _other_kind(kind: DocumentKind) -> FileRefused:
    return FileRefused(
        f"Ce fichier n’est pas un document {kind.label} : rendez-lui son extension d’origine, ou enregistrez-le en PDF."
    )


_MANIFEST = "META-INF/manifest.xml"
_MACRO_FOLDERS = ("basic/", "scripts/", "dialogs/")
# How a button, or the opening of the document, names what it starts.
_STARTS_A_SCRIPT = (b"vnd.sun.star.script:", b"macro://", b"service:com.sun.star")
_ENCRYPTION = {"encryption-data", "encrypted-package"}
_ODF_MACROS = (
    "Ce document contient des macros : supprimez-les (Outils, Macros, Gérer les macros), ou enregistrez le document "
    "en PDF."
)


def check_open_document(archive: Archive, *, kind: DocumentKind) -> None:
    """Refuse an OpenDocument file of another kind, protected, damaged, or that holds macros or foreign objects."""
    is_one = "mimetype" in archive.names and "content.xml" in archive.names
    if not is_one or archive.read("mimetype").strip() != kind.mime_type.encode():
        raise _other_kind(kind)
    visit_elements(archive.read(_MANIFEST), _check_entry)
    if any(name.lower().startswith(_MACRO_FOLDERS) for name in archive.names):
        raise FileRefused(_ODF_MACROS)
    for name, pieces in archive.read_through():
        _check_part(name, pieces, marks=_STARTS_A_SCRIPT, reason=_ODF_MACROS)


def _check_entry(name: str, _attributes: dict[str, str]) -> None:
    if name in _ENCRYPTION:
        raise FileRefused(PASSWORD)
