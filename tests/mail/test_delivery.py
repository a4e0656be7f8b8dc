"""Mails leave once, are tried again while it is of use, and are given up with the reason."""

from datetime import timedelta

import pytest
from django.core import mail as mailbox
from django.db import transaction
from django.utils import timezone

from hub.mail.delivery import (
    CLAIM,
    LONGEST_PAUSE,
    TRIED_FOR,
    claim,
    deliver,
    message_id,
    note_sent,
    purge,
    retry_given_up,
)
from hub.mail.models import OutgoingMail
from tests.support.silent import silent_port
from tests.support.smtp_server import running_mail_server

pytestmark = pytest.mark.django_db


def again(mail: OutgoingMail) -> OutgoingMail:
    return OutgoingMail.objects.get(pk=mail.pk)


def test_a_mail_reaches_its_person_readable_and_leaves_no_text_behind(write, mail_server, settings):
    mail = write("sheet-1-returned", to="anne@structure.example", title="L’hébergement « d’abord »")
    assert deliver().sent == 1
    (received,) = mail_server.accepted
    assert mail_server.recipients == ["anne@structure.example"]
    assert received["From"] == settings.DEFAULT_FROM_EMAIL
    assert received["Auto-Submitted"] == "auto-generated"
    assert received["Message-ID"] == message_id(mail=mail)
    body = received.get_payload(decode=True).decode()
    assert "votre fiche « L’hébergement « d’abord » » : http" in body.replace("\r\n", "\n")
    assert "\n.\n" in body.replace("\r\n", "\n")
    assert (again(mail).text, again(mail).sent_at is not None, again(mail).claimed_until) == ("", True, None)


def test_the_subject_is_one_line_whatever_the_title(write, mail_server):
    write("a", title="Un\r\nBcc: tous@structure.example")
    deliver()
    assert mail_server.accepted[0]["Bcc"] is None


def test_a_mail_queued_twice_is_one_mail(write, mail_server):
    assert write("sheet-1-returned").pk == write("sheet-1-returned").pk
    assert deliver().sent == 1
    write("sheet-1-returned")
    assert deliver().sent == 0
    assert len(mail_server.accepted) == 1


def test_what_did_not_happen_is_told_to_nobody(write, mail_server):
    with transaction.atomic():
        write("never")
        transaction.set_rollback(True)
    assert deliver().sent == 0
    assert not OutgoingMail.objects.exists()


def test_a_refused_recipient_is_given_up_at_once_and_delays_nobody(write, mail_server):
    mail_server.answers["parti@structure.example"] = "550 5.1.1 boîte inconnue"
    refused = write("a", to="parti@structure.example")
    write("b")
    report = deliver()
    assert (report.given_up, report.sent, report.stopped_by) == (1, 1, "")
    assert again(refused).given_up_at is not None
    assert "réponse 550 du serveur d’envoi : 5.1.1 boîte inconnue" in again(refused).last_error
    assert deliver(now=timezone.now() + timedelta(days=1)).is_complete


def test_a_full_mailbox_is_tried_again_later_and_later(write, mail_server):
    mail_server.answers["plein@structure.example"] = "452 boîte pleine"
    mail = write("a", to="plein@structure.example")
    now = timezone.now()
    pauses = []
    for _attempt in range(10):
        assert deliver(now=now).put_off == 1
        assert deliver(now=now).put_off == 0
        pauses.append(again(mail).next_attempt_at - now)
        now = again(mail).next_attempt_at
    assert pauses[:3] == [timedelta(seconds=5), timedelta(seconds=10), timedelta(seconds=20)]
    assert pauses[-1] == LONGEST_PAUSE
    assert "452 du serveur d’envoi : boîte pleine" in again(mail).last_error
    del mail_server.answers["plein@structure.example"]
    assert deliver(now=now).sent == 1


def test_after_two_days_of_trying_a_mail_is_given_up_and_can_be_asked_for_again(write, mail_server):
    mail_server.answers["plein@structure.example"] = "452 boîte pleine"
    mail = write("a", to="plein@structure.example")
    OutgoingMail.objects.update(attempts=200)
    late = timezone.now() + TRIED_FOR + timedelta(hours=1)
    assert deliver(now=late).given_up == 1
    del mail_server.answers["plein@structure.example"]
    assert deliver(now=late).sent == 0
    assert retry_given_up() == 1
    assert deliver(now=late).sent == 1
    assert again(mail).given_up_at is None


