"""Sessions of unsigned visitors are few, small and short; those of people are Django's."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.contrib.auth import SESSION_KEY as PERSON_KEY
from django.contrib.sessions.models import Session
from django.core.exceptions import RequestDataTooBig
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string

from hub.accounts import sessions
from hub.accounts.sessions import HELD_KEY, HOLDING, VISITOR, SessionStore, sessions_of_kind
from hub.daily.running import run_due_tasks
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def kept(**values: object) -> SessionStore:
    store = SessionStore()
    store.update(values)
    store.save()
    return store


def test_the_site_keeps_its_sessions_there(settings):
    assert import_module(settings.SESSION_ENGINE) is sessions


def test_visitors_sessions_are_counted_and_the_oldest_leaves(monkeypatch):
    monkeypatch.setattr(sessions, "VISITOR", small := sessions.Kind("visitor-", most=3, largest=4096, seconds=7200))
    monkeypatch.setattr(sessions, "_KINDS", (small, HOLDING))
    keys = []
    for number in range(6):
        keys.append(kept(number=number).session_key)
        Session.objects.filter(pk=keys[-1]).update(expire_date=timezone.now() + timedelta(minutes=number))
    assert set(sessions_of_kind(kind=small).values_list("pk", flat=True)) == set(keys[3:])


def test_a_crowd_of_visitors_takes_the_place_of_nobody_who_is_signed_in_or_wrote_something(monkeypatch):
    person, writer = kept(**{PERSON_KEY: "1"}), kept(**{HELD_KEY: [["/espace/", "summary=x"]]})
    monkeypatch.setattr(sessions, "VISITOR", sessions.Kind("visitor-", most=2, largest=4096, seconds=7200))
    for _visit in range(5):
        kept(a=1)
    assert Session.objects.count() == 4
    assert SessionStore(person.session_key)[PERSON_KEY] == "1"
    assert SessionStore(writer.session_key)[HELD_KEY]


def test_a_visitor_keeps_no_more_than_a_sign_in_takes():
    with pytest.raises(RequestDataTooBig):
        kept(address=get_random_string(2 * VISITOR.largest))
    assert not Session.objects.exists()


def test_what_a_visitor_wants_kept_with_a_sign_in_is_kept_or_left_out(client: Client):
    address = f"/recherche/?q={get_random_string(1_900)}"
    for path in (address, f"{address}{get_random_string(60_000)}"):
        assert client.post(reverse("account_login"), {"email": "awa@adil.example", "next": path}).status_code == 302
    assert Session.objects.count() == 1


def test_a_visitors_session_is_short_and_a_persons_is_not(settings):
    soon = timezone.now() + timedelta(seconds=VISITOR.seconds + 60)
    assert Session.objects.get(pk=kept(a=1).session_key).expire_date < soon
    store = kept(**{PERSON_KEY: "1"})
    assert store.get_expiry_age() == settings.SESSION_COOKIE_AGE
    assert Session.objects.get(pk=store.session_key).expire_date > soon


def test_whoever_signs_in_leaves_no_visitors_session_behind(client: Client):
    session = client.session
    session["seen"] = "before"
    session.save()
    key = session.session_key
    assert key.startswith(VISITOR.prefix)
    client.force_login(UserFactory())
    assert client.get(reverse("account")).status_code == 200
    assert client.session["seen"] == "before"
    assert [row.session_key for row in Session.objects.all()] == [client.session.session_key]
    assert not client.session.session_key.startswith((VISITOR.prefix, HOLDING.prefix))


def test_a_session_of_before_that_is_nobodys_joins_the_others():
    store = kept(**{PERSON_KEY: "1"})
    del store[PERSON_KEY]
    store["a"] = 1
    store.save()
    assert store.session_key.startswith(VISITOR.prefix)
    assert Session.objects.count() == 1


def test_sessions_that_are_over_are_removed_each_day():
    over, current = kept(**{PERSON_KEY: "1"}), kept(**{PERSON_KEY: "2"})
    Session.objects.filter(pk=over.session_key).update(expire_date=timezone.now() - timedelta(minutes=1))
    said: list[str] = []
    run_due_tasks(say=said.append)
    assert [row.pk for row in Session.objects.all()] == [current.session_key]
    assert "Sessions échues : 1 session(s) échue(s) effacée(s)" in said
