"""Reading the lines of a table, CSV or XLSX, opened in a process of its own."""

import io
import json
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from django.conf import settings

from hub.files import FileRefused
from hub.files.apart import look
from hub.files.kinds import PDF, PNG, ZIP
from initiatives.bulk.columns import LINES_LOOKED_AT, columns, columns_of, known_headings
from initiatives.bulk.tables import UnreadableFile, read_table

MAX_BYTES = 50 * 1024 * 1024
MAX_LINES = 20_000
LONGEST_CELL = 100_000  # characters


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of the file. ``number`` counts from 1, headings included; ``cells`` are texts by column key."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class SourceTable:
    """The lines of a file, to be read once, and the numbers of those that it hides, which are left out."""

    lines: Iterator[SourceLine]
    hidden: tuple[int, ...] = ()


def read_lines(*, stream: IO[bytes]) -> Iterator[SourceLine]:
    return read_source(stream=stream).lines


def read_source(*, stream: IO[bytes]) -> SourceTable:
    """Return the lines of a file: what stands above the headings, empty lines and those a filter hides left aside.

    Columns that the file does not have are absent from the cells. Raises ``UnreadableFile``, at once or on the way.
    """
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if not size:
        raise UnreadableFile("Le fichier est vide.")
    if size > MAX_BYTES:
        raise UnreadableFile(f"Le fichier est trop lourd : {MAX_BYTES // 2**20} Mo au plus. Coupez-le en plusieurs.")
    head = stream.read(16)
    stream.seek(0)
    if head.startswith((PDF, PNG)) or (b"\0" in head and not head.startswith((ZIP, BOM_UTF16_BE, BOM_UTF16_LE))):
        # A picture, an older workbook: a table begins with the words of its headings.
        raise UnreadableFile("Ce fichier n’est ni un CSV ni un classeur .xlsx. Partez du modèle.")
    rows, hidden = _rows(stream.read(MAX_BYTES + 1))
    start, keys = _heading_row(rows)
    first = rows[start][0] if rows else 0
    return SourceTable(_lines(rows[start + 1 :], keys=keys), tuple(number for number in hidden if number > first))


def count_lines(*, stream: IO[bytes]) -> int:
    return sum(1 for _line in read_lines(stream=stream))


def _rows(content: bytes) -> tuple[list[tuple[int, list[str]]], list[int]]:
    """The rows that are not empty, a few more than are taken at most, and the numbers of those that are hidden."""
    # The headings and what is above them, and a line too many.
    most = {"most_rows": MAX_LINES + LINES_LOOKED_AT + 1, "most_opened": settings.PARTNER_ARCHIVE_MAX_BYTES}
    try:
        _facts, answer = look(read_table, content, **most)
    except FileRefused as refusal:
        raise UnreadableFile(refusal.message) from refusal
    table = json.loads(answer)
    return [(int(number), [str(text) for text in texts]) for number, texts in table["rows"]], table["left_out"]


def _heading_row(rows: list[tuple[int, list[str]]]) -> tuple[int, list[str]]:
    """The place of the headings, a title or notes above them left aside, and the column each names."""
    if not rows:
        raise UnreadableFile("Le fichier n’a pas de ligne d’en-têtes. Partez du modèle.")
    known = [len(known_headings(texts)) for _number, texts in rows[:LINES_LOOKED_AT]]
    start = known.index(max(known))
    return start, _keys_of(rows[start][1])


def _lines(rows: list[tuple[int, list[str]]], *, keys: list[str]) -> Iterator[SourceLine]:
    if len(rows) > MAX_LINES:
        raise UnreadableFile(f"Plus de {MAX_LINES} lignes : coupez le fichier en plusieurs.")
    for number, texts in rows:
        if any(texts[len(keys) :]):
            raise UnreadableFile(f"Ligne {number} : plus de valeurs que d’en-têtes. Le séparateur est-il le bon ?")
        cells = dict(zip(keys, [*texts, *[""] * (len(keys) - len(texts))], strict=False))
        yield SourceLine(number, {key: cells[key] for key in keys if key})


def _keys_of(headings: list[str]) -> list[str]:
    """Return the column each heading names. Raises ``UnreadableFile`` when one is unknown, missing or twice there."""
    while headings and not headings[-1]:
        headings = headings[:-1]
    found = columns_of(headings)
    unknown = [heading[:60] or "(vide)" for heading, column in zip(headings, found, strict=True) if column is None]
    if not any(found):
        raise UnreadableFile("Les premières lignes n’ont aucun en-tête connu. Partez du modèle.")
    if unknown:
        listed = ", ".join(f"« {heading} »" for heading in unknown[:10])
        raise UnreadableFile(
            f"En-tête inconnu : {listed}. Renommez ces colonnes comme dans le modèle, ou supprimez-les."
        )
    keys = [column.key for column in found if column is not None]
    known = columns()
    if doubles := sorted({known[key].heading for key in keys if keys.count(key) > 1}):
        raise UnreadableFile(f"En-tête présent deux fois : {', '.join(doubles)}.")
    if missing := [column.heading for column in known.values() if column.is_required and column.key not in keys]:
        raise UnreadableFile(f"Colonne obligatoire absente : {', '.join(missing)}.")
    return keys
