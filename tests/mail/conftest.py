"""Mails written as the hub writes them, and a real mail server on this machine."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from hub.mail.models import OutgoingMail
from hub.mail.queueing import queue_mail
from tests.support.smtp_server import MailServer, running_mail_server

Write = Callable[..., OutgoingMail]


@pytest.fixture
def write(db: None, tmp_path: Path, settings: Settings) -> Write:
    """Queue a mail: ``write("sheet-12-returned", to="a@b.example")``."""
    folder = tmp_path / "templates" / "essai"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("Votre fiche\n « {{ title }} »\n", encoding="utf-8")
    (folder / "body.txt").write_text(
        "{% autoescape off %}Bonjour,\n.\nvotre fiche « {{ title }} » : {{ site_url }}/espace/{% endautoescape %}",
        encoding="utf-8",
    )
    engine = {**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], folder.parent]}
    settings.TEMPLATES = [engine]

    def written(
        key: str, to: str = "personne@structure.example", title: str = "L’été", expires_at: datetime | None = None
    ) -> OutgoingMail:
        return queue_mail(key=key, recipient=to, template="essai", context={"title": title}, expires_at=expires_at)

    return written


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[MailServer]:
    """A mail server, which the hub of the test uses."""
    with running_mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 5
        yield server
