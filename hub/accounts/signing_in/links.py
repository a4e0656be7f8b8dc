"""The link of a sign-in mail: what it says, and whether it still opens anything here."""

import secrets

from django.core import signing
from django.db import models

from hub.accounts.signing_in.counting import is_taken, take
from hub.settings.accounts import LOGIN_CODE_SECONDS

SALT = "hub.accounts.signing-in"
NONCE_BYTES = 24


class LinkState(models.TextChoices):
    """What a person who opens the link is told."""

    READY = "ready", "prêt"
    UNREADABLE = "unreadable", "illisible"
    EXPIRED = "expired", "expiré"
    USED = "used", "déjà utilisé"
    REPLACED = "replaced", "remplacé"
    ELSEWHERE = "elsewhere", "demandé dans un autre navigateur"


def new_nonce() -> str:
    """Draw what joins a mail to the browser that asked for it."""
    return secrets.token_urlsafe(NONCE_BYTES)


def link_token(*, nonce: str) -> str:
    """Return the part of the address that stands for ``nonce``; its date is signed."""
    return signing.TimestampSigner(salt=SALT).sign(nonce)


def link_state(*, token: str, expected: str | None) -> LinkState:
    """Say what the link is worth in a browser that waits for the nonce ``expected``, or waits for none.

    Changes nothing: machines that read mails open the links before people do.
    """
    signer = signing.TimestampSigner(salt=SALT)
    try:
        nonce = signer.unsign(token)
        signer.unsign(token, max_age=LOGIN_CODE_SECONDS)
    except signing.SignatureExpired:
        return LinkState.USED if _is_used(nonce=nonce) else LinkState.EXPIRED
    except signing.BadSignature:
        return LinkState.UNREADABLE
    if _is_used(nonce=nonce):
        return LinkState.USED
    if expected is None:
        return LinkState.ELSEWHERE
    return LinkState.READY if secrets.compare_digest(nonce, expected) else LinkState.REPLACED


def use_once(*, nonce: str) -> bool:
    """Mark the mail of ``nonce`` as used, and say whether it was not: of two simultaneous requests, one wins."""
    return take(what=_used(nonce=nonce), most=1) is not None


def _is_used(*, nonce: str) -> bool:
    return is_taken(what=_used(nonce=nonce))


def _used(*, nonce: str) -> str:
    return f"sign-in-used:{nonce}"
