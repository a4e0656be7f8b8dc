"""The template to download: the columns, what may be written in them, the values of the closed lists."""

import io
from collections.abc import Iterator

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from hub.vocabulary.models import Audience, Axis, Organisation, Scheme
from initiatives.bulk.columns import COLUMNS
from initiatives.bulk.escaping import as_data, csv_line
from initiatives.bulk.workbooks import SHEET_NAME
from initiatives.enums import InitiativeStatus, PartnershipRole

_WIDTH = 28
_EXPLANATION_WIDTH = 90


def csv_template() -> bytes:
    """Return the headings alone, in UTF-8 that spreadsheets recognise, separated by semicolons."""
    return csv_line(column.heading for column in COLUMNS).encode("utf-8-sig")


def workbook_template() -> bytes:
    """Return a workbook: a sheet to fill, one that explains the columns, one of the values they take today."""
    book = Workbook()
    sheets = book.active
    sheets.title = SHEET_NAME
    sheets.append([column.heading for column in COLUMNS])
    sheets.freeze_panes = "A2"
    explanations = book.create_sheet("Mode d’emploi")
    explanations.append(["colonne", "obligatoire", "ce qu’on y écrit", "exemple"])
    for column in COLUMNS:
        cells = [column.heading, "oui" if column.is_required else "", column.explanation, column.example]
        explanations.append([as_data(cell) for cell in cells])
    values = book.create_sheet("Valeurs")
    values.append(["colonne", "valeur", "identifiant"])
    for row in _allowed_values():
        values.append([as_data(cell) for cell in row])
    for sheet in (sheets, explanations, values):
        for cell in sheet[1]:
            cell.font = Font(bold=True)
            sheet.column_dimensions[cell.column_letter].width = _WIDTH
    explanations.column_dimensions["C"].width = _EXPLANATION_WIDTH
    for (cell,) in explanations.iter_rows(min_col=3, max_col=3):
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _allowed_values() -> Iterator[tuple[str, str, str]]:
    for status in InitiativeStatus:
        yield "état d’avancement", str(status.label), status.value
    for role in PartnershipRole:
        yield "partenaires (rôle)", str(role.label), role.value
    for heading, rows in (("publics", Audience.objects.all()), ("axes", Axis.objects.all())):
        yield from ((heading, row.label, row.slug) for row in rows)
    yield from (("dispositifs", scheme.short_label, scheme.slug) for scheme in Scheme.objects.all())
    yield from (("structure, partenaires", row.name, row.slug) for row in Organisation.objects.validated())