def test_after_a_long_outage_a_first_failure_is_not_the_end(write, mail_server):
    mail_server.content_answer = "451 réessayez"
    write("a")
    assert deliver(now=timezone.now() + timedelta(days=3)).put_off == 1


def test_a_refused_content_is_given_up(write, mail_server):
    mail_server.content_answer = "554 refusé"
    mail = write("a")
    assert deliver().given_up == 1
    assert "554 du serveur d’envoi : refusé" in again(mail).last_error


def test_a_server_down_then_back_loses_and_doubles_nothing(settings, write):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 5
    with running_mail_server() as server:
        settings.EMAIL_PORT = server.port
    mails = [write(name) for name in "abc"]
    report = deliver()
    assert report.stopped_by == "le serveur d’envoi refuse la connexion"
    assert [again(mail).attempts for mail in mails] == [1, 0, 0]
    with running_mail_server(known=server):
        assert deliver().sent == 2
        assert deliver(now=timezone.now() + timedelta(seconds=6)).sent == 1
    assert sorted(message["Message-ID"] for message in server.accepted) == sorted(message_id(mail=m) for m in mails)


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_a_server_that_hangs_up_is_asked_again(write, mail_server, command):
    mail_server.hangs_up_after = command
    write("a")
    assert deliver().stopped_by
    mail_server.hangs_up_after = ""
    assert deliver(now=timezone.now() + timedelta(seconds=6)).sent == 1
    assert len(mail_server.accepted) == 1


def test_a_server_that_says_nothing_is_not_waited_for_long(write, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with silent_port() as port:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 0.2
        write("a")
        assert deliver().stopped_by == "le serveur d’envoi n’a pas répondu à temps"


def test_an_expired_code_never_leaves_and_its_text_is_forgotten(write, mail_server):
    now = timezone.now()
    mail = write("code-1", expires_at=now + timedelta(minutes=10))
    report = deliver(now=now + timedelta(minutes=11))
    assert (report.expired, report.sent, mail_server.accepted) == (1, 0, [])
    assert (again(mail).text, "Périmé" in again(mail).last_error) == ("", True)
    OutgoingMail.objects.update(expires_at=now - timedelta(seconds=1))
    assert retry_given_up() == 0


def test_a_code_leaves_before_the_news_however_many(write, mail_server):
    for number in range(5):
        write(f"news-{number}")
    write("code", to="pressee@structure.example", expires_at=timezone.now() + timedelta(minutes=10))
    deliver(limit=2)
    assert mail_server.recipients[0] == "pressee@structure.example"
    assert len(mail_server.recipients) == 2


def test_an_address_that_no_mail_can_be_written_to_stops_nobody(write, mail_server):
    wrong = write("a")
    OutgoingMail.objects.filter(pk=wrong.pk).update(recipient="a\nb@structure.example")
    write("b")
    report = deliver()
    assert (report.given_up, report.sent) == (1, 1)


def test_nobody_else_is_given_a_mail_in_hand_until_its_claim_ends(write, mail_server):
    mail = write("a")
    now = timezone.now()
    assert claim(now=now) == mail
    assert deliver(now=now + timedelta(minutes=1)).sent == 0
    assert deliver(now=now + CLAIM + timedelta(seconds=1)).sent == 1


def test_who_was_frozen_for_too_long_takes_nothing_back(write, mail_server):
    mail_server.content_answer = "451 réessayez"
    write("a")
    now = timezone.now()
    frozen = claim(now=now)
    later = now + CLAIM + timedelta(seconds=1)
    assert deliver(now=later).put_off == 1
    next_attempt = again(frozen).next_attempt_at
    note_sent(mail=frozen, now=later)  # it had been accepted after all
    assert again(frozen).sent_at == later
    assert deliver(now=next_attempt).sent == 0


def test_old_mails_are_forgotten_and_those_that_wait_are_not(write, mail_server):
    write("a")
    deliver()
    write("b")
    soon = timezone.now() + timedelta(days=89)
    assert purge(now=soon) == 0
    assert purge(now=soon + timedelta(days=2)) == 1
    assert [mail.key for mail in OutgoingMail.objects.all()] == ["b"]


def test_the_fixture_of_the_other_tests_delivers_what_waits(write, delivered_mails):
    write("a", to="anne@structure.example")
    assert mailbox.outbox == []
    assert [message.to for message in delivered_mails()] == [["anne@structure.example"]]
    write("b", to="luc@structure.example")
    assert [message.to[0] for message in delivered_mails()] == ["anne@structure.example", "luc@structure.example"]
