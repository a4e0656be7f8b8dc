"""What an operator and a moderator see of the mails, and can do about them."""

import html
import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core import mail as mailbox
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from hub.accounts.models import User
from hub.mail.delivery import Courier, deliver
from hub.mail.models import OutgoingMail
from hub.mail.status import mail_probe
from hub.pages.starter import grant_mail_permissions
from hub.web.health import Light

pytestmark = pytest.mark.django_db


@pytest.fixture
def url() -> str:
    return reverse("mail-report")


@pytest.fixture
def refused(write, mail_server) -> OutgoingMail:
    """A mail whose recipient was refused; its address works again."""
    mail_server.answers["parti@structure.example"] = "550 inconnu ici"
    mail = write("a", to="parti@structure.example", title="Bail glissant")
    deliver()
    mail_server.answers.clear()
    return mail


def text(response) -> str:
    assert response.status_code == 200
    return " ".join(html.unescape(response.content.decode()).split())


def member_of(group: str) -> User:
    user = User.objects.create_user("membre", password="a")
    user.groups.add(Group.objects.get(name=group))
    return user


def test_editors_neither_see_the_report_nor_act(client, url, refused):
    client.force_login(member_of("Editors"))
    for response in (client.get(url), client.post(url, {"action": "retry"})):
        assert (response.status_code, response.url) == (302, reverse("wagtailadmin_home"))
    assert OutgoingMail.objects.given_up().exists()


def test_moderators_find_it_in_the_menu(client, url, home):
    grant_mail_permissions()
    client.force_login(member_of("Moderators"))
    assert url in client.get(reverse("wagtailadmin_home")).content.decode()
    assert client.get(url).status_code == 200


def test_the_report_tells_the_reason_and_never_the_text(admin_client, url, refused):
    shown = text(admin_client.get(url))
    assert "parti@structure.example" in shown
    assert "réponse 550 du serveur d’envoi : inconnu ici" in shown
    assert "Bonjour" not in shown


def test_a_mail_given_up_leaves_when_it_is_asked_for_again(admin_client, url, refused, mail_server):
    shown = text(admin_client.post(url, {"action": "retry", "courriel": str(refused.pk)}, follow=True))
    assert "1 courriel(s) seront réessayés" in shown
    assert deliver().sent == 1
    assert mail_server.recipients == ["parti@structure.example"]


@pytest.mark.parametrize("data", [{}, {"action": "delete"}, {"action": "retry", "courriel": "x"}])
def test_a_forged_question_changes_nothing(admin_client, url, refused, data):
    assert "Rien n’a été fait" in text(admin_client.post(url, data, follow=True))
    assert OutgoingMail.objects.given_up().count() == 1


def test_looking_changes_nothing(admin_client, url, refused):
    admin_client.get(f"{url}?action=retry")
    assert OutgoingMail.objects.given_up().count() == 1


def test_the_command_reports_and_tries_again(refused, capsys, mail_server):
    call_command("send_mails", status=True)
    printed = capsys.readouterr().out
    assert "en attente : 0" in printed
    assert f"{refused.pk} :" in printed
    assert "inconnu ici" in printed
    assert "parti@" not in printed  # logs of a server are read by more people than its database
    call_command("send_mails", retry=[])
    assert "1 courriel(s) envoyé(s)" in capsys.readouterr().out


def test_the_command_fails_when_something_did_not_leave(write, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    write("a")
    with pytest.raises(CommandError, match="send_mails --status"):
        call_command("send_mails")


def test_the_light_warns_when_mails_wait_too_long_and_stops_no_server(write):
    assert mail_probe().light is Light.OK
    write("a")
    assert mail_probe().light is Light.OK
    OutgoingMail.objects.update(created_at=timezone.now() - timedelta(minutes=25))
    reading = mail_probe()
    assert reading.light is Light.DEGRADED
    assert reading.label == "1 courriel(s) à envoyer, le plus ancien depuis 25 min"


def test_a_misspelt_delivery_is_told_at_start(settings):
    settings.MAIL_DELIVERY = "tread"
    assert "hub.E010" in [problem.id for problem in run_checks()]


@pytest.mark.django_db(transaction=True)
def test_the_person_who_writes_waits_for_no_mail_server(write, settings, monkeypatch):
    called = threading.Event()
    monkeypatch.setattr("hub.mail.delivery._courier.call", called.set)
    settings.MAIL_DELIVERY = "thread"
    write("a")
    assert called.is_set()
    called.clear()
    settings.MAIL_DELIVERY = "worker"
    write("b")
    assert not called.is_set()
    assert mailbox.outbox == []


def test_a_process_that_ends_begins_no_other_mail(write):
    courier = Courier()
    courier.end()
    write("a")
    courier.call()
    assert OutgoingMail.objects.waiting().count() == 1
