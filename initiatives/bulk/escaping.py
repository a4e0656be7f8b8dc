"""Texts in a table that a spreadsheet will open: none of them may become a formula, and each is read back as it was."""

import csv
import io
from collections.abc import Iterable

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
    """Return one line of our own files."""
    line = io.StringIO(newline="")
    csv.writer(line, delimiter=DELIMITER).writerow([as_data(cell) for cell in cells])
    return line.getvalue()
