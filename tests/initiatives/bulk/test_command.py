"""``manage.py import_initiatives``: what an operator types, and what is told."""

import csv

import pytest
from django.core.management import CommandError, call_command

from initiatives.models import InitiativePage
from tests.factories import UserFactory
from tests.initiatives.bulk.conftest import READY, csv_bytes, sheet, xlsx_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path):
    def made(lines, *, name: str = "fiches.csv"):
        path = tmp_path / name
        path.write_bytes(xlsx_bytes(lines) if name.endswith("xlsx") else csv_bytes(lines))
        return path

    return made


def said(capsys) -> str:
    out, err = capsys.readouterr()
    return out + err


@pytest.mark.parametrize("name", ["fiches.csv", "fiches.xlsx"])
def test_a_file_becomes_drafts(site, adil, file, capsys, name):
    user = UserFactory(email="claire@dihal.example")
    call_command(
        "import_initiatives", file([sheet(1), sheet(2)], name=name), organisation="ADIL 01", user="CLAIRE@dihal.example"
    )
    assert "2 ligne(s) : 2 créée(s)." in said(capsys)
    assert {(page.owner, page.dossier.steward, page.live) for page in InitiativePage.objects.all()} == {
        (user, adil, False)
    }


def test_a_dry_run_writes_nothing(site, file, capsys):
    call_command("import_initiatives", file([sheet(1)]), dry_run=True)
    assert "Essai à blanc, rien n’est écrit. 1 ligne(s) : 1 créée(s)." in said(capsys)
    assert not InitiativePage.objects.exists()


def test_refused_lines_are_told_and_fail_the_command_once_the_others_are_in(site, file, tmp_path, capsys):
    report = tmp_path / "rapport.csv"
    with pytest.raises(CommandError, match="1 ligne"):
        call_command("import_initiatives", file([sheet(1, publics="Martiens"), sheet(2)]), report=report)
    assert "ligne 2 (F-1) : publics « Martiens »" in said(capsys)
    assert InitiativePage.objects.count() == 1
    rows = list(csv.reader(report.read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert [row[3] for row in rows[1:]] == ["refusée", "créée"]


def test_ready_lines_go_to_the_review(site, adil, file):
    call_command("import_initiatives", file([{**sheet(1), **READY}]), organisation=adil.name, submit=True)
    assert InitiativePage.objects.get().workflow_in_progress


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"user": "personne@nulle.part"}, "aucun compte"),
        ({"organisation": "Structure inconnue"}, "aucune structure"),
        ({"file": "absent.csv"}, "absent.csv"),
    ],
)
def test_a_wrong_option_is_said_before_anything_is_done(site, file, options, reason):
    options = {"file": file([sheet(1)]), **options}
    with pytest.raises(CommandError, match=reason):
        call_command("import_initiatives", options.pop("file"), **options)
    assert not InitiativePage.objects.exists()


def test_a_file_that_is_no_table_is_refused_in_one_sentence(site, tmp_path):
    path = tmp_path / "photo.csv"
    path.write_bytes(b"\x89PNG\r\n")
    with pytest.raises(CommandError, match="ni un CSV ni un classeur"):
        call_command("import_initiatives", path)
