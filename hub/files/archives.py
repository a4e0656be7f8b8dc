"""Files of files: how much they hold is known before they are opened, and all they hold is then read once."""

import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from hub.files import kinds
from hub.files.reading import BROKEN, FileRefused, readable_size

MOST_ENTRIES = 5000
# Python keeps an object for each line of the list of contents: its length is looked at before it is read.
LONGEST_LIST = 1024 * 1024  # bytes
# Deflate reaches a thousand; texts of real documents stay under a hundred.
GREATEST_RATIO = 200
RATIO_MATTERS_ABOVE = 5 * 1024 * 1024  # bytes, once opened
# Bytes of the parts read whole to be understood, together: kinds, relations, manifests. Real ones take some kilobytes.
MOST_UNDERSTOOD = 8 * 1024 * 1024
PASSWORD = "Ce document est protégé par un mot de passe : enregistrez-le sans protection, puis renvoyez-le."  # noqa: S105

_END_OF_LIST = b"PK\x05\x06"
_END_LENGTH = 22
_LONGEST_COMMENT = 65_535
_LARGE_FORM = b"PK\x06\x07"
_LARGE_FORM_LENGTH = 20
_ENCRYPTED = 0x1
_PIECE = 256 * 1024
_UNREADABLE = (BadZipFile, UserWarning, *BROKEN)
_RUNS = re.compile(
    r"\.(?:exe|dll|com|scr|bat|cmd|ps1|vbs|vbe|js|jse|wsf|wsh|hta|msi|jar|sh|lnk|swf|html?|svgz|py|reg)$", re.IGNORECASE
)
_NESTED = re.compile(r"\.(?:zip|rar|7z|gz|tgz|tar|bz2|xz|cab|iso|arj|lzh)$", re.IGNORECASE)
DAMAGED = "Ce document est incomplet ou abîmé : ouvrez-le, enregistrez-le de nouveau, puis renvoyez-le."
_TOO_MUCH = "Ce document contient beaucoup plus que sa taille ne le dit (comme une « bombe ») : enregistrez-le en PDF."


class Archive:
    def __init__(self, archive: ZipFile, *, most: int) -> None:
        self._archive = archive
        self._most = self._left_to_read = most
        self._left_to_understand = MOST_UNDERSTOOD
        self.names = [entry.filename for entry in archive.infolist()]

    def read(self, name: str) -> bytes:
        """Return a part whole; refused when absent or damaged, or once ``MOST_UNDERSTOOD`` was read in this way."""
        try:
            with self._archive.open(name) as part:
                content = part.read(self._left_to_understand + 1)
        except _UNREADABLE as error:
            raise FileRefused(DAMAGED) from error
        self._left_to_understand -= len(content)
        if self._left_to_understand < 0:
            raise FileRefused(_TOO_MUCH)
        return content

    def read_through(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Yield each part's name and its pieces; together they may not exceed what is taken once opened."""
        self._left_to_read = self._most
        for entry in self._archive.infolist():
            if not entry.is_dir():
                pieces = self._pieces(entry)
                yield entry.filename, pieces
                for _piece in pieces:  # what the caller did not want is read all the same: it may be damaged
                    pass

    def _pieces(self, entry: ZipInfo) -> Iterator[bytes]:
        try:
            with self._archive.open(entry) as part:
                while piece := part.read(_PIECE):
                    self._left_to_read -= len(piece)
                    if self._left_to_read < 0:
                        raise FileRefused(_TOO_MUCH)
                    yield piece
        except _UNREADABLE as error:
            raise FileRefused(DAMAGED) from error


@contextmanager
def open_archive(content: bytes, *, most: int) -> Iterator[Archive]:
    """Open an archive after a look at its list of contents; ``most`` is how many bytes it may hold once opened.

    Raises ``FileRefused`` for what is no archive, or one that is damaged, protected, or too large once opened.
    """
    _check_outline(content)
    try:
        archive = ZipFile(BytesIO(content))
    except _UNREADABLE as error:
        raise FileRefused(DAMAGED) from error
    with archive:
        _check_list(archive.infolist(), most=most)
        yield Archive(archive, most=most)


def refuse_foreign(*, name: str, head: bytes) -> None:
    """Refuse a part that is a program, an archive or an embedded object of another application."""
    if _RUNS.search(name) or kinds.is_program(head):
        raise FileRefused("Ce document contient un programme ou une page web : retirez-les, ou enregistrez-le en PDF.")
    if _NESTED.search(name) or kinds.is_archive(head):
        raise FileRefused("Ce document contient une archive : retirez-la, ou enregistrez le document en PDF.")
    if kinds.is_compound(head):
        raise FileRefused(
            "Ce document contient un objet d’une autre application : remplacez-le par une image, ou enregistrez le "
            "document en PDF."
        )


def _check_outline(content: bytes) -> None:
    """Look at the two ends of the file, before Python reads the list between them."""
    if not content.startswith(kinds.ZIP):
        raise FileRefused(
            "Ce fichier n’est pas un document bureautique, quel que soit son nom : envoyez l’original ou un PDF."
        )
    end = content.rfind(_END_OF_LIST, max(0, len(content) - _END_LENGTH - _LONGEST_COMMENT))
    if end < 0 or end + _END_LENGTH > len(content):
        raise FileRefused(DAMAGED)
    length, offset, comment = struct.unpack("<LLH", content[end + 12 : end + _END_LENGTH])
    if length > LONGEST_LIST:
        raise FileRefused(_TOO_MUCH)
    # Nothing before, between or after: a second reader must see the same contents as this one.
    is_large_form = content[max(0, end - _LARGE_FORM_LENGTH) : end].startswith(_LARGE_FORM)
    if is_large_form or offset + length != end or end + _END_LENGTH + comment != len(content):
        raise FileRefused(DAMAGED)


def _check_list(entries: list[ZipInfo], *, most: int) -> None:
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > most:
        raise FileRefused(
            f"Ce document est trop grand une fois décompressé ({MOST_ENTRIES} éléments et {readable_size(most)} au "
            "plus) : enregistrez-le en PDF."
        )
    if len({entry.filename.lower() for entry in entries}) != len(entries):
        raise FileRefused(DAMAGED)
    for entry in entries:
        if entry.flag_bits & _ENCRYPTED:
            raise FileRefused(PASSWORD)
        if entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED} or not _stays_inside(entry.orig_filename):
            raise FileRefused(DAMAGED)
        if entry.file_size > RATIO_MATTERS_ABOVE and entry.file_size > GREATEST_RATIO * max(entry.compress_size, 1):
            raise FileRefused(_TOO_MUCH)


def _stays_inside(name: str) -> bool:
    parts = name.split("/")
    return not name.startswith("/") and ".." not in parts and not any(mark in name for mark in ("\\", ":", "\x00"))
