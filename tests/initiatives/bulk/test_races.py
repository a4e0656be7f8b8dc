"""Imports, and structures proposed, at the same moment."""

import io

import pytest
from django.urls import reverse

from hub.vocabulary.models import Organisation
from initiatives.bulk.jobs import advance, confirm, receive_file, results_of
from initiatives.drafts import create_draft
from initiatives.enums import ImportOutcome, ImportPhase
from initiatives.models import BulkImport, InitiativeIndexPage, InitiativePage
from tests.factories import MembershipFactory, OrganisationFactory, OrganisationKindFactory, UserFactory, build_home
from tests.initiatives.bulk.conftest import csv_bytes, sheet
from tests.initiatives.space.step_pages import Writer, row
from tests.support.at_once import at_once, need_postgresql

NEW = "Les Toits du Gessien (partenaire)"


@pytest.fixture
def adil(transactional_db):
    need_postgresql()
    build_home()
    OrganisationKindFactory(slug="association")
    return OrganisationFactory(name="ADIL de l’Ain")


@pytest.fixture
def awa(adil):
    return MembershipFactory(user=UserFactory(email="awa@adil.example"), organisation=adil).user


def ready(*, lines, user, organisation) -> BulkImport:
    """An import that was checked and confirmed."""
    job = receive_file(
        stream=io.BytesIO(csv_bytes(lines)), name="f.csv", user=user, organisation=organisation, is_to_submit=False
    )
    while job.phase == ImportPhase.CHECKING:
        job = advance(job=job, seconds=60)
    return confirm(job=job)


def index_held():
    return InitiativeIndexPage.objects.select_for_update().get()


def test_two_imports_of_one_person_at_once_write_every_sheet_once(adil, awa):
    lines = [sheet(number, partenaires=NEW) for number in range(4)]
    jobs = [ready(lines=lines, user=awa, organisation=adil) for _ in range(2)]
    done = at_once(*(lambda job=job: advance(job=job, seconds=60) for job in jobs), holding=index_held)
    assert [job.phase for job in done] == [ImportPhase.DONE] * 2
    titles = sorted(InitiativePage.objects.values_list("title", flat=True))
    assert titles == [f"Fiche numéro {number}" for number in range(4)]
    outcomes = [[result.outcome for result in results_of(job=job)] for job in done]
    for first, second in zip(*outcomes, strict=True):
        assert sorted([first, second]) in (
            sorted([ImportOutcome.CREATED, ImportOutcome.REFUSED]),
            sorted([ImportOutcome.CREATED, ImportOutcome.UNCHANGED]),
        )
    assert Organisation.objects.filter(name="Les Toits du Gessien").count() == 1
    again = ready(lines=lines, user=awa, organisation=adil)
    again = advance(job=again, seconds=60)
    assert {result.outcome for result in results_of(job=again)} == {ImportOutcome.UNCHANGED}


def test_two_windows_that_go_on_with_one_import_share_its_lines(adil, awa):
    job = ready(lines=[sheet(number) for number in range(4)], user=awa, organisation=adil)
    done = at_once(*([lambda: advance(job=job, seconds=60)] * 2), holding=index_held)
    assert [one.phase for one in done] == [ImportPhase.DONE] * 2
    assert [result.outcome for result in results_of(job=job)] == [ImportOutcome.CREATED] * 4
    assert InitiativePage.objects.count() == 4


def test_two_colleagues_who_propose_one_structure_at_once_propose_it_once(adil, awa, client_of):
    kind = OrganisationKindFactory(slug="association")
    boris = MembershipFactory(user=UserFactory(email="boris@adil.example"), organisation=adil).user
    writers = [
        Writer(client=client_of(user), user=user, sheet=create_draft(user=user, organisation=adil))
        for user in (awa, boris)
    ]
    new = row("partnerships", "0", organisation="Les Toits", kind=str(kind.pk), role="partenaire", contribution="")
    forms = [{**writer.open("partenaires"), **new} for writer in writers]

    def saving(number):
        return lambda: writers[number].send("partenaires", forms[number])

    # Whoever writes a structure waits for its kind.
    held = lambda: type(kind).objects.select_for_update().get(pk=kind.pk)  # noqa: E731
    answers = at_once(saving(0), saving(1), holding=held)
    assert [getattr(answer, "status_code", answer) for answer in answers] == [302, 302]
    proposed = Organisation.objects.get(name="Les Toits")
    for writer in writers:
        assert [part.organisation for part in writer.text().partnerships.all()] == [proposed]
        assert writer.client.get(reverse("sheet", args=[writer.sheet.pk])).status_code == 200
