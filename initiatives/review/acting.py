"""What every act of the review needs: the sheet held until the end, one transaction, and whose act it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction
from wagtail.log_actions import LogContext

from hub.accounts.models import User
from initiatives.drafts import locked
from initiatives.models import InitiativePage

_words: ContextVar[str] = ContextVar("review_words", default="")


@contextmanager
def acting(*, sheet: InitiativePage, user: User | None, words: str = "") -> Iterator[InitiativePage]:
    """One transaction on a sheet nobody else changes meanwhile, yielded as it is in the database now.

    What follows from it (consequences.py) knows ``user`` as the one who acts, and ``words`` as what the person says.
    """
    token = _words.set(words)
    try:
        with transaction.atomic(), LogContext(user=user):
            yield locked(pk=sheet.pk)
    finally:
        _words.reset(token)


def words_said() -> str:
    return _words.get()
