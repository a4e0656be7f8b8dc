"""Two people on one sheet see each other, and learn that the other saved."""

from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.models import EditingSession
from wagtail.models import Page

from initiatives.drafts import create_draft, locked, save_text, text_of
from initiatives.space.presence import SEEN_WITHIN, people_on
from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lea(adil):
    return MembershipFactory(user=UserFactory(email="lea@adil.example"), organisation=adil).user


@pytest.fixture
def sheet(awa, adil):
    return create_draft(user=awa, organisation=adil, title="Colocation")


def ping(client, user, sheet, **values):
    client.force_login(user)
    return client.post(reverse("sheet-presence", args=[sheet.pk]), values)


def test_two_colleagues_see_each_other(client, awa, lea, sheet):
    assert ping(client, awa, sheet, writing="1").json()["others"] == []
    assert ping(client, lea, sheet).json()["others"] == ["Awa Diop écrit aussi sur cette fiche."]
    assert ping(client, awa, sheet, writing="1").json()["others"] == ["lea@adil.example est aussi sur cette fiche."]


def test_a_person_with_two_pages_open_is_named_once(client, awa, lea, sheet):
    ping(client, awa, sheet)
    ping(client, awa, sheet, writing="1")
    assert ping(client, lea, sheet).json()["others"] == ["Awa Diop écrit aussi sur cette fiche."]


def test_a_page_keeps_its_session(client, awa, sheet):
    first = ping(client, awa, sheet).json()["session"]
    assert ping(client, awa, sheet, session=str(first)).json()["session"] == first
    assert EditingSession.objects.count() == 1


def test_nobody_takes_another_s_session(client, awa, lea, sheet):
    session = ping(client, awa, sheet).json()["session"]
    assert ping(client, lea, sheet, session=str(session)).json()["session"] != session
    ping(client, lea, sheet, session=str(session), leaving="1")
    assert EditingSession.objects.filter(pk=session, user=awa).exists()


def test_who_leaves_is_no_longer_there(client, awa, lea, sheet):
    session = ping(client, awa, sheet, writing="1").json()["session"]
    ping(client, awa, sheet, session=str(session), leaving="1")
    assert ping(client, lea, sheet).json()["others"] == []


def test_who_is_no_longer_heard_of_is_no_longer_there(client, awa, lea, sheet):
    ping(client, awa, sheet)
    EditingSession.objects.update(last_seen_at=timezone.now() - SEEN_WITHIN - timedelta(seconds=1))
    assert people_on(sheet=sheet, user=lea) == []


def test_a_reviewer_in_the_administration_is_seen_without_an_address(client, awa, sheet):
    reviewer = UserFactory(email="relecture@dihal.example", is_superuser=True)
    EditingSession.objects.create(
        user=reviewer,
        content_type=ContentType.objects.get_for_model(Page),
        object_id=str(sheet.pk),
        last_seen_at=timezone.now(),
    )
    assert ping(client, awa, sheet).json()["others"] == ["Une personne de la Dihal est aussi sur cette fiche."]


def test_the_other_s_saving_is_told_and_one_s_own_is_not(client, awa, lea, sheet):
    loaded_at = timezone.now().isoformat()
    text = text_of(sheet=locked(pk=sheet.pk))
    text.summary = "Par Awa"
    save_text(text=text, user=awa)
    assert ping(client, awa, sheet, since=loaded_at).json()["newer"] is None
    assert ping(client, lea, sheet, since=loaded_at).json()["newer"].startswith("Awa Diop a enregistré un texte plus r")
    assert ping(client, lea, sheet, since=timezone.now().isoformat()).json()["newer"] is None


@pytest.mark.parametrize("since", ["", "demain", "2026-13-45T99:99", "\0", "2020-01-01", "2020-01-01T00:00:00"])
@pytest.mark.parametrize("session", ["", "x", "9" * 40, "-1", "²", "\0"])
def test_whatever_is_sent_gets_an_answer(client, awa, sheet, since, session):
    assert ping(client, awa, sheet, since=since, session=session).status_code == 200


def test_who_is_not_signed_in_is_told_so(client, sheet):
    response = client.post(reverse("sheet-presence", args=[sheet.pk]))
    assert response.status_code == 403
    assert response.json()["signed_out"] is True


def test_strangers_learn_nothing_and_links_do_nothing(client, awa, sheet):
    assert ping(client, UserFactory(), sheet).status_code == 404
    client.force_login(awa)
    assert client.get(reverse("sheet-presence", args=[sheet.pk])).status_code == 405
    assert not EditingSession.objects.exists()
