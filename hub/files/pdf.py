"""PDF files: whole, readable by anyone, and without anything that runs or opens something else.

qpdf reads the file as viewers do: what is encrypted with an empty password, compressed or damaged, whatever the filter.
Every object is walked through. What no table of the file leads to is looked at too, by the names written in it: a
viewer that mends a damaged file would find it. docs/fichiers.md says what this leaves to whoever opens the file.
"""

import re
import zlib
from io import BytesIO
from typing import Any

import pikepdf

from hub.files.office import is_on_a_network
from hub.files.reading import FileRefused

MOST_OPENED = 32 * 1024 * 1024  # bytes of compressed lists of objects, once opened
_PIECE = 4096  # bytes given at once to the decompressor, which copies what it does not use
_END_WITHIN = 1024  # bytes, as readers of PDF do
_DEEPEST = 200  # containers in one another

_RUNS = "Ce PDF contient un programme (JavaScript ou lancement d’une application)"
_CARRIES = "Ce PDF contient un autre fichier en pièce jointe"
_OPENS = "Ce PDF ouvre un autre fichier"
_SENDS = "Ce PDF est un formulaire qui envoie ou va chercher des données ailleurs"
_PLAYS = "Ce PDF contient une animation, un son ou une vidéo"
_LEADS = "Ce PDF contient un lien qui lance un programme ou ouvre un fichier du réseau"
_XFA = "Ce PDF est un formulaire dynamique (XFA), que beaucoup de lecteurs n’ouvrent pas"
_WAY_OUT = "imprimez-le en PDF (« Imprimer », « Enregistrer au format PDF »), puis envoyez ce nouveau fichier."

# What an action does (its /S).
_ACTIONS = {
    "/JavaScript": _RUNS,
    "/Launch": _RUNS,
    "/Rendition": _PLAYS,
    "/RichMediaExecute": _PLAYS,
    "/Movie": _PLAYS,
    "/Sound": _PLAYS,
    "/SubmitForm": _SENDS,
    "/ImportData": _SENDS,
    "/GoToR": _OPENS,
    "/GoToE": _OPENS,
    "/Thread": _OPENS,  # when it names a file
}
# What a part is (its /Type or /Subtype).
_KINDS = {
    "/EmbeddedFile": _CARRIES,
    "/FileAttachment": _CARRIES,
    "/RichMedia": _PLAYS,
    "/Rendition": _PLAYS,
    "/MediaClip": _PLAYS,
    "/Movie": _PLAYS,
    "/Sound": _PLAYS,
    "/Screen": _PLAYS,
    "/3D": _PLAYS,
}
# What a part has.
_KEYS = {
    "/JS": _RUNS,
    "/JavaScript": _RUNS,
    "/EmbeddedFiles": _CARRIES,
    "/EF": _CARRIES,
    "/RichMediaContent": _PLAYS,
    "/RichMediaSettings": _PLAYS,
    "/XFA": _XFA,
}
# Those a viewer would look for where no table leads; too long to be met in a picture by chance.
_NAMES = {
    "JavaScript": _RUNS,
    "Launch": _RUNS,
    "EmbeddedFile": _CARRIES,
    "EmbeddedFiles": _CARRIES,
    "RichMedia": _PLAYS,
    "Rendition": _PLAYS,
    "GoToE": _OPENS,
    "GoToR": _OPENS,
    "SubmitForm": _SENDS,
    "ImportData": _SENDS,
    "XFA": _XFA,
}
_HARMLESS_ADDRESS = re.compile(r"(?:https?|mailto|tel|sms|ftp|file):|[^:]*$|[^:]*[/?#.]", re.IGNORECASE)
_DELIMITER = rb"\x00\t\n\x0c\r ()<>\[\]{}/%"


def _written(name: str) -> bytes:
    """The expression of a name, each letter of which may be written with its code (``J#61vaScript``)."""
    return b"".join(b"(?:%c|#(?i:%02x))" % (letter, letter) for letter in name.encode())


_FIRST_LETTERS = b"|".join({_written(name[0]) for name in _NAMES})
_NAMED = re.compile(
    b"/(?=" + _FIRST_LETTERS + b")(?:" + b"|".join(b"(%s)" % _written(name) for name in _NAMES) + rb")"
    rb"(?=[" + _DELIMITER + rb"]|$)"
)
# An object as qpdf writes it, names decoded, is looked at closely when it has one of these.
_WORTH_A_LOOK = re.compile(
    b"(?:"
    + b"|".join(name.encode() for name in (*_ACTIONS, *_KINDS, *_KEYS, "/URI"))
    + rb")(?=["
    + _DELIMITER
    + rb"]|$)"
)
_ENCRYPTED = re.compile(b"/" + _written("Encrypt") + rb"\s{0,20}(?:\d|<<)")


def check_pdf(content: bytes) -> None:
    """Check a PDF.

    Raises:
        FileRefused: for what is no PDF, one cut short, protected, or that runs, opens, sends, plays or carries
            something.
    """
    if not re.match(rb"[\xef\xbb\xbf\s]{0,8}%PDF-[12]\.\d", content):
        raise FileRefused("Ce fichier n’est pas un PDF, malgré son nom : envoyez l’original, ou enregistrez-le en PDF.")
    if b"%%EOF" not in content[-_END_WITHIN:] or b"startxref" not in content:
        raise _damaged()
    _refuse_names(content)
    try:
        with pikepdf.open(BytesIO(content), suppress_warnings=True) as document:
            if not document.is_encrypted and _ENCRYPTED.search(content):
                raise _protected()  # in a way that nothing reads
            opened = 0
            for part in document.objects:
                _check_part(part)
                if _is_list_of_objects(part):
                    opened += _check_list_of_objects(part, most=MOST_OPENED - opened)
            if any("limits" in str(warning) for warning in document.get_warnings()):
                raise _too_intricate()  # an object in objects without end, which qpdf left unread
    except pikepdf.PasswordError as error:
        raise _protected() from error
    except (pikepdf.PdfError, pikepdf.DataDecodingError, ValueError, TypeError, OverflowError) as error:
        raise (_protected() if _ENCRYPTED.search(content) else _damaged()) from error


