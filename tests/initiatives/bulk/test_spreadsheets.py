"""What people's tables say beside their values: formulas, hidden rows and sheets, titles, signs, lines in a cell."""

import io
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from hub.pages.enums import FigureQualifier
from initiatives.bulk.reading import SourceLine, read_source
from initiatives.bulk.tables import UnreadableFile
from initiatives.bulk.values import Problem, Reference, read_figure, read_values
from initiatives.models import BulkImport, InitiativePage
from tests.initiatives.bulk.spreadsheets import Formula, Hidden, Program, Sheet, workbook

HEADINGS = ["identifiant", "titre", "chapô"]
every_program = pytest.mark.parametrize("program", Program)


def read(content: bytes) -> list[dict[str, str]]:
    return [line.cells for line in read_source(stream=io.BytesIO(content)).lines]


@every_program
def test_a_formula_is_the_value_the_file_holds(program):
    rows = [HEADINGS, [Formula('"F-"&ROW()', "F-2"), Formula("A1", "Une maison"), Formula('IF(1=2,"x","")', "")]]
    found = read(workbook([Sheet("Feuil1", rows)], program=program))
    assert found == [{"external_id": "F-2", "title": "Une maison", "summary": ""}]


@every_program
def test_a_formula_that_was_never_computed_is_refused_with_the_way_out(program):
    rows = [HEADINGS, ["F-1", Formula('"Une "&"maison"'), ""]]
    with pytest.raises(UnreadableFile, match=r"\(B2\).*enregistrez-le.*valeurs seules"):
        read(workbook([Sheet("Feuil1", rows)], program=program))


@every_program
def test_an_error_of_the_spreadsheet_is_not_a_text(program):
    rows = [HEADINGS, ["F-1", Formula("#REF!+1", "#REF!", is_error=True), ""]]
    with pytest.raises(UnreadableFile, match=r"erreur du tableur \(B2\)"):
        read(workbook([Sheet("Feuil1", rows)], program=program))


@every_program
def test_the_first_sheet_that_is_shown_is_read_whatever_stands_above_its_headings(program):
    sheets = [
        Sheet("Listes", [["Publics"], ["Jeunes"]], is_hidden=True),
        Sheet("Suivi", [["Nos fiches, au 1er mars"], [], ["À relire, titre compris"], HEADINGS, ["F-1", "Une", ""]]),
        Sheet("Feuil3", [["identifiant", "titre"], ["F-9", "Une autre"]]),
    ]
    assert read(workbook(sheets, program=program)) == [{"external_id": "F-1", "title": "Une", "summary": ""}]


def test_a_workbook_that_shows_no_sheet_is_refused():
    with pytest.raises(UnreadableFile, match="aucune feuille visible"):
        read(workbook([Sheet("Fiches", [HEADINGS], is_hidden=True)]))


@every_program
def test_the_rows_a_filter_hides_are_left_out_and_counted(program):
    rows = [HEADINGS, ["F-1", "Vue"], Hidden(["F-2", "Cachée"]), Hidden([]), ["F-3", "Vue"], Hidden(["F-4", "Cachée"])]
    source = read_source(stream=io.BytesIO(workbook([Sheet("Fiches", rows)], program=program)))
    assert [line.cells["external_id"] for line in source.lines] == ["F-1", "F-3"]
    assert source.hidden == (3, 6)  # an empty row hides nothing


@pytest.mark.django_db
def test_both_doors_say_how_many_hidden_rows_they_left_out(site, client_of, admin_user, tmp_path, capsys):
    content = workbook([Sheet("Fiches", [HEADINGS, ["F-1", "Vue", ""], Hidden(["F-2", "Cachée", ""])])])
    path = tmp_path / "fiches.xlsx"
    path.write_bytes(content)
    call_command("import_initiatives", path)
    assert "1 ligne masquée ou filtrée est laissée de côté (3)" in capsys.readouterr().out
    assert [page.title for page in InitiativePage.objects.all()] == ["Vue"]
    with path.open("rb") as stream:
        shown = client_of(admin_user).post(reverse("bulk-import"), {"file": stream}, follow=True).content.decode()
    assert "1 ligne masquée ou filtrée du classeur est laissée de côté" in shown
    assert BulkImport.objects.get().lines.count() == 1


