"""Reading a workbook (.xlsx): what it unfolds into is looked at before it is opened."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from hub.files.archives import open_archive
from hub.files.enums import DocumentKind
from hub.files.office import check_office
from hub.files.refusal import FileRefused
from initiatives.bulk.escaping import as_meant
from initiatives.bulk.marked_cells import MarkedCells, listed, marked_cells
from initiatives.bulk.refusal import UnreadableFile

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


@dataclass(slots=True)
class WorkbookRows:
    """The rows of a sheet that are shown, (number, texts) each; ``left_out``, once they are read, those that are not.

    A hidden row that holds nothing is nowhere: some hide all that is under their table.
    """

    rows: Iterator[tuple[int, list[str]]]
    left_out: list[int]


@contextmanager
def workbook_rows(*, stream: IO[bytes], most_opened: int) -> Iterator[WorkbookRows]:
    """Open the sheet « Fiches », or the first that is shown. A formula is the value that the file holds of it.

    Raises:
        UnreadableFile: for what is not a workbook, is protected, holds macros, unfolds into too much, or has formulas
            that were never computed; here, or while the rows are read.
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
        yield WorkbookRows(_rows(sheet, hidden=_marked(book, sheet).hidden_rows, left_out=left_out), left_out)
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
