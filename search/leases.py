"""Work that one process at a time may do, whatever host it runs on: a row of the database says who, and until when."""

import contextlib
import os
import secrets
import socket
from collections.abc import Iterator
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from search.engines.base import EngineBusyError, EngineError
from search.models import Lease
from search.querysets import locked_elsewhere_skipped

# After a kill -9 the work may be taken up again by another process this many seconds later.
LEASE_SECONDS = 120.0


class HeldLease:
    """The right to go on with a piece of work. It has to be renewed in less than its seconds."""

    def __init__(self, *, name: str, holder: str, seconds: float) -> None:
        self._rows = Lease.objects.filter(name=name, holder=holder)
        self._name = name
        self._seconds = seconds

    def renew(self) -> None:
        """Keep the work for as long again. Raises ``EngineError`` when another process has taken it up."""
        # By the clock of the database: those of the hosts may differ.
        if not self._rows.update(expires_at=Now() + timedelta(seconds=self._seconds)):
            self._raise_lost()

    @contextlib.contextmanager
    def certain(self) -> Iterator[None]:
        """Do something, in a transaction, during which nobody can take the work up. Raises ``EngineError`` if lost."""
        with transaction.atomic():
            if not list(self._rows.select_for_update().values_list("pk")):
                self._raise_lost()
            yield

    def release(self) -> None:
        """Let another process begin at once."""
        self._rows.update(holder="", expires_at=Now())

    def _raise_lost(self) -> None:
        raise EngineError(f"un autre processus a repris ce travail ({self._name}), trop longtemps interrompu ici")


@contextlib.contextmanager
def lease(*, name: str, seconds: float | None = None) -> Iterator[HeldLease]:
    """Have the work ``name`` to oneself. Raises ``EngineBusyError`` when another process, of any host, has it.

    The next one that asks takes it from a process of this host that was killed, at once; from one of another host, or
    frozen, after ``seconds`` without ``renew``.
    """
    seconds = LEASE_SECONDS if seconds is None else seconds
    holder = f"{_this_host()}:{os.getpid()}:{secrets.token_hex(8)}"
    found, _ = Lease.objects.get_or_create(name=name)
    if _is_dead(found.holder):
        Lease.objects.filter(name=name, holder=found.holder).update(holder="", expires_at=Now())
    with transaction.atomic():
        free = locked_elsewhere_skipped(Lease.objects.filter(Q(holder="") | Q(expires_at__lte=Now()), name=name))
        taken = Lease.objects.filter(pk__in=list(free.values_list("pk", flat=True))).update(
            holder=holder, expires_at=Now() + timedelta(seconds=seconds)
        )
    if not taken:
        raise EngineBusyError(f"un autre processus fait déjà ce travail : {name}")
    held = HeldLease(name=name, holder=holder, seconds=seconds)
    try:
        yield held
    finally:
        held.release()


def _is_dead(holder: str) -> bool:
    """Whether the holder is known to be gone: a process of this host that no longer exists."""
    host, _, rest = holder.partition(":")
    if host != _this_host():
        return False
    try:
        os.kill(int(rest.partition(":")[0]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False  # somebody else's, and alive
    return False


def _this_host() -> str:
    return socket.gethostname().replace(":", "-")[:80]
