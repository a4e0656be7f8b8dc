"""An import from the administration: checked, confirmed, written a few lines at a time, and never twice."""

import io
from datetime import timedelta

import pytest
from django.utils import timezone

from hub.accounts.models import User
from initiatives.bulk import jobs
from initiatives.bulk.jobs import advance, confirm, receive_file, results_of, totals_of
from initiatives.bulk.tables import UnreadableFile
from initiatives.drafts import text_of
from initiatives.enums import ImportOutcome, ImportPhase
from initiatives.models import BulkImport, ImportLine, InitiativePage
from tests.factories import UserFactory
from tests.initiatives.bulk.conftest import csv_bytes, sheet

pytestmark = pytest.mark.django_db
ONE_LINE = 0.0  # seconds: each request does at least a line


@pytest.fixture
def claire(db) -> User:
    return UserFactory(email="claire@dihal.example")


@pytest.fixture
def receive(site, adil, claire):
    def received(lines, *, is_to_submit: bool = False) -> BulkImport:
        content = lines if isinstance(lines, bytes) else csv_bytes(lines)
        return receive_file(
            stream=io.BytesIO(content), name="fiches.csv", user=claire, organisation=adil, is_to_submit=is_to_submit
        )

    return received


def run(job: BulkImport, *, seconds: float = 60) -> BulkImport:
    phase = job.phase
    while job.phase == phase:
        job = advance(job=job, seconds=seconds)
    return job


def outcomes(job: BulkImport) -> list[str]:
    return [result.outcome for result in results_of(job=job)]


def test_a_file_is_checked_first_and_nothing_is_written(receive):
    job = run(receive([sheet(1), sheet(2, publics="Martiens")]))
    assert job.phase == ImportPhase.CHECKED
    assert outcomes(job) == [ImportOutcome.CREATED, ImportOutcome.REFUSED]
    assert not InitiativePage.objects.exists()


def test_confirmed_it_writes_what_passed_the_check(receive, claire):
    job = run(confirm(job=run(receive([sheet(1), sheet(2, publics="Martiens"), sheet(3)]))))
    assert job.phase == ImportPhase.DONE
    assert outcomes(job) == [ImportOutcome.CREATED, ImportOutcome.REFUSED, ImportOutcome.CREATED]
    assert str(totals_of(job=job)) == "3 ligne(s) : 2 créée(s), 1 refusée(s)."
    assert set(InitiativePage.objects.values_list("owner", flat=True)) == {claire.pk}
    pages = [result.page_id for result in results_of(job=job)]
    assert pages == [InitiativePage.objects.get(title="Fiche numéro 1").pk, None, pages[2]]


def test_a_few_lines_at_a_time_make_the_same_sheets(receive):
    job = receive([sheet(number) for number in range(5)])
    steps = 0
    while job.phase == ImportPhase.CHECKING:
        job = advance(job=job, seconds=ONE_LINE)
        steps += 1
    assert steps == 5 + 1
    job = confirm(job=job)
    advance(job=job, seconds=ONE_LINE)
    assert InitiativePage.objects.count() == 1
    assert InitiativePage.objects.get().title == "Fiche numéro 0"
    run(job, seconds=ONE_LINE)
    assert InitiativePage.objects.count() == 5


def test_an_identifier_met_in_an_earlier_request_is_refused(receive):
    job = run(receive([sheet(1), sheet(2), sheet(1, chapô="Autre")]), seconds=ONE_LINE)
    assert outcomes(job)[2] == ImportOutcome.REFUSED
    assert "déjà à la ligne 2" in list(results_of(job=job))[2].reasons


def test_a_server_that_dies_while_a_line_is_written_leaves_neither_the_sheet_nor_the_note(receive, monkeypatch):
    job = confirm(job=run(receive([sheet(1), sheet(2)])))
    save = ImportLine.save

    def dies(self, *args, **kwargs):
        if self.number == 3:
            raise SystemExit(137)
        save(self, *args, **kwargs)

    monkeypatch.setattr(ImportLine, "save", dies)
    with pytest.raises(SystemExit):
        run(job)
    assert [page.title for page in InitiativePage.objects.all()] == ["Fiche numéro 1"]
    monkeypatch.setattr(ImportLine, "save", save)
    job = run(BulkImport.objects.get())
    assert outcomes(job) == [ImportOutcome.CREATED] * 2
    assert InitiativePage.objects.count() == 2


def test_confirming_twice_writes_once(receive):
    checked = run(receive([sheet(1)]))
    run(confirm(job=checked))
    assert confirm(job=checked).phase == ImportPhase.DONE
    assert InitiativePage.objects.count() == 1


def test_it_cannot_be_confirmed_before_it_is_checked(receive):
    with pytest.raises(ValueError, match="not over"):
        confirm(job=receive([sheet(1)]))


def test_a_request_that_comes_late_does_not_check_what_is_being_written(receive):
    late = receive([sheet(1)])
    checked = run(BulkImport.objects.get())
    confirm(job=checked)
    assert advance(job=late, seconds=60).phase == ImportPhase.IMPORTING
    assert list(ImportLine.objects.values_list("outcome", flat=True)) == [""]


def test_the_same_file_again_changes_nothing_and_a_corrected_one_writes_the_rest(receive):
    run(confirm(job=run(receive([sheet(1), sheet(2, publics="Martiens")]))))
    job = run(confirm(job=run(receive([sheet(1), sheet(2, publics="Jeunes")]))))
    assert outcomes(job) == [ImportOutcome.UNCHANGED, ImportOutcome.CREATED]
    assert [str(one) for one in text_of(sheet=InitiativePage.objects.get(title="Fiche numéro 2")).audiences.all()] == [
        "Jeunes"
    ]


def test_what_a_database_cannot_keep_is_refused_by_name(receive):
    job = run(receive([sheet(1, titre="a\x00b", contexte="c\x00d"), {**sheet(2), "identifiant": "\x00"}]))
    assert outcomes(job) == [ImportOutcome.REFUSED] * 2
    typed, identifier = results_of(job=job)
    assert "nul" in typed.reasons
    assert "caractère interdit" in identifier.reasons


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"identifiant;titre\n", "que des en-têtes"), (b"bonjour\n", "aucun en-tête connu"), (b"", "vide")],
)
def test_a_file_that_is_not_one_leaves_nothing_behind(receive, content, reason):
    with pytest.raises(UnreadableFile, match=reason):
        receive(content)
    assert not BulkImport.objects.exists()


def test_a_file_too_long_for_the_screen_is_refused_with_the_way_out(receive, monkeypatch):
    monkeypatch.setattr(jobs, "MAX_LINES", 2)
    with pytest.raises(UnreadableFile, match="ligne de commande"):
        receive([sheet(number) for number in range(3)])
    assert not BulkImport.objects.exists()
    assert not ImportLine.objects.exists()


def test_lines_are_forgotten_after_a_month_and_sheets_stay(receive):
    old = run(confirm(job=run(receive([sheet(1)]))))
    BulkImport.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=31))
    receive([sheet(2)])
    assert not BulkImport.objects.filter(pk=old.pk).exists()
    assert InitiativePage.objects.count() == 1
