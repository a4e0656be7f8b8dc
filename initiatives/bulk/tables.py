"""Opening a table, CSV or XLSX, in the process that looks at files: its rows are answered together."""

import csv
import io
import json
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Generator, Iterator
from functools import partial
from itertools import chain, islice
from typing import IO, Any

from hub.files.refusal import FileRefused
from initiatives.bulk.columns import LINES_LOOKED_AT, known_headings
from initiatives.bulk.escaping import as_meant
from initiatives.bulk.refusal import UnreadableFile
from initiatives.bulk.workbooks import MAX_CELLS, workbook_rows

MOST_TEXT = 40 * 1024 * 1024  # characters of all cells together

_DELIMITERS = ";,\t"
_CHUNK = 64 * 1024
_SEPARATOR_LINE = re.compile(r'"?sep=(?P<sign>[;,\t|])"?[;,\t]*\s*', re.IGNORECASE)
_ZIP = b"PK\x03\x04"


def read_table(content: bytes, *, most_rows: int, most_opened: int) -> tuple[dict[str, Any], bytes]:
    """Answer in JSON the number and the texts of each row that is not empty, and the numbers of those that are hidden.

    ``most_rows`` at most: the rows that a workbook hides are left out. ``most_opened`` is how many bytes a workbook may
    hold once opened.

    Raises:
        FileRefused: for what is no table, is protected or dangerous, or holds too much text.
    """
    stream, head = io.BytesIO(content), content[:16]
    left_out: list[int] = []
    try:
        if head.startswith(_ZIP):
            with workbook_rows(stream=stream, most_opened=most_opened) as sheet:
                rows, left_out = _filled(sheet.rows, most=most_rows), sheet.left_out
        else:
            rows = _filled(_csv_rows(stream=stream, head=head), most=most_rows)
    except UnreadableFile as error:
        raise FileRefused(str(error)) from error
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


def _csv_rows(*, stream: IO[bytes], head: bytes) -> Generator[tuple[int, list[str]], None, None]:
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
    """The sign that parts the headings: they are the line, a title above them left aside, where it parts most of them.

    Failing all headings, the most frequent of the first line.
    """
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
