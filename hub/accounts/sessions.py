"""Where sessions are kept: those of signed-in people as Django keeps them, those of others few, small and short.

The key of a session begins with its kind, so that each kind is counted, and changes with it: nothing an unsigned
visitor does fills the database, from one address or from a thousand. Expired ones are removed each day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.auth import SESSION_KEY as PERSON_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.models import Session
from django.core.exceptions import RequestDataTooBig
from django.db import models
from django.utils import timezone

from hub.daily.registry import DailyTask, register_daily_task

# What a person wrote while their session ended: only who proves to be one keeps any (initiatives/space/held.py).
HELD_KEY = "held_texts"
_RANDOM_PART = 28  # characters of 36: 144 bits


@dataclass(frozen=True, slots=True)
class Kind:
    prefix: str
    most: int
    largest: int  # bytes, as stored
    seconds: int


# A sign-in under way, mostly: a code lasts ten minutes, the link of a password two hours.
VISITOR = Kind(prefix="visitor-", most=10_000, largest=4 * 1024, seconds=2 * 3600)
HOLDING = Kind(prefix="holding-", most=100, largest=400 * 1024, seconds=24 * 3600)
_KINDS = (VISITOR, HOLDING)


class SessionStore(DatabaseSessionStore):
    """Django's sessions, bounded for whoever is not signed in. When a kind is full, its oldest leaves."""

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 — Django's signature
        """Under another key when it is of another kind than before. Raises ``RequestDataTooBig`` (a 400)."""
        if self.session_key is None or must_create or _kind_of_key(self.session_key) == self._kind():
            if must_create and (kind := self._kind()) is not None:
                _make_room(kind=kind)
            super().save(must_create=must_create)
            return
        former = self.session_key
        if not self.exists(former):
            raise UpdateError
        self.create()
        self.delete(former)

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast("Session", super().create_model_instance(data))
        kind = self._kind()
        if kind is not None and len(row.session_data) > kind.largest:
            raise RequestDataTooBig("an unsigned visitor would keep too much in a session")
        return row

    def get_session_cookie_age(self) -> int:
        kind = self._kind()
        return super().get_session_cookie_age() if kind is None else kind.seconds

    def _get_new_session_key(self) -> str:
        key = str(super()._get_new_session_key())  # type: ignore[misc]  # the stubs leave it out
        kind = self._kind()
        return key if kind is None else f"{kind.prefix}{key[:_RANDOM_PART]}"

    def _kind(self) -> Kind | None:
        """What is kept decides; None for a signed-in person."""
        kept = self._session  # type: ignore[attr-defined]  # likewise
        if PERSON_KEY in kept:
            return None
        return HOLDING if kept.get(HELD_KEY) else VISITOR


def remove_expired() -> Iterator[str]:
    removed = Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]
    if removed:
        yield f"{removed} session(s) échue(s) effacée(s)"


register_daily_task(DailyTask("clearsessions", "Sessions échues", remove_expired))


def sessions_of_kind(*, kind: Kind) -> models.QuerySet[Session]:
    return Session.objects.filter(session_key__startswith=kind.prefix)


def _kind_of_key(key: str) -> Kind | None:
    return next((kind for kind in _KINDS if key.startswith(kind.prefix)), None)


def _make_room(*, kind: Kind) -> None:
    there = sessions_of_kind(kind=kind)
    too_many = there.count() - kind.most + 1
    if too_many > 0:
        oldest = list(there.order_by("expire_date").values_list("pk", flat=True)[:too_many])
        Session.objects.filter(pk__in=oldest).delete()
