"""Workbooks as three programs write them, part by part: Excel, LibreOffice Calc, the export of Google Sheets.

openpyxl, with which other tests write theirs, says less than people's files do: it computes no formula, and none of
the three writes rows, cells and texts the way it does. What each does was read off files they wrote:

- Excel names the cells of a row (``spans``), hides with ``hidden="1"``, keeps an empty result as ``<v></v>``;
- LibreOffice says of each row what it is not (``hidden="false"``), hides with ``hidden="true"``, marks its formulas
  ``aca="false"``, names each formula's type of result;
- Google writes styled cells without content, formulas it shares between rows, and ``<v/>`` for an empty result.
"""

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"


class Program(Enum):
    """What wrote a workbook."""

    EXCEL = "Excel"
    LIBREOFFICE = "LibreOffice"
    GOOGLE = "Google Sheets"


@dataclass(frozen=True)
class Formula:
    """A cell that is computed; ``result`` is the value the file holds, ``None`` when it was never computed."""

    text: str
    result: str | int | None = None
    is_error: bool = False


@dataclass(frozen=True)
class Hidden:
    """The cells of a row that is not shown."""

    cells: Sequence[object]


Row = Sequence[object] | Hidden


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, its rows, whether it is shown."""

    name: str
    rows: Sequence[Row]
    is_hidden: bool = False


def workbook(sheets: Iterable[Sheet], *, program: Program = Program.EXCEL) -> bytes:
    """Return the file that the program would write."""
    sheets = list(sheets)
    texts: list[str] = []
    parts = {f"xl/worksheets/sheet{at}.xml": _sheet(sheet, program, texts) for at, sheet in enumerate(sheets, start=1)}
    names = "".join(
        f'<sheet name="{escape(sheet.name)}" sheetId="{at}"{_state(sheet, program)} r:id="rId{at}"/>'
        for at, sheet in enumerate(sheets, start=1)
    )
    links = "".join(
        f'<Relationship Id="rId{at}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at in range(1, len(sheets) + 1)
    )
    links += f'<Relationship Id="rId{len(sheets) + 1}" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    strings = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in texts)
    overrides = "".join(f'<Override PartName="/{name}" ContentType="{_TYPES}.worksheet+xml"/>' for name in parts)
    parts |= {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
            f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPES}.sharedStrings+xml"/>{overrides}</Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{strings}</sst>',
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, xml in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{xml}')
    return content.getvalue()


def _state(sheet: Sheet, program: Program) -> str:
    said = ' state="visible"' if program is not Program.EXCEL else ""
    return ' state="hidden"' if sheet.is_hidden else said


def _sheet(sheet: Sheet, program: Program, texts: list[str]) -> str:
    rows = "".join(_row(row, at, program, texts) for at, row in enumerate(sheet.rows, start=1))
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def _row(row: Row, at: int, program: Program, texts: list[str]) -> str:
    is_hidden = isinstance(row, Hidden)
    cells = row.cells if isinstance(row, Hidden) else row
    written = "".join(_cell(cell, f"{chr(64 + column)}{at}", program, texts) for column, cell in enumerate(cells, 1))
    match program:
        case Program.EXCEL:
            said = f' spans="1:{max(len(cells), 1)}"' + (' hidden="1"' if is_hidden else "")
        case Program.LIBREOFFICE:
            said = f' ht="15" hidden="{"true" if is_hidden else "false"}" customHeight="false"'
        case Program.GOOGLE:
            said = ' ht="15.75" customHeight="1"' + (' hidden="1"' if is_hidden else "")
    return f'<row r="{at}"{said}>{written}</row>'


def _cell(cell: object, name: str, program: Program, texts: list[str]) -> str:
    if cell is None or cell == "":
        return f'<c r="{name}" s="0"/>' if program is Program.GOOGLE else ""
    if isinstance(cell, Formula):
        return _formula(cell, name, program)
    if isinstance(cell, int):
        return f'<c r="{name}"><v>{cell}</v></c>'
    texts.append(str(cell))
    return f'<c r="{name}" t="s"><v>{len(texts) - 1}</v></c>'


def _formula(cell: Formula, name: str, program: Program) -> str:
    kind = ' t="e"' if cell.is_error else ' t="str"' if isinstance(cell.result, str) else ""
    if program is Program.LIBREOFFICE and isinstance(cell.result, int):
        kind = ' t="n"'
    said = {
        Program.EXCEL: "",
        Program.LIBREOFFICE: ' aca="false"',
        Program.GOOGLE: f' t="shared" ref="{name}:{name}" si="{name[1:]}"',
    }[program]
    empty = "<v/>" if program is Program.GOOGLE else "<v></v>"
    value = "" if cell.result is None else f"<v>{escape(str(cell.result))}</v>" if cell.result != "" else empty
    return f'<c r="{name}"{kind}><f{said}>{escape(cell.text)}</f>{value}</c>'
