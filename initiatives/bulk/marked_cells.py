"""What a sheet of a workbook says beside its values: the rows it hides, the formulas that hold no value, the errors.

The reader of values (openpyxl, row by row) keeps none of it, and takes a formula without a value for an empty cell.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO
from xml.parsers.expat import ErrorString, ExpatError, ParserCreate

_COLUMN = re.compile(r"([A-Z]{1,3})\d+", re.ASCII)
# Most sheets have nothing to tell: they are not read a second time, tag by tag.
_HAS_SOMETHING = re.compile(rb"""<(?:\w+:)?(?:row\b[^<>]*\bhidden=["'](?:1|true)|f[\s/>]|c\b[^<>]*\bt=["']e["'])""")
_LONGEST_TAG = 2_000
_PIECE = 256 * 1024
_TRUE = {"1", "true"}
_MOST_NAMED = 5


@dataclass(slots=True)
class MarkedCells:
    """Numbers of the rows that are not shown; names of cells (« B2 »), among the rows that are, a few of each."""

    hidden_rows: set[int] = field(default_factory=set)
    without_value: list[str] = field(default_factory=list)
    in_error: list[str] = field(default_factory=list)


def marked_cells(*, opened: Callable[[], IO[bytes]]) -> MarkedCells:
    """Read the XML of a sheet, which ``opened`` opens.

    Raises:
        ValueError: when it is no XML.
    """
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
        self.cell = ""
        self.kind = ""
        self.is_hidden = self.has_formula = self.has_value = False
        self.parser = ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(" ")[2]:
            case "row":
                number = attributes.get("r", "")
                self.row = int(number) if number.isdecimal() else self.row + 1
                self.is_hidden = attributes.get("hidden", "") in _TRUE
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
    """Return the names of a few cells, and that there are more."""
    return ", ".join(names[:_MOST_NAMED]) + (", …" if len(names) > _MOST_NAMED else "")
