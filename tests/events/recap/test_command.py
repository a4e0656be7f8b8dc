"""``manage.py import_recap``: many files at once, a report for each, failures that stop nobody else."""

import subprocess
import sys
import tracemalloc
from io import BytesIO, StringIO, TextIOWrapper

import pytest
from django.core.management import CommandError, call_command

from events.models import WorkshopIndexPage, WorkshopPage
from events.recap.read.sources import MAX_BYTES
from tests.events.recap.conftest import SAMPLES

pytestmark = pytest.mark.django_db

RECAP = (
    "Retour sur le {number}e atelier de la Dihal « Sujet {number} » du 3 mars 2022\n\nCet atelier, organisé "
    "par la Dihal, a réuni "
    "plus de 90 participants.\n\nLa Gironde a témoigné.\n"
)


@pytest.fixture
def run(stocked):
    """Run the command; return its output, its errors and the message it failed with ("" when it did not)."""

    def _run(*arguments, **options):
        out, err = StringIO(), StringIO()
        try:
            call_command("import_recap", *map(str, arguments), stdout=out, stderr=err, no_color=True, **options)
        except CommandError as error:
            return out.getvalue(), err.getvalue(), str(error)
        return out.getvalue(), err.getvalue(), ""

    return _run


def write(folder, *numbers):
    paths = []
    for number in numbers:
        path = folder / f"atelier-{number}.txt"
        path.write_text(RECAP.format(number=number), encoding="utf-8")
        paths.append(path)
    return paths


def numbers():
    return sorted(WorkshopPage.objects.values_list("number", flat=True))


def test_a_file_is_imported_and_its_report_says_what_to_check(run, tmp_path):
    (path,) = write(tmp_path, 12)
    out, err, failure = run(path)
    assert failure == ""
    assert err == ""
    assert f"✓ {path} : brouillon créé : « 12e atelier : Sujet 12 »" in out
    assert "À vérifier – Territoire cité, non repris (supposé) : Gironde" in out
    assert "Attention : Aucun replay n’est mentionné." in out
    assert "1 compte(s) rendu(s) importé(s), 0 en échec." in out
    assert not WorkshopPage.objects.get().live


def test_a_dry_run_writes_nothing(run, tmp_path):
    out, _, failure = run(*write(tmp_path, 12), dry_run=True)
    assert failure == ""
    assert "Un brouillon sera créé." in out
    assert "rien n’a été écrit" in out
    assert numbers() == []


def test_what_fails_is_said_and_the_others_are_imported(run, tmp_path):
    good = write(tmp_path, 12, 13)
    (tmp_path / "photo.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 100)
    (tmp_path / "vide.txt").write_text("")
    (tmp_path / "courses.txt").write_text("du pain, du beurre\n")
    huge = tmp_path / "enorme.txt"
    with huge.open("wb") as stream:
        stream.truncate(50 * 1024 * 1024)
    bad = [tmp_path / name for name in ("photo.txt", "vide.txt", "courses.txt", "enorme.txt", "absent.txt")]
    out, err, failure = run(good[0], *bad, good[1])
    assert numbers() == [12, 13]
    assert "2 compte(s) rendu(s) importé(s), 5 en échec." in out
    assert failure.startswith("5 fichier(s)")
    for path, said in zip(bad, ["PNG", "vide", "ni numéro ni sujet", "50,0 Mo", "n’a pas pu être lu"], strict=True):
        assert any(str(path) in line and said in line for line in err.splitlines()), path.name


def test_folders_patterns_and_repeated_names_give_each_file_once(run, tmp_path):
    nested = tmp_path / "2022" / "mars"
    nested.mkdir(parents=True)
    write(tmp_path, 12)
    write(nested, 13, 14)
    (tmp_path / "notes.odt").write_bytes(b"PK\x03\x04")
    out, _, failure = run(tmp_path, nested / "atelier-13.txt", tmp_path / "**" / "atelier-14.*")
    assert failure == ""
    assert numbers() == [12, 13, 14]
    assert out.count("✓") == 3


def test_an_empty_folder_is_an_error(run, tmp_path):
    assert run(tmp_path)[2].startswith("Aucun fichier à importer")


def test_a_recap_comes_from_the_standard_input(run, monkeypatch):
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(RECAP.format(number=15).encode())))
    out, _, _ = run("-")
    assert "✓ entrée standard" in out
    assert numbers() == [15]


def test_the_standard_input_is_bounded(run, monkeypatch):
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(b"a" * (MAX_BYTES + 10))))
    _, err, failure = run("-")
    assert "trop pour un compte rendu" in err
    assert failure


def test_the_drafts_go_under_the_chosen_list(run, tmp_path):
    index = WorkshopIndexPage.objects.get()
    run(*write(tmp_path, 12), parent=str(index.pk))
    run(*write(tmp_path, 13), parent=index.slug)
    assert numbers() == [12, 13]
    assert run(*write(tmp_path, 14), parent="nulle-part")[2] == "Aucune liste d’ateliers ne répond à « nulle-part »."


def test_the_detailed_report_lists_everything(run):
    out, _, _ = run(SAMPLES / "page-drupal.html", verbosity=2)
    assert "Numéro : 94" in out
    assert "Hors texte (habillage de la page) : Mentions légales" in out
    assert "Document à téléverser : Support de présentation" in out


def test_importing_the_same_file_twice_keeps_one_draft(run, tmp_path):
    (path,) = write(tmp_path, 12)
    run(path)
    out, _, _ = run(path, path)
    assert "brouillon mis à jour" in out
    assert out.count("✓") == 1
    assert numbers() == [12]


def test_many_recaps_take_no_more_memory_than_a_few(run, tmp_path):
    write(tmp_path, *range(100, 130))
    run(tmp_path, dry_run=True)
    peaks = []
    for count in (5, 30):
        files = sorted(tmp_path.iterdir())[:count]
        tracemalloc.start()
        run(*files, dry_run=True)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.3 * peaks[0]


def test_the_exit_status_of_the_process_is_one_when_a_file_failed(tmp_path):
    """Through a real process: the database it uses is empty, so is the folder."""
    code = (
        "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'hub.settings.test'; django.setup();"
        "from django.core.management import execute_from_command_line;"
        f"execute_from_command_line(['manage.py', 'import_recap', {str(tmp_path)!r}])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "Aucun fichier à importer" in result.stderr
