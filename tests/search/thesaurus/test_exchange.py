"""The thesaurus goes to a spreadsheet and comes back as it was; each line of a file is answered for."""

import pytest

from hub.refusals import Refused
from search.enums import ThesaurusKind
from search.thesaurus.exchange import export_csv, import_csv
from search.thesaurus.models import ThesaurusEntry
from tests.factories import SchemeFactory

pytestmark = pytest.mark.django_db

FILE = (
    "sorte;mots;veulent dire aussi;compte;note\n"
    "sens-unique;cabane;bidonville | squat;oui;\n"
    "famille;aînés | séniors;;;\n"
)


def outcomes(report):
    return [line.outcome for line in report.lines]


@pytest.mark.parametrize(
    "content",
    [
        FILE.encode(),
        FILE.encode("utf-8-sig"),
        FILE.encode("cp1252"),
        ("sep=;\r\n" + FILE).encode("utf-8-sig"),
        FILE.replace(";", "\t").encode(),
        FILE.replace(";", ",").encode(),
        FILE.replace("\n", "\r\n").encode(),
    ],
)
def test_files_of_every_spreadsheet_are_read_and_a_second_time_changes_nothing(content):
    assert outcomes(import_csv(content=content, dry_run=False)) == ["ajoutée", "ajoutée"]
    assert outcomes(import_csv(content=content, dry_run=False)) == ["inchangée", "inchangée"]
    cabin, elders = ThesaurusEntry.objects.order_by("pk")
    assert (cabin.kind, cabin.meanings.splitlines()) == (ThesaurusKind.ONE_WAY, ["bidonville", "squat"])
    assert elders.wordings.splitlines() == ["aînés", "séniors"]


def test_a_dry_run_says_the_same_and_changes_nothing():
    assert outcomes(import_csv(content=FILE.encode(), dry_run=True)) == ["ajoutée", "ajoutée"]
    assert not ThesaurusEntry.objects.exists()


def test_a_changed_line_changes_its_entry_and_what_the_file_lacks_stays():
    import_csv(content=FILE.encode(), dry_run=False)
    report = import_csv(content=b"mots;veulent dire aussi;compte\nCabane;squat;non\n", dry_run=False)
    assert outcomes(report) == ["modifiée"]
    cabin = ThesaurusEntry.objects.get(kind=ThesaurusKind.ONE_WAY)
    assert (cabin.meanings, cabin.is_active) == ("squat", False)
    assert ThesaurusEntry.objects.count() == 2


def test_a_line_that_cannot_be_taken_says_why_and_the_others_pass():
    SchemeFactory(acronym="SIAO", expansion="Service intégré")
    content = (
        "mots;veulent dire aussi;compte;sorte\nde la;chien;;\nSIAO;accueil;;\nseul;;;\n"
        "toit;logis;peut-être;\nchat;chien;;autre\ntoit;logis;;\n"
    )
    report = import_csv(content=content.encode(), dry_run=False)
    assert outcomes(report) == ["refusée"] * 5 + ["ajoutée"]
    assert [line.number for line in report.lines] == [2, 3, 4, 5, 6, 7]
    assert "trop courants" in report.lines[0].reason
    assert "sigle du dispositif" in report.lines[1].reason


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01", b"un;deux\n1;2\n", b'mots\n"a', b"mots;inconnu\na;b\n", b"x" * 3_000_000]
)
def test_what_is_no_thesaurus_is_refused_in_french(content):
    with pytest.raises(Refused, match=r"fichier|en-têtes"):
        import_csv(content=content, dry_run=False)


def test_an_export_computes_nothing_in_a_spreadsheet_and_comes_back_as_it_was():
    ThesaurusEntry.objects.create(
        kind=ThesaurusKind.ONE_WAY, wordings="=cmd\n« cabane »", meanings="-bidonville", note="@somme(1)"
    )
    before = list(ThesaurusEntry.objects.values())
    text = export_csv(entries=ThesaurusEntry.objects.all())
    assert not [cell for cell in text.replace("\r\n", ";").split(";") if cell.startswith(("=", "+", "-", "@"))]
    assert outcomes(import_csv(content=text.encode(), dry_run=False)) == ["inchangée"]
    assert list(ThesaurusEntry.objects.values()) == before
