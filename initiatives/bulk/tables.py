"""Opening a table, CSV or XLSX, in the process that looks at files: its rows are answered together."""

import csv
import io
import json
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Generator, Iterator
from itertools import chain
from typing import IO, Any

from hub.files.refusal import FileRefused
from initiatives.bulk.escaping import as_meant
from initiatives.bulk.refusal import UnreadableFile
from initiatives.bulk.workbooks import MAX_CELLS, workbook_rows

MOST_TEXT = 40 * 1024 * 1024  # characters of all cells together

_DELIMITERS = ";,\t"
_CHUNK = 64 * 1024
_ZIP = b"PK\x03\x04"


def read_table(content: bytes, *, most_rows: int, most_opened: int) -> tuple[dict[str, Any], bytes]:
    """Answer in JSON the number and the texts of each row that is not empty, ``most_rows`` at most.

    ``most_opened`` is how many bytes a workbook may hold once opened.

    Raises:
        FileRefused: for what is no table, is protected or dangerous, or holds too much text.
    """
    try:
        rows = _rows_of(content, most_rows=most_rows, most_opened=most_opened)
    except UnreadableFile as error:
        raise FileRefused(str(error)) from error
    return {}, json.dumps(rows).encode()


def _rows_of(content: bytes, *, most_rows: int, most_opened: int) -> list[tuple[int, list[str]]]:
    rows: list[tuple[int, list[str]]] = []
    left = MOST_TEXT
    for number, texts in _every_row(content, most_opened=most_opened):
        if not any(texts):
            continue
        rows.append((number, texts))
        left -= sum(map(len, texts)) + len(texts)
        if left < 0:
            raise UnreadableFile("Ce fichier contient trop de texte : coupez-le en plusieurs.")
        if len(rows) >= most_rows:
            break
    return rows


def _every_row(content: bytes, *, most_opened: int) -> Iterator[tuple[int, list[str]]]:
    stream, head = io.BytesIO(content), content[:16]
    if head.startswith(_ZIP):
        return workbook_rows(stream=stream, most_opened=most_opened)
    return _csv_rows(stream=stream, head=head)


def _csv_rows(*, stream: IO[bytes], head: bytes) -> Generator[tuple[int, list[str]], None, None]:
    if head.startswith((BOM_UTF16_BE, BOM_UTF16_LE)):
        raise UnreadableFile("Ce fichier est en UTF-16 : enregistrez-le en « CSV UTF-8 » ou en .xlsx.")
    texts = _texts(stream, encoding=_encoding_of(stream))
    header = next(texts, "")
    delimiter = max(_DELIMITERS, key=header.count)
    rows = csv.reader(chain([header], texts), delimiter=delimiter, strict=True)
    try:
        for row in rows:
            if len(row) > MAX_CELLS and any(row[MAX_CELLS:]):
                raise UnreadableFile(f"Ligne {rows.line_num} : plus de {MAX_CELLS} colonnes.")
            yield rows.line_num, [as_meant(cell) for cell in row[:MAX_CELLS]]
    except csv.Error as error:
        raise UnreadableFile(
            f"Le fichier n’est pas un CSV bien formé, vers la ligne {rows.line_num} : {error}."
        ) from error


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
