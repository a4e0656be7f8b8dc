"""What serves once, or a few times, does so whoever asks at the same moment; proofs are written down at the end."""

import threading
import time
from contextlib import closing

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hub.accounts.models import CountedUse, User
from hub.mail.models import OutgoingMail
from tests.accounts.signing_in import ask, code_of, is_signed_in, last_mail, type_code
from tests.factories import UserFactory
from tests.support.at_once import need_postgresql

EMAIL = "anne@x.example"
SECRET = generate_totp_secret()
SECOND_STEP = "/compte/connexion/seconde-etape/"


def totp_code(*, periods=0):
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30 + periods))


@pytest.fixture
def generous(settings):
    """Limits by address that never come into play: each try comes from another one."""
    settings.HUB_RATE_LIMITS = dict.fromkeys(settings.HUB_RATE_LIMITS, "1000/m")


def same_session(client):
    other = Client()
    other.cookies = client.cookies
    return other


def all_at_once(*acts):
    """Start every act at the same moment, and return what each returned."""
    found = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(number):
        with closing(connection):
            start.wait(10)
            found[number] = acts[number]()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def test_forty_wrong_codes_at_once_are_five_tries(transactional_db, generous):
    need_postgresql()
    client = Client()
    ask(client, email=EMAIL)
    code = code_of(last_mail(email=EMAIL))
    browsers = [same_session(client) for _ in range(40)]
    answers = all_at_once(*(lambda browser=browser: type_code(browser, code="AAAA-AAAA") for browser in browsers))
    looked_at = [answer for answer in answers if "n’est pas celui du dernier" in answer.content.decode()]
    assert len(looked_at) <= 5
    assert CountedUse.objects.get().count == 5
    type_code(client, code=code)
    assert not is_signed_in(client)


def test_a_session_put_back_as_it_was_gives_no_more_tries(db, generous):
    client = Client()
    ask(client, email=EMAIL)
    code = code_of(last_mail(email=EMAIL))
    before = dict(client.session)
    for _ in range(5):
        type_code(client, code="AAAA-AAAA")
        session = client.session
        session.update(before)
        session.save()
    assert type_code(client, code=code)["Location"] == "/compte/connexion/"
    assert not is_signed_in(client)


def test_the_right_code_serves_at_the_fifth_try(db, generous):
    client = Client()
    ask(client, email=EMAIL)
    for _ in range(4):
        type_code(client, code="AAAA-AAAA")
    type_code(client, code=code_of(last_mail(email=EMAIL)))
    assert is_signed_in(client)


@pytest.fixture
def anne(db):
    """Made by an administrator: her address was never proved. She has a second step."""
    user = User.objects.create_user(username="anne", email=EMAIL)
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user


def first_step():
    client = Client()
    ask(client, email=EMAIL)
    assert type_code(client, code=code_of(last_mail(email=EMAIL)))["Location"] == SECOND_STEP
    return client


def test_an_address_is_proved_once_the_second_step_is_passed_and_not_before(anne, generous):
    client = first_step()
    assert not EmailAddress.objects.exists()
    client.post(SECOND_STEP, {"code": totp_code()})
    assert is_signed_in(client)
    assert EmailAddress.objects.get().email == EMAIL
    assert EmailAddress.objects.get().verified


def test_a_code_of_an_authenticator_serves_once_even_when_memory_is_lost(anne, generous):
    code = totp_code(periods=1)
    first, second = first_step(), first_step()
    first.post(SECOND_STEP, {"code": code})
    cache.clear()
    second.post(SECOND_STEP, {"code": code})
    assert (is_signed_in(first), is_signed_in(second)) == (True, False)


@pytest.mark.parametrize("kind", ["application", "recovery"])
def test_of_two_windows_that_send_one_code_at_once_one_signs_in(transactional_db, generous, kind):
    need_postgresql()
    user = User.objects.create_user(username="anne", email=EMAIL)
    TOTP.activate(user, SECRET)
    recovery = RecoveryCodes.activate(user)
    code = totp_code() if kind == "application" else recovery.get_unused_codes()[0]
    browsers = [first_step() for _ in range(4)]
    all_at_once(*(lambda browser=browser: browser.post(SECOND_STEP, {"code": code}) for browser in browsers))
    assert [is_signed_in(browser) for browser in browsers].count(True) == 1


class CountingHasher(MD5PasswordHasher):
    """Counts the passwords computed."""

    computed = 0

    def encode(self, password, salt):
        type(self).computed += 1
        return super().encode(password, salt)


@pytest.fixture
def people(db, settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    password = "Bonjour-la-Dihal"
    for name, is_active in (("known", True), ("closed", False)):
        user = UserFactory(email=f"{name}@x.example", username=name, is_active=is_active)
        user.set_password(password)
        user.save()
    UserFactory(email="without@x.example", username="without")
    # As ``createsuperuser`` is often answered: the address is the name of account too, and is not proved.
    User.objects.create_user(username="both@x.example", email="both@x.example", password=password)


# The time of an answer is made of these: passwords computed, statements sent.
def work(address, **data):
    CountingHasher.computed = 0
    with CaptureQueriesContext(connection) as queries:
        response = Client().post(address, data)
    kinds = [" ".join(query["sql"].split()[:1]) for query in queries]
    headers = {name: value for name, value in response.items() if name not in {"Content-Length", "X-Request-ID"}}
    return CountingHasher.computed, kinds, response.status_code, headers, sorted(response.cookies)


@pytest.mark.parametrize("form", ["{}@x.example", "{}"])
def test_a_wrong_password_costs_the_same_for_anybody(people, form, generous):
    names = ("known", "closed", "without", "both", "nobody")
    done = [work("/compte/connexion/mot-de-passe/", login=form.format(name), password="faux") for name in names]
    assert done[0][0] > 0
    assert [(hashes, kinds) for hashes, kinds, *_answer in done] == [done[0][:2]] * len(names)
    assert [answer[2] for answer in done] == [200] * len(names)
    assert [answer[4] for answer in done] == [done[0][4]] * len(names)


def test_asking_for_another_password_costs_and_answers_the_same_for_anybody(people, generous, settings):
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "100/m/key"}
    names = ("known", "closed", "without", "both", "nobody")
    work("/compte/mot-de-passe/oublie/", email="first@x.example")  # reads what the process keeps
    done = [work("/compte/mot-de-passe/oublie/", email=f"{name}@x.example") for name in names]
    assert done == [done[0]] * len(names)
    assert OutgoingMail.objects.count() == 1 + len(names)
