"""The first page of the administration says what waits, to each person what she may act on."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from initiatives.models import ErrorReport
from initiatives.review.actions import approve, ask_unpublication, submit
from initiatives.waiting_panel import lines_for
from tests.factories import AccessRequestFactory, OrganisationFactory, UserFactory
from tests.initiatives.review.conftest import now, written

pytestmark = pytest.mark.django_db


def first_page(client: Client) -> str:
    answer = client.get("/gestion/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_reviewer_reads_what_waits_since_when_and_goes_there(sheet, ana, adil, rita, signed_in):
    client = signed_in(rita)
    assert "Rien n’attend de réponse pour le moment." in first_page(client)
    submit(sheet=sheet, user=ana)
    approve(sheet=now(sheet), user=rita)
    ask_unpublication(sheet=sheet, user=ana, reason="Terminée.")
    submit(sheet=written(user=ana, organisation=adil, title="Une autre"), user=ana)
    AccessRequestFactory(created_at=timezone.make_aware(timezone.datetime(2026, 3, 2, 9)))
    OrganisationFactory(is_proposed=True)
    ErrorReport.objects.create(page=sheet, text="Faux.")
    page = first_page(client)
    for words, address in (
        ("1 fiche à relire", "/gestion/relectures/"),
        ("1 retrait demandé", "/gestion/relectures/"),
        ("1 demande d’accès", "/gestion/demandes-acces/"),
        ("1 structure proposée à valider", "is_proposed=true"),
        ("1 erreur signalée par un lecteur", "/gestion/fiches/signalements/"),
    ):
        assert words in page
        assert address in page
    assert "depuis le 2 mars 2026" in page


def test_who_may_act_on_nothing_sees_no_panel(home, client):
    user = UserFactory(email="edith@dihal.example", is_staff=True)
    group = Group.objects.create(name="Lecture seule")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    user.groups.add(group)
    client.force_login(user)
    assert "Ce qui attend" not in first_page(client)


def test_the_panel_costs_the_same_whatever_waits(home, rita):
    def cost() -> int:
        user = type(rita).objects.get(pk=rita.pk)
        with CaptureQueriesContext(connection) as queries:
            list(lines_for(user=user))
        return len(queries)

    before = cost()
    for _number in range(5):
        AccessRequestFactory()
        OrganisationFactory(is_proposed=True)
    assert cost() == before