def _check_part(part: Any) -> None:
    """Look at an object and at those it is made of; those it only names are looked at in their turn."""
    if not isinstance(part, pikepdf.Object):
        return  # a number
    is_stream = isinstance(part, pikepdf.Stream)
    if is_stream and "/F" in part:
        raise _refused(_OPENS)  # its content is elsewhere
    if not _WORTH_A_LOOK.search((part.stream_dict if is_stream else part).unparse(resolved=True)):
        return
    waiting: list[tuple[pikepdf.Object, int]] = [(part, 0)]
    while waiting:
        one, depth = waiting.pop()
        if depth > _DEEPEST:
            raise _too_intricate()
        if isinstance(one, (pikepdf.Dictionary, pikepdf.Stream)):
            values = _checked_values(one)
        elif isinstance(one, pikepdf.Array):
            values = list(one)
        else:
            continue
        waiting.extend(
            (value, depth + 1)
            for value in values
            if isinstance(value, (pikepdf.Dictionary, pikepdf.Array, pikepdf.Stream)) and not value.is_indirect
        )


def _checked_values(part: pikepdf.Object) -> list[pikepdf.Object]:
    """The values of a dictionary that says nothing that is refused."""
    entries = dict(part.items())
    for key, reasons in (("/S", _ACTIONS), ("/Type", _KINDS), ("/Subtype", _KINDS)):
        value = entries.get(key)
        name = str(value) if isinstance(value, pikepdf.Name) else ""
        if name in reasons and (name != "/Thread" or "/F" in entries):
            raise _refused(reasons[name])
    for key in entries.keys() & _KEYS.keys():
        if _is_meant(key, entries[key]):
            raise _refused(_KEYS[key])
    address = entries.get("/URI")
    if isinstance(address, pikepdf.String) and not _is_harmless(str(address)):
        raise _refused(_LEADS)
    return list(entries.values())


def _is_meant(key: str, value: pikepdf.Object) -> bool:
    """Whether a key is what it seems: in a list of fonts or of pictures, it is a name somebody gave to one of them."""
    if key == "/JS":
        return isinstance(value, (pikepdf.String, pikepdf.Stream))
    if key == "/EF":
        return isinstance(value, pikepdf.Dictionary) and bool(value.keys() & {"/F", "/UF", "/DOS", "/Mac", "/Unix"})
    return True


def _is_harmless(address: str) -> bool:
    plain = re.sub(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202f\ufeff]", "", address)
    return bool(_HARMLESS_ADDRESS.match(plain)) and not (
        is_on_a_network(plain) and not plain.lower().startswith(("http:", "https:", "ftp:"))
    )


def _is_list_of_objects(part: pikepdf.Object) -> bool:
    return isinstance(part, pikepdf.Stream) and part.get("/Type") == pikepdf.Name.ObjStm


def _check_list_of_objects(part: pikepdf.Object, *, most: int) -> int:
    """Look at the names of a compressed list of objects, and return its length once opened."""
    filters = part.get("/Filter")
    names = [filters] if isinstance(filters, pikepdf.Name) else list(filters or [])
    if not names:
        return 0  # written plainly: read with the rest of the file
    has_predictor = "/DecodeParms" in part and b"/Predictor" in part.DecodeParms.unparse(resolved=True)
    if [str(name) for name in names] not in (["/FlateDecode"], ["/Fl"]) or has_predictor:
        raise FileRefused(f"Ce PDF est compressé d’une manière que le hub ne sait pas vérifier : {_WAY_OUT}")
    opened = _inflated(part.read_raw_bytes(), most=most)
    _refuse_names(opened)
    return len(opened)


def _refuse_names(content: bytes) -> None:
    if found := _NAMED.search(content):
        raise _refused(list(_NAMES.values())[found.lastindex - 1 if found.lastindex else 0])


def _inflated(compressed: bytes, *, most: int) -> bytes:
    decompressor = zlib.decompressobj()
    view, opened, start = memoryview(compressed), bytearray(), 0
    try:
        while not decompressor.eof and start < len(compressed):
            opened += decompressor.decompress(view[start : start + _PIECE], most + 1 - len(opened))
            if len(opened) > most:
                raise FileRefused(f"Ce PDF contient beaucoup plus que sa taille ne le dit : {_WAY_OUT}")
            start += _PIECE - len(decompressor.unconsumed_tail)
    except zlib.error as error:
        raise _damaged() from error
    if not decompressor.eof:
        raise _damaged()
    return bytes(opened)


def _refused(reason: str) -> FileRefused:
    return FileRefused(f"{reason} : {_WAY_OUT}")


def _too_intricate() -> FileRefused:
    return FileRefused(f"Ce PDF est trop compliqué pour être vérifié : {_WAY_OUT}")


def _protected() -> FileRefused:
    return FileRefused("Ce PDF est protégé par un mot de passe : enregistrez-le sans protection, puis renvoyez-le.")


def _damaged() -> FileRefused:
    return FileRefused("Ce PDF est incomplet ou abîmé : ouvrez-le, enregistrez-le de nouveau en PDF, puis renvoyez-le.")
