"""What a practitioner asks finds what she needs, with either engine, and no change takes it away unseen."""

from contextlib import nullcontext

import pytest
from django.db import transaction

from tests.relevance import sides
from tests.relevance.measuring import Table, ask_all, by_kind, kept_figures, losses, outcomes
from tests.relevance.questions import judged, known_items
from tests.relevance.run import JUDGED, KNOWN
from tests.support.demo_site import load_demo_site

pytestmark = [pytest.mark.slow, pytest.mark.once, pytest.mark.django_db]

EMBEDDED = pytest.param(sides.EMBEDDED, id="embedded")
ELASTICSEARCH = pytest.param(sides.ELASTICSEARCH, id="elasticsearch", marks=pytest.mark.elasticsearch)


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """The demonstration loaded once for the module, and undone after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load_demo_site()
        transaction.set_rollback(True)


@pytest.fixture(params=[EMBEDDED, ELASTICSEARCH])
def side(request, demo):
    """The name of a side of the hub, and the address of its server if it has one."""
    url = request.getfixturevalue("elasticsearch_server") if request.param == sides.ELASTICSEARCH else ""
    return request.param, url


def test_nothing_that_was_found_is_lost(side):
    name, url = side
    lists = {JUDGED: judged(), KNOWN: known_items(sides.records_by_slug())}
    everything = [question for questions in lists.values() for question in questions]
    answers = ask_all(side=sides.hub(url=url), questions=everything)
    lost: list[str] = []
    for title, questions in lists.items():
        lost += losses(name=f"{title} : {name}", table=by_kind(questions=questions, answers=answers))
    assert not lost, "\n".join(lost)


def test_the_judged_list_speaks_of_the_demonstration(demo):
    slugs = set(sides.records_by_slug())
    unknown = {slug for question in judged() for slug in question.gains} - slugs
    assert not unknown
    assert len(judged()) >= 80
    assert {question.kind for question in judged()} == {"direct", "synonym", "question", "typo"}


def test_a_loss_is_seen():
    """The guard above fails when the figures are worse, on any of the lists."""
    for name, kept in kept_figures().items():
        worse = {kind: _worse(row) for kind, row in kept.items()}
        assert len(losses(name=name, table=worse)) >= len(kept)
        assert losses(name=name, table=kept) == []


def test_answers_nobody_wants_are_worth_nothing():
    questions = judged()
    nothing = ask_all(side=nullcontext(lambda _words: []), questions=questions)
    table: Table = by_kind(questions=questions, answers=nothing)
    assert table["tout"].empty == 1
    assert table["tout"].ndcg == 0
    assert {each.ndcg for each in outcomes(questions=questions, answers=nothing).values()} == {0}


def _worse(figures):
    return type(figures)(
        queries=figures.queries, ndcg=figures.ndcg - 0.03, mrr=0, recall=0, success=0, empty=figures.empty + 0.03
    )