@pytest.mark.django_db
def test_a_file_whose_rows_are_all_hidden_says_so(site, client_of, admin_user):
    file = io.BytesIO(workbook([Sheet("Fiches", [HEADINGS, Hidden(["F-1", "Cachée", ""])])]))
    file.name = "fiches.xlsx"
    shown = client_of(admin_user).post(reverse("bulk-import"), {"file": file}).content.decode()
    assert "1 ligne masquée ou filtrée est laissée de côté (2)" in shown


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;", "sep=;;;"])
def test_the_line_that_tells_a_spreadsheet_its_separator_is_obeyed_and_skipped(first):
    content = f"\ufeff{first}\r\nidentifiant;titre\r\nF-1;Ici, là, et là-bas\r\n".encode()
    assert read(content) == [{"external_id": "F-1", "title": "Ici, là, et là-bas"}]
    assert read(b"sep=|\nidentifiant|titre\nF-1|A;B\n") == [{"external_id": "F-1", "title": "A;B"}]


def test_a_title_above_the_headings_of_a_csv_is_looked_past():
    content = b"Fiches, ADIL, 2026, version 2\n\nidentifiant;titre\nF-1;Une\n"
    assert read(content) == [{"external_id": "F-1", "title": "Une"}]


@pytest.mark.parametrize(
    ("number", "qualifier"),
    [
        ("300", FigureQualifier.EXACT),
        ("~ 300", FigureQualifier.ABOUT),
        ("≈300", FigureQualifier.ABOUT),
        ("env. 300", FigureQualifier.ABOUT),
        ("> 300", FigureQualifier.MORE_THAN),
        ("Plus de 300", FigureQualifier.MORE_THAN),
        ("plus d’300", FigureQualifier.MORE_THAN),
        ("< 300", FigureQualifier.LESS_THAN),
        ("moins de 300", FigureQualifier.LESS_THAN),
        ("près de 300", FigureQualifier.NEARLY),
    ],
)
def test_the_sign_before_a_figure_is_kept(number, qualifier):
    figure = read_figure(text=f"{number} | ménages | logés")
    assert (figure.qualifier, int(figure.value)) == (qualifier, 300)


@pytest.mark.parametrize("number", ["≤ 300", ">> 300", "# 300", "? 300", "300 ?", "300 ~", "> environ 300", "-> 300"])
def test_a_sign_that_is_not_understood_is_refused_never_dropped(number):
    with pytest.raises(ValueError, match="n’est pas un nombre"):
        read_figure(text=f"{number} | ménages | logés")


def understood(key: str, written: str) -> tuple[object, list[Problem]]:
    line = SourceLine(2, {key: written})
    values, problems = read_values(line=line, reference=Reference(), default_steward=None)
    text = InitiativePage()
    if not problems:
        values.write(text)
    return getattr(text, key), problems


@pytest.mark.django_db
@pytest.mark.parametrize(
    "written",
    ["24/11/2022", "24/11/22", "24-11-2022", "24.11.2022", "2022-11-24", "24 novembre 2022", "44889", "44889,5"],
)
def test_a_day_is_read_as_people_and_spreadsheets_write_it(written):
    assert understood("original_published_on", written) == (date(2022, 11, 24), [])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "written", ["11/24/2022", "24/11", "novembre 2022", "31/02/2022", "24/11/98", "hier", "448890"]
)
def test_a_day_that_is_not_understood_is_refused_with_what_was_written(written):
    day, (problem,) = understood("original_published_on", written)
    assert (day, problem.heading, problem.text) == (None, "publié à l’origine le", written)


@pytest.mark.django_db
@pytest.mark.parametrize(("written", "kept"), [("612345678", "0612345678"), ("+33 6 12 34 56 78", "+33 6 12 34 56 78")])
def test_the_first_zero_of_a_telephone_comes_back(written, kept):
    assert understood("contact_phone", written) == (kept, [])


@pytest.mark.django_db
def test_links_of_a_cell_still_lead_to_the_site():
    html = '<p>Voir <a href="/ateliers/">les ateliers</a>.</p>'
    assert understood("context", "Voir [les ateliers](/ateliers/).") == (html, [])


@pytest.mark.django_db
@every_program
def test_lines_and_lists_in_a_cell_stay_lines_and_lists(program):
    rows = [
        ["identifiant", "titre", "fonctionnement", "leviers"],
        ["F-1", "Une", "Deux temps :\n• voir\n• faire", "Une équipe\nUn budget"],
    ]
    (cells,) = read(workbook([Sheet("Fiches", rows)], program=program))
    html = "<p>Deux temps :</p><ul><li>voir</li><li>faire</li></ul>"
    assert understood("operation", cells["operation"]) == (html, [])
    assert understood("levers", cells["levers"]) == ("<p>Une équipe<br/>Un budget</p>", [])


@pytest.mark.django_db
def test_the_command_refuses_with_the_same_words(site, tmp_path):
    path = tmp_path / "fiches.xlsx"
    path.write_bytes(workbook([Sheet("Fiches", [HEADINGS, ["F-1", Formula("1+1"), ""]])]))
    with pytest.raises(CommandError, match="Une formule n’a pas de valeur"):
        call_command("import_initiatives", path)
