"""Signed links that let a person answer without an account, and why one may not work any more."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core import signing


@dataclass(slots=True)
class LinkProblem(Exception):  # noqa: N818 — it is shown to the person, not raised at a programmer
    """A link that does not work: ``message`` tells the person why, in French, and what to do."""

    title: str
    message: str
    status: int = 410


FORGED = (
    "Ce lien n’est pas valable",
    "Il est incomplet ou a été modifié. Copiez le lien entier du courriel, jusqu’à son dernier caractère.",
    404,
)


def make_token(*, purpose: str, values: dict[str, Any], expires_at: datetime) -> str:
    """Return a token only this site can make, good for one ``purpose`` until ``expires_at``."""
    return signing.dumps({**values, "until": int(expires_at.timestamp())}, salt=f"initiatives.{purpose}")


def read_token(*, purpose: str, token: str, now: datetime) -> dict[str, Any]:
    """Return the values of a token.

    Raises:
        LinkProblem: when it was not made here for this purpose, or its time has run out.
    """
    try:
        values: dict[str, Any] = signing.loads(token, salt=f"initiatives.{purpose}")
    except signing.BadSignature as error:
        raise LinkProblem(*FORGED) from error
    if now >= datetime.fromtimestamp(values["until"], tz=UTC):
        title = "Ce lien a expiré"
        message = "Connectez-vous à l’espace partenaire, ou demandez qu’on vous envoie un nouveau lien."
        raise LinkProblem(title, message)
    return values


def mark_of(*, moment: datetime) -> int:
    """Return a moment as a token keeps it, exact to the microsecond the database keeps."""
    return round(moment.timestamp() * 1_000_000)
