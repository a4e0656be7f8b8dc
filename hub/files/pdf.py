"""PDF files: whole, readable by anyone, and without anything that runs or opens something else.

What is written plainly in the file, and in its compressed lists of objects, is read; drawings and pictures are not
opened. Names may be written with codes (``/J#61vaScript``): they are read as a reader of PDF would. It is not a
complete reader of PDF: docs/fichiers.md says what it leaves to whoever opens the file.
"""

import re
import zlib
from collections.abc import Iterator

from hub.files.refusal import FileRefused

MOST_STREAMS = 100_000
MOST_OPENED = 64 * 1024 * 1024  # bytes of compressed lists of objects, once opened
_LONGEST_DICTIONARY = 8192  # bytes looked back at, before a stream, for what it is
_PIECE = 4096  # bytes given at once to the decompressor, which copies what it does not use
_END_WITHIN = 1024  # bytes, as readers of PDF do

_DELIMITER = rb"\x00\t\n\x0c\r ()<>\[\]{}/%"
_CODED_NAME = re.compile(rb"/([^#" + _DELIMITER + rb"]{0,127}#[^" + _DELIMITER + rb"]{2,127})")
_CODE = re.compile(rb"#([0-9a-fA-F]{2})")
_STREAM = re.compile(rb"(?<!end)stream(?:\r\n|\n|\r)")
_ENCRYPTED = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
_LIST_OF_OBJECTS = re.compile(rb"/ObjStm\b")
_INFLATED = re.compile(rb"/Filter\s*(?:/FlateDecode\b|/Fl\b|\[\s*/FlateDecode\s*\]|\[\s*/Fl\s*\])")
_PREDICTOR = re.compile(rb"/Predictor\s+(?!1\b)\d")

_RUNS = "Ce PDF contient un programme (JavaScript ou lancement d’une application)"
_CARRIES = "Ce PDF contient un autre fichier en pièce jointe"
_REASONS = {
    b"JavaScript": _RUNS,
    b"Launch": _RUNS,
    b"EmbeddedFile": _CARRIES,
    b"EmbeddedFiles": _CARRIES,
    b"RichMedia": "Ce PDF contient une animation ou une vidéo",
    b"GoToE": "Ce PDF ouvre un autre fichier",
    b"XFA": "Ce PDF est un formulaire dynamique (XFA), que beaucoup de lecteurs n’ouvrent pas",
}
_NAMED = re.compile(rb"/(" + b"|".join(_REASONS) + rb")(?=[" + _DELIMITER + rb"]|$)")
_WAY_OUT = "imprimez-le en PDF (« Imprimer », « Enregistrer au format PDF »), puis envoyez ce nouveau fichier."


def check_pdf(content: bytes) -> None:
    """Check a PDF.

    Raises:
        FileRefused: for what is no PDF, one cut short, protected, or that runs, opens or carries something.
    """
    if not re.match(rb"[\xef\xbb\xbf\s]{0,8}%PDF-[12]\.\d", content):
        raise FileRefused("Ce fichier n’est pas un PDF, malgré son nom : envoyez l’original, ou enregistrez-le en PDF.")
    if b"%%EOF" not in content[-_END_WITHIN:] or b"startxref" not in content:
        raise _damaged()
    _refuse_names(content)
    for part in _lists_of_objects(content):
        _refuse_names(part)


def _refuse_names(content: bytes) -> None:
    plain = _without_codes(content)
    if _ENCRYPTED.search(content) or _ENCRYPTED.search(plain):
        raise FileRefused("Ce PDF est protégé par un mot de passe : enregistrez-le sans protection, puis renvoyez-le.")
    found = _NAMED.search(content) or _NAMED.search(plain)
    if found:
        raise FileRefused(f"{_REASONS[found.group(1)]} : {_WAY_OUT}")


def _without_codes(content: bytes) -> bytes:
    """The names written with codes, decoded, each followed by what follows it."""
    return b"\n".join(
        b"/" + _CODE.sub(_character, found.group(1)) + content[found.end() : found.end() + 32]
        for found in _CODED_NAME.finditer(content)
    )


def _character(code: re.Match[bytes]) -> bytes:
    return bytes([int(code.group(1), 16)])


def _lists_of_objects(content: bytes) -> Iterator[bytes]:
    """Yield each compressed list of objects, opened.

    Raises:
        FileRefused: while iterating, for one that cannot be opened, or when together they are too long.
    """
    left = MOST_OPENED
    for count, found in enumerate(_STREAM.finditer(content)):
        if count >= MOST_STREAMS:
            raise FileRefused(f"Ce PDF est trop compliqué pour être vérifié : {_WAY_OUT}")
        window = content[max(0, found.start() - _LONGEST_DICTIONARY) : found.start()]
        dictionary = window[max(0, window.rfind(b"obj")) :]
        if b"#" in dictionary:
            dictionary = _CODE.sub(_character, dictionary)
        if not _LIST_OF_OBJECTS.search(dictionary):
            continue
        if b"/Filter" not in dictionary:
            continue  # written plainly: read with the rest of the file
        if not _INFLATED.search(dictionary) or _PREDICTOR.search(dictionary):
            raise FileRefused(f"Ce PDF est compressé d’une manière que le hub ne sait pas vérifier : {_WAY_OUT}")
        part = _inflated(content, start=found.end(), most=left)
        left -= len(part)
        yield part


def _inflated(content: bytes, *, start: int, most: int) -> bytes:
    """Open what is compressed from ``start`` on, until it ends by itself; at most ``most`` bytes."""
    view = memoryview(content)
    decompressor = zlib.decompressobj()
    opened = bytearray()
    try:
        while not decompressor.eof and start < len(content):
            opened += decompressor.decompress(view[start : start + _PIECE], most + 1 - len(opened))
            if len(opened) > most:
                raise FileRefused(f"Ce PDF contient beaucoup plus que sa taille ne le dit : {_WAY_OUT}")
            start += _PIECE - len(decompressor.unconsumed_tail)
    except zlib.error as error:
        raise _damaged() from error
    if not decompressor.eof:
        raise _damaged()
    return bytes(opened)


def _damaged() -> FileRefused:
    return FileRefused("Ce PDF est incomplet ou abîmé : ouvrez-le, enregistrez-le de nouveau en PDF, puis renvoyez-le.")
