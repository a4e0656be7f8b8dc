"""What a person does to sign in: read the mail, type its code, open its link."""

import re
from typing import Any

from django.http import HttpResponse
from django.test import Client

from hub.mail.models import OutgoingMail

CODE = re.compile(r"^ {4}([A-Z]{4}-[A-Z]{4})$", re.MULTILINE)
LINK = re.compile(r"https?://[^/\s]+(/compte/connexion/lien/\S+)")


def ask(client: Client, *, email: str, **data: Any) -> HttpResponse:
    """Send the sign-in form."""
    return client.post("/compte/connexion/", {"email": email, **data})


def last_mail(*, email: str) -> OutgoingMail:
    """The mail this person reads."""
    return OutgoingMail.objects.filter(recipient=email).latest("pk")


def code_of(mail: OutgoingMail) -> str:
    """The code written in it."""
    found = CODE.search(mail.text)
    assert found, mail.text
    return found[1]


def link_of(mail: OutgoingMail) -> str:
    """The address written in it, without the name of the site."""
    found = LINK.search(mail.text)
    assert found, mail.text
    return found[1]


def type_code(client: Client, *, code: str) -> HttpResponse:
    """Send the form of the code."""
    return client.post("/compte/connexion/code/", {"code": code})


def is_signed_in(client: Client) -> bool:
    """Whether this browser has an account open."""
    return "_auth_user_id" in client.session
