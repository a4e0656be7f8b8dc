"""The tables people have: CSV and workbooks, their marks and their dangers."""

import csv
import io
import json
import re
import zipfile
import zlib
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from itertools import chain, islice
from typing import IO, Any
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ErrorString, ExpatError, ParserCreate

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from hub.files.archives import open_archive
from hub.files.kinds import ZIP, DocumentKind
from hub.files.office import check_office
from hub.files.reading import FileRefused
from hub.refusals import Refused
from initiatives.bulk.columns import LINES_LOOKED_AT, known_headings


class UnreadableFile(Refused):
    pass


# What separates the cells of our own files.
DELIMITER = ";"
# A spreadsheet computes what begins so, tabulations and line ends aside.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_ESCAPED = ("'=", "'+", "'-", "'@")


def as_data(text: str) -> str:
    """Return ``text`` as a spreadsheet shows it, and computes nothing. The import reads it back as it was."""
    return f"'{text}" if text.startswith(_STARTS) else text


def as_meant(text: str) -> str:
    """Return what a cell says: its line ends made plain, and nothing of what tells a spreadsheet it is no formula."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return text[1:] if text.startswith(_ESCAPED) else text


def csv_line(cells: Iterable[str]) -> str:
    line = io.StringIO(newline="")
    csv.writer(line, delimiter=DELIMITER).writerow([as_data(cell) for cell in cells])
    return line.getvalue()


_COLUMN = re.compile(r"([A-Z]{1,3})\d+", re.ASCII)
# Most sheets have nothing to tell: they are not read a second time, tag by tag.
_HAS_SOMETHING = re.compile(rb"""<(?:\w+:)?(?:row\b[^<>]*\bhidden=["'](?:1|true)|f[\s/>]|c\b[^<>]*\bt=["']e["'])""")
_LONGEST_TAG = 2_000
_PIECE = 256 * 1024
_MOST_NAMED = 5


@dataclass(slots=True)
class MarkedCells:
    """Numbers of the rows that are not shown; names of cells (« B2 »), among the rows that are, a few of each."""

    hidden_rows: set[int] = field(default_factory=set)
    without_value: list[str] = field(default_factory=list)
    in_error: list[str] = field(default_factory=list)


def marked_cells(*, opened: Callable[[], IO[bytes]]) -> MarkedCells:
    """Read the XML of a sheet, which ``opened`` opens. Raises ``ValueError`` when it is no XML."""
    found = MarkedCells()
    if not _has_something(opened):
        return found
    reader = _Reader(found)
    try:
        with opened() as part:
            while piece := part.read(_PIECE):
                reader.parser.Parse(piece, False)  # noqa: FBT003 — the C function takes no keyword
            reader.parser.Parse(b"", True)  # noqa: FBT003
    except ExpatError as error:
        raise ValueError(ErrorString(error.code)) from error
    return found


def _has_something(opened: Callable[[], IO[bytes]]) -> bool:
    end = b""
    with opened() as part:
        while piece := part.read(_PIECE):
            if _HAS_SOMETHING.search(end + piece):
                return True
            end = piece[-_LONGEST_TAG:]
    return False


class _Reader:
    """Follows rows and cells: those without an address come after the one before."""

    def __init__(self, found: MarkedCells) -> None:
        self.found = found
        self.row = 0
        self.cell = self.kind = ""
        self.is_hidden = self.has_formula = self.has_value = False
        self.parser = ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(" ")[2]:
            case "row":
                number = attributes.get("r", "")
                self.row = int(number) if number.isdecimal() else self.row + 1
                self.is_hidden = attributes.get("hidden", "") in {"1", "true"}
                if self.is_hidden:
                    self.found.hidden_rows.add(self.row)
            case "c":
                self.cell, self.kind = attributes.get("r", ""), attributes.get("t", "")
                self.has_formula = self.has_value = False
            case "f":
                self.has_formula = True
            case "v":
                self.parser.CharacterDataHandler = self._take_value

    def _take_value(self, text: str) -> None:
        self.has_value = self.has_value or bool(text.strip())

    def _end(self, name: str) -> None:
        match name.rpartition(" ")[2]:
            case "v":
                self.parser.CharacterDataHandler = None
            case "c" if not self.is_hidden:
                self._judge()

    def _judge(self) -> None:
        named = self.cell if _COLUMN.fullmatch(self.cell) else f"ligne {self.row}"
        # A formula that gives an empty text says that it gives a text.
        if self.kind == "e":
            _note(self.found.in_error, named)
        elif self.has_formula and not self.has_value and self.kind != "str":
            _note(self.found.without_value, named)


def _note(names: list[str], name: str) -> None:
    if len(names) <= _MOST_NAMED:
        names.append(name)


def listed(names: list[str]) -> str:
    return ", ".join(names[:_MOST_NAMED]) + (", …" if len(names) > _MOST_NAMED else "")


SHEET_NAME = "Fiches"
# Read whole, to be checked before it is opened.
MAX_BYTES = 20 * 1024 * 1024
# Far more than the columns of the template: a row of the widest sheet would hold 16,384 cells.
MAX_CELLS = 200

_FORBIDDEN = (b"<!DOCTYPE", b"<!ENTITY")
_OVERLAP = 32
_NOT_A_WORKBOOK = (
    "Ce fichier n’est pas un classeur .xlsx lisible. Ouvrez-le dans votre tableur et enregistrez-le en .xlsx ou en CSV."
)
_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    NotImplementedError,
    EOFError,
    OSError,
)


@contextmanager
def workbook_rows(
    *, stream: IO[bytes], most_opened: int
) -> Iterator[tuple[Iterator[tuple[int, list[str]]], list[int]]]:
    """Open the sheet « Fiches », or the first that is shown. A formula is the value that the file holds of it.

    Its rows that are shown, (number, texts) each; once they are read, the numbers of those that are not, and hold
    something: some hide all that is under their table. Raises ``UnreadableFile``, here or while the rows are read.
    """
    content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise UnreadableFile(f"Ce classeur est trop lourd : {MAX_BYTES // 2**20} Mo au plus. Enregistrez-le en CSV.")
    _require_safe(content, most=most_opened)
    stream.seek(0)
    try:
        book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    except _ERRORS as error:
        raise UnreadableFile(_NOT_A_WORKBOOK) from error
    try:
        sheet = _chosen_sheet(book)
        left_out: list[int] = []
        yield _rows(sheet, hidden=_marked(book, sheet).hidden_rows, left_out=left_out), left_out
    finally:
        book.close()


def _chosen_sheet(book: Any) -> Any:
    shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not shown:
        raise UnreadableFile("Ce classeur n’a aucune feuille visible : affichez celle des fiches, puis renvoyez-le.")
    return next((sheet for sheet in shown if sheet.title == SHEET_NAME), shown[0])


def _marked(book: Any, sheet: Any) -> MarkedCells:
    try:
        # openpyxl gives the name of the part to nobody, and reads it from there itself.
        marked = marked_cells(opened=partial(book._archive.open, sheet._worksheet_path))  # noqa: SLF001
    except _ERRORS as error:
        raise UnreadableFile(_NOT_A_WORKBOOK) from error
    if marked.without_value:
        raise UnreadableFile(
            f"Une formule n’a pas de valeur enregistrée ({listed(marked.without_value)}). Ouvrez le classeur dans "
            "votre tableur et enregistrez-le, ou copiez ces cellules puis collez-les en « valeurs seules »."
        )
    if marked.in_error:
        raise UnreadableFile(
            f"Une cellule contient une erreur du tableur ({listed(marked.in_error)}), comme #N/A ou #REF! : corrigez "
            "sa formule, ou écrivez la valeur à sa place."
        )
    return marked


def _rows(sheet: Any, *, hidden: set[int], left_out: list[int]) -> Iterator[tuple[int, list[str]]]:
    try:
        sheet.reset_dimensions()  # what the file says of its own size is not believed
        rows = enumerate(sheet.iter_rows(values_only=True), start=1)
    except _ERRORS as error:
        raise UnreadableFile(_NOT_A_WORKBOOK) from error
    while True:
        # The file is read as the rows are asked for: what is wrong with it is met here, not in the caller's own work.
        try:
            found = next(rows, None)
        except _ERRORS as error:
            raise UnreadableFile(_NOT_A_WORKBOOK) from error
        if found is None:
            return
        number, values = found
        if number in hidden:
            if any(value not in {None, ""} for value in values):
                left_out.append(number)
            continue
        if len(values) > MAX_CELLS and any(value is not None for value in values[MAX_CELLS:]):
            raise UnreadableFile(f"Ligne {number} : plus de {MAX_CELLS} colonnes.")
        yield number, [_text(value) for value in values[:MAX_CELLS]]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return as_meant(str(value).replace("_x000D_", ""))


def _require_safe(content: bytes, *, most: int) -> None:
    try:
        with open_archive(content, most=most) as archive:
            check_office(archive, kind=DocumentKind.XLSX, most=most)
            for name, pieces in archive.read_through():
                if name.lower().endswith((".xml", ".rels")):
                    _require_no_declarations(pieces)
    except FileRefused as refusal:
        raise UnreadableFile(f"{refusal.message} Vous pouvez aussi l’enregistrer en CSV.") from refusal


def _require_no_declarations(pieces: Iterator[bytes]) -> None:
    """A workbook declares no entity; a part that does would unfold a second time, in memory."""
    end = b""
    for piece in pieces:
        # Without the zeros of UTF-16, so that an encoding hides nothing.
        window = (end + piece).replace(b"\x00", b"").upper()
        if any(word in window for word in _FORBIDDEN):
            raise UnreadableFile(_NOT_A_WORKBOOK)
        end = piece[-_OVERLAP:]


MOST_TEXT = 40 * 1024 * 1024  # characters of all cells together

_DELIMITERS = ";,\t"
_CHUNK = 64 * 1024
_SEPARATOR_LINE = re.compile(r'"?sep=(?P<sign>[;,\t|])"?[;,\t]*\s*', re.IGNORECASE)


def read_table(content: bytes, *, most_rows: int, most_opened: int) -> tuple[dict[str, Any], bytes]:
    """Answer in JSON the number and the texts of each row that is not empty, and the numbers of those that are hidden.

    ``most_opened`` is how many bytes a workbook may hold once opened. Raises ``FileRefused``.
    """
    stream, head = io.BytesIO(content), content[:16]
    left_out: list[int] = []
    try:
        if head.startswith(ZIP):
            with workbook_rows(stream=stream, most_opened=most_opened) as (shown, left_out):
                rows = _filled(shown, most=most_rows)
        else:
            rows = _filled(_csv_rows(stream=stream, head=head), most=most_rows)
    except UnreadableFile as error:
        raise FileRefused(error.message) from error
    return {}, json.dumps({"rows": rows, "left_out": left_out}).encode()


def _filled(every_row: Iterator[tuple[int, list[str]]], *, most: int) -> list[tuple[int, list[str]]]:
    rows: list[tuple[int, list[str]]] = []
    left = MOST_TEXT
    for number, texts in every_row:
        if not any(texts):
            continue
        rows.append((number, texts))
        left -= sum(map(len, texts)) + len(texts)
        if left < 0:
            raise UnreadableFile("Ce fichier contient trop de texte : coupez-le en plusieurs.")
        if len(rows) >= most:
            break
    return rows


def _csv_rows(*, stream: IO[bytes], head: bytes) -> Iterator[tuple[int, list[str]]]:
    if head.startswith((BOM_UTF16_BE, BOM_UTF16_LE)):
        raise UnreadableFile("Ce fichier est en UTF-16 : enregistrez-le en « CSV UTF-8 » ou en .xlsx.")
    texts = _texts(stream, encoding=_encoding_of(stream))
    first = list(islice(texts, LINES_LOOKED_AT))
    said = _SEPARATOR_LINE.fullmatch(first[0]) if first else None
    if said:
        # For spreadsheets, which obey it and do not show it: the numbers of lines are theirs.
        del first[0]
    delimiter = said["sign"] if said else _delimiter_of(first)
    rows = csv.reader(chain(first, texts), delimiter=delimiter, strict=True)
    try:
        for row in rows:
            if len(row) > MAX_CELLS and any(row[MAX_CELLS:]):
                raise UnreadableFile(f"Ligne {rows.line_num} : plus de {MAX_CELLS} colonnes.")
            yield rows.line_num, [as_meant(cell) for cell in row[:MAX_CELLS]]
    except csv.Error as error:
        raise UnreadableFile(
            f"Le fichier n’est pas un CSV bien formé, vers la ligne {rows.line_num} : {error}."
        ) from error


def _delimiter_of(lines: list[str]) -> str:
    """The sign that parts most headings, a title above them left aside; failing all, the first line's most frequent."""
    header = lines[0] if lines else ""
    return max(
        _DELIMITERS, key=lambda sign: (max(map(partial(_headings, sign=sign), lines), default=0), header.count(sign))
    )


def _headings(line: str, *, sign: str) -> int:
    return len(known_headings([cell.strip().strip('"') for cell in line.split(sign)[:MAX_CELLS]]))


def _texts(stream: IO[bytes], *, encoding: str) -> Iterator[str]:
    """The lines of the file. The stream stays its owner's: nothing here closes it, or minds that it was closed."""
    first = stream.readline()
    yield first.removeprefix(BOM_UTF8).decode(encoding)
    # Not « for line in stream »: the files of a form begin again from their start then.
    for line in iter(stream.readline, b""):
        yield line.decode(encoding)


def _encoding_of(stream: IO[bytes]) -> str:
    """UTF-8 when the whole file is, Windows' French encoding otherwise."""
    for encoding in ("utf-8", "cp1252"):
        stream.seek(0)
        decoder = getincrementaldecoder(encoding)()
        try:
            while chunk := stream.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        stream.seek(0)
        return encoding
    raise UnreadableFile("L’encodage du fichier n’est ni UTF-8 ni celui de Windows : enregistrez-le en « CSV UTF-8 ».")
