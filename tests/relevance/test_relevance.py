"""What a practitioner asks finds what she needs, with either engine, and no change takes it away unseen."""

from contextlib import nullcontext

import pytest
from django.db import transaction

from tests.relevance import sides
from tests.relevance.measuring import TOLERATED_BEHIND, Table, ask_all, behind, by_kind, kept_figures, losses, outcomes
from tests.relevance.questions import judged
from tests.relevance.run import JUDGED
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


def test_nothing_that_was_found_is_lost_and_no_question_is_worse_than_with_every_word_required(side):
    """The known items, four times as many questions, are held by ``make relevance`` alone."""
    name, url = side
    questions = judged()
    with sides.hub(url=url) as ask:
        answers = {question.text: ask(question.text) for question in questions}
        strict = {question.text: sides.every_word(question.text) for question in questions}
    assert losses(name=f"{JUDGED} : {name}", table=by_kind(questions=questions, answers=answers)) == []
    assert behind(questions=questions, answers=answers, others=strict) == {}
    assert sum(not found for found in strict.values()) > len(questions) / 3, "the former rule is no rule here"
    assert TOLERATED_BEHIND <= 0.05


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
