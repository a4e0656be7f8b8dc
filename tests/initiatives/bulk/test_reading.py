"""Files as they come: any usual CSV, any workbook, and nothing dangerous."""

import io
import zipfile

import pytest
from openpyxl import Workbook

from initiatives.bulk import reading
from initiatives.bulk.admin import csv_template, workbook_template
from initiatives.bulk.reading import read_lines
from initiatives.bulk.tables import UnreadableFile
from tests.initiatives.bulk.conftest import csv_bytes, sheet, xlsx_bytes


def cells(content: bytes) -> list[dict[str, str]]:
    return [line.cells for line in read_lines(stream=io.BytesIO(content))]


def refusal(content: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        cells(content)
    return str(caught.value)


def workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def with_part(content: bytes, name: str, data: bytes) -> bytes:
    """Return a workbook with one part replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            if part.filename != name:
                new.writestr(part, old.read(part))
        new.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_any_usual_csv_is_read(delimiter, encoding):
    lines = [sheet(1, chapô="L’été, « ici » ; là\navec une ligne")]
    found = cells(csv_bytes(lines, delimiter=delimiter, encoding=encoding))
    assert found == [{"external_id": "F-1", "title": "Fiche numéro 1", "summary": lines[0]["chapô"]}]


def test_a_workbook_reads_as_a_csv_does():
    lines = [sheet(1, **{"année de début": 2023, "chapô": "'=1+1"}), {}, sheet(2, **{"année de début": 2024.0})]
    found = cells(xlsx_bytes(lines))
    assert [line.get("start_year") for line in found] == ["2023", "2024"]
    assert found[0]["summary"] == "=1+1"


def test_lines_keep_the_number_the_spreadsheet_shows():
    found = list(read_lines(stream=io.BytesIO(xlsx_bytes([sheet(1), {}, {}, sheet(2)]))))
    assert [line.number for line in found] == [2, 5]


def test_headings_are_recognised_however_they_are_written():
    found = cells(b"Identifiant;TITRE;Annee de debut;Etat d'avancement\n1;A;2020;En cours\n")
    assert found == [{"external_id": "1", "title": "A", "start_year": "2020", "status": "En cours"}]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "vide"),
        (b"\n\n", "en-têtes"),
        (b"bonjour\nmonde\n", "aucun en-tête connu"),
        (b"identifiant;titre;prix\n1;A;2\n", "« prix »"),
        (b"identifiant;titre;titre\n1;A;B\n", "deux fois"),
        ("titre;chapô\nA;B\n".encode(), "absente : identifiant"),
        (b"identifiant;titre\n1;A;B\n", "plus de valeurs que d’en-têtes"),
        (b'identifiant;titre\n1;"A\n', "bien formé"),
        ("identifiant;titre\n".encode("utf-16"), "UTF-16"),
        (b"identifiant;titre\n1;\x81\x8d\n", "encodage"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01", "ni un CSV ni un classeur"),
        (b"%PDF-1.7\n", "ni un CSV ni un classeur"),
        (b"PK\x03\x04 not a zip", "CSV"),
        (workbook([None]), "en-têtes"),
    ],
)
def test_what_is_no_table_of_sheets_is_refused_with_the_way_out(content, reason):
    assert reason in refusal(content)


def test_a_huge_cell_is_refused():
    assert "bien formé" in refusal(csv_bytes([sheet(1, contexte="x" * 200_000)]))


def test_too_many_lines_are_refused(monkeypatch):
    monkeypatch.setattr(reading, "MAX_LINES", 2)
    assert "Plus de 2 lignes" in refusal(csv_bytes([sheet(number) for number in range(3)]))


def test_a_file_too_large_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(reading, "MAX_BYTES", 10)
    assert "trop lourd" in refusal(csv_bytes([sheet(1)]))


def test_a_workbook_that_unfolds_into_gigabytes_is_refused():
    bomb = with_part(xlsx_bytes([sheet(1)]), "xl/worksheets/sheet1.xml", b" " * 60_000_000)
    assert len(bomb) < 200_000
    assert "bombe" in refusal(bomb)


def test_a_workbook_that_declares_entities_is_refused():
    declared = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'
    refused = refusal(with_part(xlsx_bytes([sheet(1)]), "xl/worksheets/sheet1.xml", declared))
    assert "classeur" in refused


def test_a_workbook_with_macros_is_refused():
    assert "macros" in refusal(with_part(xlsx_bytes([sheet(1)]), "xl/vbaProject.bin", b"x"))


@pytest.mark.parametrize(
    "damaged", [b"<worksheet><sheetData><row><c t='s'><v>9999</v></c></row>", b"", b"not xml", b"<worksheet/>"]
)
def test_a_damaged_workbook_is_refused_in_french(damaged):
    refused = refusal(with_part(xlsx_bytes([sheet(1)]), "xl/worksheets/sheet1.xml", damaged))
    assert "classeur" in refused or "en-têtes" in refused


def test_a_workbook_that_lies_about_its_size_is_read_to_the_end():
    content = xlsx_bytes([sheet(1), sheet(2)])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        part = archive.read("xl/worksheets/sheet1.xml")
    lying = part.replace(b'<dimension ref="A1:B3"', b'<dimension ref="A1:A1"')
    assert lying != part
    assert len(cells(with_part(content, "xl/worksheets/sheet1.xml", lying))) == 2


@pytest.mark.django_db
def test_the_templates_can_be_filled_and_read_back():
    assert cells(csv_template() + b"F-1;;Une fiche\r\n")[0]["title"] == "Une fiche"
    assert cells(workbook_template()) == []
