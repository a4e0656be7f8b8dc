"""The last seat, wanted by twenty people at the same moment; a seat given back, given once."""

from functools import partial

import pytest
from django.test import Client

from events.models import WorkshopPage
from events.registrations.acting import cancel
from events.registrations.models import Registration
from events.registrations.rounds import follow_up
from hub.mail.models import OutgoingMail
from tests.events.registrations.conftest import NOW, sign_up
from tests.support.at_once import at_once, need_postgresql

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def several_at_once(transactional_db):
    need_postgresql()


def holding(workshop):
    return lambda: WorkshopPage.objects.select_for_update(of=("self",)).get(pk=workshop.pk)


def ask(name):
    data = {"name": name, "email": f"{name}@adil.example"}
    return Client().post("/ateliers/atelier-90/inscription/", data).status_code


def counts():
    return [Registration.objects.filter(state=state).count() for state in ("inscrit", "attente")]


def test_the_last_seat_goes_to_one_of_twenty(workshop, settings):
    settings.HUB_RATE_LIMITS = {"default": "1000/m"}
    WorkshopPage.objects.filter(pk=workshop.pk).update(registration_capacity=1)
    answers = at_once(*(partial(ask, f"personne{number}") for number in range(20)), holding=holding(workshop))
    assert answers == [302] * 20
    assert counts() == [1, 19]
    assert OutgoingMail.objects.filter(subject__startswith="Inscription confirmée").count() == 1


def test_one_address_sent_by_several_is_one_registration(workshop):
    assert at_once(*[partial(ask, "awa")] * 4, holding=holding(workshop)) == [302] * 4
    assert counts() == [1, 0]
    assert OutgoingMail.objects.count() == 1


def test_a_seat_given_back_is_given_once_whoever_else_is_at_work(workshop):
    awa, _boris, _chloe, _david = (sign_up(workshop, name) for name in ("awa", "boris", "chloe", "david"))
    round_of_the_worker = partial(follow_up, workshop_pk=workshop.pk, now=NOW)
    give_back = partial(cancel, registration=awa, now=NOW)
    answers = at_once(give_back, round_of_the_worker, give_back, round_of_the_worker, holding=holding(workshop))
    assert answers == [True, 0, False, 0]
    assert counts() == [2, 1]
    assert OutgoingMail.objects.filter(subject__startswith="Une place pour vous").count() == 1
