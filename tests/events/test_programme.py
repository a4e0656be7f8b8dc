"""What was announced is not what was said: a programme makes no recap."""

import json
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from events.enums import WorkshopStage
from events.models import WorkshopPage
from tests.factories import WorkshopPageFactory
from tests.support.html import read_html, words

pytestmark = pytest.mark.django_db

PROGRAMME = [("heading", "Au programme"), ("text", "<p>14 h : trois équipes racontent.</p>")]
RECAP = [("text", "<p>Trois équipes ont raconté.</p>")]


def in_days(days: int):
    return timezone.localdate() + timedelta(days=days)


@pytest.mark.parametrize(
    ("days", "recap", "stage", "is_folded"),
    [
        (9, [], WorkshopStage.ANNOUNCED, False),
        (-9, [], WorkshopStage.HELD, False),
        (-9, RECAP, WorkshopStage.RECAP_PUBLISHED, True),
    ],
)
def test_the_programme_is_read_until_there_is_a_recap_then_folded_under_it(
    client: Client, home, days, recap, stage, is_folded
):
    page = WorkshopPageFactory(starts_on=in_days(days), programme=PROGRAMME, body=recap)
    main = read_html(client.get(page.url)).main
    assert page.stage == stage
    assert stage.label in words(main)
    assert "14 h : trois équipes racontent." in words(main)
    folded = main.find("details", string=None)
    assert bool(folded and "trois équipes racontent" in words(folded)) == is_folded
    if is_folded:
        assert str(main).index("ont raconté") < str(main).index("Le programme annoncé")


def test_words_of_the_programme_are_searched(home):
    page = WorkshopPageFactory(starts_on=in_days(9), programme=PROGRAMME)
    assert "trois équipes racontent" in " ".join(page.catalogue_body())


migration = import_module("events.migrations.0003_programme")


def contents(page: WorkshopPage) -> tuple[list, list, list, list]:
    page = WorkshopPage.objects.get(pk=page.pk)
    draft = page.get_latest_revision_as_object()
    return tuple(
        [block.block_type for block in part] for part in (page.programme, page.body, draft.programme, draft.body)
    )


def test_what_was_written_of_a_workshop_to_come_becomes_its_programme_and_can_go_back(home):
    coming = WorkshopPageFactory(starts_on=in_days(9), body=PROGRAMME)
    past = WorkshopPageFactory(starts_on=in_days(-9), body=RECAP)
    both = WorkshopPageFactory(starts_on=in_days(9), programme=PROGRAMME, body=RECAP)
    for page in (coming, past, both):
        page.save_revision()
    kinds, recap = ["heading", "text"], ["text"]
    migration.tell_apart(apps, None)
    assert contents(coming) == (kinds, [], kinds, [])
    assert contents(past) == ([], recap, [], recap)
    assert contents(both) == (kinds, recap, kinds, recap)
    migration.put_back(apps, None)
    assert contents(coming) == ([], kinds, [], kinds)
    assert contents(both) == (kinds, recap, kinds, recap)
    assert json.loads(WorkshopPage.objects.get(pk=coming.pk).latest_revision.content["programme"]) == []
