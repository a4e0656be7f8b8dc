"""Reading a table line by line, CSV or XLSX: one line in memory at a time, nothing dangerous opened."""

import csv
import io
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import IO

from hub.territories.names import normalise_name
from initiatives.bulk.columns import BY_HEADING, BY_KEY
from initiatives.bulk.escaping import as_meant
from initiatives.bulk.refusal import UnreadableFile
from initiatives.bulk.workbooks import workbook_rows

MAX_BYTES = 50 * 1024 * 1024
MAX_LINES = 20_000
LONGEST_CELL = 100_000  # characters

_DELIMITERS = ";,\t"
_CHUNK = 64 * 1024
_NO_TABLES = (b"%PDF", b"\x89PNG")
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of the file. ``number`` counts from 1, headings included; ``cells`` are texts by column key."""

    number: int
    cells: dict[str, str]


def read_lines(*, stream: IO[bytes]) -> Iterator[SourceLine]:
    """Yield the lines of a file, headings and empty lines aside.

    Columns that the file does not have are absent from the cells. Whether a file is CSV or XLSX is read off its
    content.

    Raises:
        UnreadableFile: at once for a file that is not a table of sheets, or on the way, when it stops being one.
    """
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if not size:
        raise UnreadableFile("Le fichier est vide.")
    if size > MAX_BYTES:
        raise UnreadableFile(f"Le fichier est trop lourd : {MAX_BYTES // 2**20} Mo au plus. Coupez-le en plusieurs.")
    head = stream.read(16)
    stream.seek(0)
    if head.startswith(_NO_TABLES) or (b"\0" in head and not head.startswith((_ZIP, BOM_UTF16_BE, BOM_UTF16_LE))):
        # A picture, an older workbook: a table begins with the words of its headings.
        raise UnreadableFile("Ce fichier n’est ni un CSV ni un classeur .xlsx. Partez du modèle.")
    rows = workbook_rows(stream=stream) if head.startswith(_ZIP) else _csv_rows(stream=stream, head=head)
    return _lines(rows)


def count_lines(*, stream: IO[bytes]) -> int:
    """Return how many lines ``read_lines`` yields, for a progress bar. Raises ``UnreadableFile`` as it does."""
    return sum(1 for _line in read_lines(stream=stream))


def _lines(rows: Iterator[tuple[int, list[str]]]) -> Iterator[SourceLine]:
    keys: list[str] | None = None
    count = 0
    for number, texts in rows:
        if not any(texts):
            continue
        if keys is None:
            keys = _keys_of(texts)
            continue
        count += 1
        if count > MAX_LINES:
            raise UnreadableFile(f"Plus de {MAX_LINES} lignes : coupez le fichier en plusieurs.")
        if any(texts[len(keys) :]):
            raise UnreadableFile(f"Ligne {number} : plus de valeurs que d’en-têtes. Le séparateur est-il le bon ?")
        cells = dict(zip(keys, [*texts, *[""] * (len(keys) - len(texts))], strict=False))
        yield SourceLine(number, {key: cells[key] for key in keys if key})
    if keys is None:
        raise UnreadableFile("Le fichier n’a pas de ligne d’en-têtes. Partez du modèle.")


def _keys_of(headings: list[str]) -> list[str]:
    """Return the column each heading names. Raises ``UnreadableFile`` when one is unknown, missing or twice there."""
    while headings and not headings[-1]:
        headings = headings[:-1]
    columns = [BY_HEADING.get(normalise_name(heading)) for heading in headings]
    unknown = [heading[:60] or "(vide)" for heading, column in zip(headings, columns, strict=True) if column is None]
    if not any(columns):
        raise UnreadableFile("La première ligne n’a aucun en-tête connu. Partez du modèle.")
    if unknown:
        listed = ", ".join(f"« {heading} »" for heading in unknown[:10])
        raise UnreadableFile(
            f"En-tête inconnu : {listed}. Renommez ces colonnes comme dans le modèle, ou supprimez-les."
        )
    keys = [column.key for column in columns if column is not None]
    if doubles := sorted({BY_KEY[key].heading for key in keys if keys.count(key) > 1}):
        raise UnreadableFile(f"En-tête présent deux fois : {', '.join(doubles)}.")
    if missing := [column.heading for column in BY_KEY.values() if column.is_required and column.key not in keys]:
        raise UnreadableFile(f"Colonne obligatoire absente : {', '.join(missing)}.")
    return keys


def _csv_rows(*, stream: IO[bytes], head: bytes) -> Generator[tuple[int, list[str]], None, None]:
    if head.startswith((BOM_UTF16_BE, BOM_UTF16_LE)):
        raise UnreadableFile("Ce fichier est en UTF-16 : enregistrez-le en « CSV UTF-8 » ou en .xlsx.")
    texts = _texts(stream, encoding=_encoding_of(stream))
    header = next(texts, "")
    delimiter = max(_DELIMITERS, key=header.count)
    rows = csv.reader(chain([header], texts), delimiter=delimiter, strict=True)
    try:
        for row in rows:
            yield rows.line_num, [as_meant(cell) for cell in row]
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
